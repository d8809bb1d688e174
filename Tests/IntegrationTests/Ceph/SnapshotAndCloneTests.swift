import Ceph
import LabSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(3))) struct SnapshotAndCloneTests {
    @Test func snapshots() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(8))
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                #expect(try await image.snapshots().isEmpty)
                for number in 0..<40 { try await image.createSnapshot("s\(number)") }
                try await image.resize(to: .mib(16))
                try await image.createSnapshot("large")
                try await image.renameSnapshot("s0", to: "first")
                try await image.protectSnapshot("first")
                #expect(try await image.isSnapshotProtected("first"))
            }
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                let snapshots = try await image.snapshots()
                #expect(snapshots.count == 41)
                #expect(snapshots.allSatisfy { $0.namespace == .user })
                #expect(snapshots.map(\.name).contains("first"))
                #expect(snapshots.first { $0.name == "s1" }?.size == .mib(8))
                #expect(snapshots.first { $0.name == "large" }?.size == .mib(16))
            }
            #expect(try await place.rbd("snap", "ls", "img").contains("first"))
            let errors = try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                [
                    await errorCode { () throws(CephError) in try await image.createSnapshot("s1") },
                    await errorCode { () throws(CephError) in try await image.removeSnapshot("first") },
                    await errorCode { () throws(CephError) in try await image.removeSnapshot("none") },
                ]
            }
            #expect(errors == [.exists, .busy, .notFound])
            #expect(try await failure { try await context.removeImage(name: "img") }.code == .notEmpty)
        }
    }

    @Test func clonesHangOnSnapshotsInTheTrash() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "parent", size: .mib(16))
            try await context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                try await image.write(IOBuffer([UInt8](repeating: 7, count: 8_192)), to: 0)
                try await image.flush()
                try await image.createSnapshot("base")
            }
            try await context.cloneImage(
                "parent", snapshot: "base", to: "child", options: ImageOptions(features: [.layering]))
            try await context.withImage(.name("child"), mode: .readWrite) { child throws(CephError) in
                let parent = try await child.parent()
                #expect(parent?.image.name == "parent")
                #expect(parent?.snapshot == "base")
                #expect(try await child.overlap() == .mib(16))
                // A clone of format 2 has its tie to the parent as an operation feature.
                #expect(try await child.features() == [.layering, .operations])
                #expect(try await child.operationFeatures() != 0)
            }
            try await context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                #expect(try await image.children().map(\.name) == ["child"])
                #expect(try await image.children().allSatisfy { !$0.isInTrash && $0.namespace == context.namespace })
                try await image.removeSnapshot("base")
            }
            try await context.withImage(.name("parent")) { image throws(CephError) in
                #expect(try await image.snapshots().map(\.namespace) == [.trash])
            }
            let steps = Steps()
            try await context.withImage(.name("child"), mode: .readWrite) { child throws(CephError) in
                try await child.flatten { done, total in steps.add(done, total) }
                let buffer = IOBuffer(size: .kib(8))
                #expect(try await child.read(into: buffer, from: 0) == 8_192)
                #expect(buffer.bytes.allSatisfy { $0 == 7 })
            }
            #expect(steps.last?.total ?? 0 > 0)
            try await context.withImage(.name("child")) { child throws(CephError) in
                #expect(try await child.parent() == nil)
            }
            try await context.withImage(.name("parent")) { image throws(CephError) in
                #expect(try await image.snapshots().isEmpty)
            }
            try await context.removeImage(name: "parent")
        }
    }

    @Test func clonesIntoAnotherNamespace() async throws {
        try await withPlace { place in
            let other = freshName("other")
            try await place.cluster.ioContext(pool: place.lab.pool).createNamespace(other)
            let target = try await place.cluster.ioContext(pool: place.lab.pool, namespace: other)
            try await place.context.createImage(name: "parent", size: .mib(4))
            try await place.context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                try await image.createSnapshot("s")
            }
            try await place.context.cloneImage("parent", snapshot: "s", to: "child", in: target)
            #expect(try await target.images().map(\.name) == ["child"])
            let missing = try await failure {
                try await place.context.cloneImage("parent", snapshot: "none", to: "child2", in: target)
            }
            #expect(missing.code == .notFound)
            let taken = try await failure {
                try await place.context.cloneImage("parent", snapshot: "s", to: "child", in: target)
            }
            #expect(taken.code == .exists)
        }
    }

    @Test func newerCallsSaySoWhenTheLibraryLacksThem() async throws {
        try await withPlace { place in
            try await place.context.createImage(name: "parent", size: .mib(4))
            let id = try await place.context.withImage(.name("parent"), mode: .readWrite) { image throws(CephError) in
                try await image.createSnapshot("s")
                return try await image.snapshots()[0].id
            }
            do {
                try await place.context.cloneImage("parent", snapshotID: id, to: "child")
                #expect(try await place.context.images().map(\.name).contains("child"))
            } catch let error as CephError {
                #expect(error.code == .unsupported)
                #expect(error.description.contains("Ceph"))
            }
        }
    }
}
