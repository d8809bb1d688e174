import Ceph
import Foundation
import LabSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(3))) struct ImageTests {
    struct Info: Decodable {
        var name: String
        var id: String
        var size: UInt64
        var objectSize: UInt64
        var objects: UInt64
        var features: [String]
        var blockNamePrefix: String
        var dataPool: String?
        var stripeUnit: UInt64?
        var stripeCount: UInt64?
    }

    @Test func createdAsTheCLISeesIt() async throws {
        try await withPlace { place in
            let context = place.context
            let options = ImageOptions(
                features: [.layering, .exclusiveLock, .objectMap, .fastDiff, .striping], objectSize: .mib(8),
                stripeUnit: .mib(1), stripeCount: 4)
            try await context.createImage(name: "img", size: .mib(100), options: options)
            let info = try await place.rbdJSON(Info.self, "info", "img")
            #expect(info.size == 100 << 20)
            #expect(info.objectSize == 8 << 20)
            #expect(Set(info.features) == ["layering", "exclusive-lock", "object-map", "fast-diff", "striping"])
            #expect(info.stripeUnit == 1 << 20)
            #expect(info.stripeCount == 4)
            try await context.withImage(.name("img")) { image throws(CephError) in
                #expect(try await image.id() == info.id)
                #expect(try await image.size() == .mib(100))
                let stat = try await image.stat()
                #expect(stat.size == .mib(100))
                #expect(stat.objectSize == .mib(8))
                #expect(stat.objectCount == info.objects)
                #expect(try await image.features() == options.features)
                #expect(try await image.dataPrefix() == info.blockNamePrefix)
                #expect(try await image.stripeUnit() == .mib(1))
                #expect(try await image.stripeCount() == 4)
                #expect(try await image.flags() == [])
                #expect(try await image.operationFeatures() == 0)
                #expect(try await image.dataPoolID() == context.poolID)
                #expect(try await image.parent() == nil)
                #expect(try await image.group() == nil)
                let created = try await image.created()
                #expect(abs(created - Int64(Date().timeIntervalSince1970)) < 120)
            }
            #expect(try await context.images().map(\.id) == [info.id])
        }
    }

    @Test func dataInAnotherPool() async throws {
        try await withPlace { place in
            let pool = freshName("data")
            try await place.cluster.createPool(pool)
            let id = try await place.cluster.poolID(named: pool)
            // An RBD namespace has to exist in the data pool, too.
            try await place.cluster.ioContext(pool: pool).createNamespace(place.context.namespace)
            try await place.context.createImage(name: "img", size: .mib(8), options: ImageOptions(dataPool: pool))
            #expect(try await place.rbdJSON(Info.self, "info", "img").dataPool == pool)
            try await place.context.withImage(.name("img")) { image throws(CephError) in
                #expect(try await image.dataPoolID() == id)
                #expect(try await image.features().contains(.dataPool))
            }
            try await place.context.removeImage(name: "img")
            try await place.cluster.deletePool(pool)
        }
    }

    @Test func defaultsAreTheClusters() async throws {
        try await withPlace { place in
            try await place.context.createImage(name: "img", size: .gib(1))
            let features = try await place.context.withImage(.name("img")) { image throws(CephError) in
                try await image.features()
            }
            #expect(features == .cephDefault)
        }
    }

    @Test func namesTakenAndMissing() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            let again = try await failure { try await context.createImage(name: "img", size: .mib(4)) }
            #expect(again.code == .exists)
            #expect(again.outcome == .notApplied)
            #expect(again.target == "\(place.lab.pool)/\(context.namespace)/img")
            #expect(try await failure { try await context.withImage(.name("none")) { _ in } }.code == .notFound)
            #expect(try await failure { try await context.withImage(.id("none")) { _ in } }.code == .notFound)
            #expect(try await failure { try await context.removeImage(name: "none") }.code == .notFound)
            #expect(
                try await failure { try await context.createImage(name: "", size: .mib(4)) }.code == .invalidArgument)
            #expect(
                try await failure { try await context.createImage(name: "a\0b", size: .mib(4)) }.code
                    == .invalidArgument)
        }
    }

    @Test func renameResizeFeatures() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "old", size: .mib(8))
            try await context.createImage(name: "taken", size: .mib(8))
            #expect(try await failure { try await context.renameImage(name: "old", to: "taken") }.code == .exists)
            try await context.renameImage(name: "old", to: "new")
            try await context.withImage(.name("new"), mode: .readWrite) { image throws(CephError) in
                try await image.resize(to: .mib(64))
                try await image.updateFeatures([.journaling], enabled: true)
                try await image.updateFeatures([.deepFlatten], enabled: false)
            }
            let shrink = try await failure {
                try await context.withImage(.name("new"), mode: .readWrite) { image throws(CephError) in
                    try await image.resize(to: .mib(4))
                }
            }
            #expect(shrink.code == .invalidArgument)
            try await context.withImage(.name("new"), mode: .readWrite) { image throws(CephError) in
                try await image.resize(to: .mib(4), allowShrink: true)
            }
            let info = try await place.rbdJSON(Info.self, "info", "new")
            #expect(info.size == 4 << 20)
            #expect(info.features.contains("journaling"))
            #expect(!info.features.contains("deep-flatten"))
            let readOnly = try await failure {
                try await context.withImage(.name("new")) { image throws(CephError) in
                    try await image.resize(to: .mib(128))
                }
            }
            #expect(readOnly.code == .permissionDenied)
        }
    }

    @Test func metadata() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                #expect(try await image.metadata("none") == nil)
                #expect(try await image.allMetadata().isEmpty)
                for number in 0..<150 { try await image.setMetadata("key\(number)", to: "value \(number)") }
                try await image.setMetadata("empty", to: "")
                try await image.setMetadata("long", to: String(repeating: "x", count: 5_000))
                try await image.removeMetadata("key7")
                let again = await errorCode { () throws(CephError) in try await image.removeMetadata("key7") }
                #expect(again == .notFound)
            }
            try await context.withImage(.name("img")) { image throws(CephError) in
                let all = try await image.allMetadata()
                #expect(all.count == 151)
                #expect(all["key149"] == "value 149")
                #expect(all["empty"] == "")
                #expect(try await image.metadata("long")?.count == 5_000)
            }
            #expect(try await place.rbd("image-meta", "get", "img", "key3").trimmed == "value 3")
        }
    }

    @Test func watchersAreSeenByReadersWithoutBeingOne() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            let id = try await place.cluster.clientID()
            try await context.withImage(.name("img")) { reader throws(CephError) in
                #expect(try await reader.watchers().isEmpty)
                try await context.withImage(.name("img"), mode: .readWrite) { _ throws(CephError) in
                    let watchers = try await reader.watchers()
                    #expect(watchers.map(\.id) == [Int64(id)])
                    #expect(watchers.first?.address.hasPrefix("127.0.0.1:0/") == true)
                }
                #expect(try await reader.watchers().isEmpty)
            }
        }
    }

    @Test func inUseIsBusy() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            try await withCluster(ClusterConfiguration(confFile: place.lab.conf)) { other in
                let theirs = try await other.ioContext(pool: place.lab.pool, namespace: context.namespace)
                try await theirs.withImage(.name("img"), mode: .readWrite) { _ throws(CephError) in
                    let removing = await errorCode { () throws(CephError) in
                        try await context.removeImage(name: "img")
                    }
                    #expect(removing == .busy)
                }
            }
            try await context.removeImage(name: "img")
        }
    }

    @Test func groupsAndMigrations() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(4))
            #expect(try await context.migration(ofImage: "img") == nil)
            let spec = "\(place.lab.pool)/\(context.namespace)/"
            try await place.lab.rbd(["group", "create", spec + "team"])
            try await place.lab.rbd(["group", "image", "add", spec + "team", spec + "img"])
            try await context.withImage(.name("img")) { image throws(CephError) in
                let group = try await image.group()
                #expect(group?.name == "team")
                #expect(group?.poolID == context.poolID)
            }
            try await context.createImage(name: "moving", size: .mib(4))
            try await place.lab.rbd(["migration", "prepare", spec + "moving", spec + "moved"])
            let migration = try #require(try await context.migration(ofImage: "moved"))
            #expect(migration.state == .prepared)
            #expect(migration.source.name == "moving")
            #expect(migration.destination.name == "moved")
            try await context.withImage(.name("moved")) { image throws(CephError) in
                #expect(try await image.features().contains(.migrating))
            }
        }
    }

    @Test func namespaces() async throws {
        try await withSharedCluster { lab, cluster in
            let pool = try await cluster.ioContext(pool: lab.pool)
            let name = freshName("space")
            #expect(try await !pool.namespaceExists(name))
            try await pool.createNamespace(name)
            #expect(try await failure { try await pool.createNamespace(name) }.code == .exists)
            #expect(try await pool.namespaceExists(name))
            #expect(try await pool.namespaces().contains(name))
            #expect(try await lab.rbd(["namespace", "ls", lab.pool]).contains(name))
            let inside = try await cluster.ioContext(pool: lab.pool, namespace: name)
            try await inside.createImage(name: "img", size: .mib(4))
            #expect(try await failure { try await pool.removeNamespace(name) }.code == .busy)
            try await inside.removeImage(name: "img")
            try await pool.removeNamespace(name)
            #expect(try await !pool.namespaceExists(name))
        }
    }

    @Test func aPoolIsMadeReady() async throws {
        try await withSharedCluster { lab, cluster in
            let name = freshName("pool")
            try await cluster.createPool(name)
            let context = try await cluster.ioContext(pool: name)
            try await context.initializeForImages()
            #expect(try await context.applications() == ["rbd"])
            try await cluster.deletePool(name)
        }
    }
}
