import Ceph
import Foundation
import LabSupport
import Logging
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(2))) struct ConnectionTests {
    @Test func byConfigurationFile() async throws {
        let lab = try await CephLab.shared()
        try await withCluster(ClusterConfiguration(confFile: lab.conf)) { cluster in
            #expect(cluster.fsid == lab.fsid)
        }
    }

    @Test func byMonitorsAndKeyAlone() async throws {
        let lab = try await CephLab.shared()
        let configuration = ClusterConfiguration(
            id: "holdfast", key: try lab.key(of: .holdfast), monitors: lab.monitors)
        try await withCluster(configuration) { cluster in
            #expect(cluster.fsid == lab.fsid)
            let context = try await cluster.ioContext(pool: lab.pool)
            try await context.writeFull([1], to: freshName("by-key"))
        }
    }

    @Test func byMonitorsAndKeyring() async throws {
        let lab = try await CephLab.shared()
        let configuration = ClusterConfiguration(
            id: "holdfast", keyring: lab.keyring(of: .holdfast), monitors: [lab.monHost])
        try await withCluster(configuration) { #expect($0.fsid == lab.fsid) }
    }

    @Test func whatIsWrongIsToldApart() async throws {
        let lab = try await CephLab.shared()
        func error(_ configuration: ClusterConfiguration) async throws -> CephError {
            try await failure { try await withCluster(configuration) { _ in } }
        }
        let wrongKey = ClusterConfiguration(
            id: "holdfast", key: try lab.key(of: .admin), monitors: [lab.monHost])
        #expect(try await error(wrongKey).code == .permissionDenied)
        var malformed = wrongKey
        malformed.key = Redacted("no key at all")
        let refusal = try await error(malformed)
        #expect(refusal.code == .invalidArgument)
        #expect(!refusal.description.contains("no key at all"))
        let unknown = ClusterConfiguration(id: "nobody", key: try lab.key(of: .admin), monitors: [lab.monHost])
        #expect(try await error(unknown).code == .permissionDenied)
        let noKeyring = ClusterConfiguration(id: "holdfast", keyring: "/no/such/keyring", monitors: [lab.monHost])
        #expect(try await error(noKeyring).code == .notFound)
        let noFile = try await error(ClusterConfiguration(confFile: "/no/such/ceph.conf"))
        #expect(noFile.code == .notFound)
        #expect(noFile.description.contains("/no/such/ceph.conf"))
        let noOption = ClusterConfiguration(confFile: lab.conf, options: ["no_such_option": "1"])
        let optionError = try await error(noOption)
        #expect(optionError.code == .notFound)
        #expect(optionError.target == "no_such_option")
    }

    @Test func commands() async throws {
        try await withSharedCluster { lab, cluster in
            let reply = try await cluster.monCommand(#"{"prefix": "fsid", "format": "json"}"#)
            #expect(String(decoding: reply.output, as: UTF8.self).contains(lab.fsid))
            let unknown = try await failure { try await cluster.monCommand(#"{"prefix": "no such command"}"#) }
            #expect(unknown.code == .invalidArgument)
            #expect(unknown.status?.isEmpty == false)
            #expect(unknown.outcome == .notApplied)
            let version = try await cluster.osdCommand(#"{"prefix": "version", "format": "json"}"#, to: OSDID(0))
            #expect(String(decoding: version.output, as: UTF8.self).contains("version"))
            let none = try await failure { try await cluster.osdCommand(#"{"prefix": "version"}"#, to: OSDID(999)) }
            #expect(none.description.contains("osd.999"))
        }
    }

    @Test func managerCommands() async throws {
        try await withSharedCluster { _, cluster in
            let reply = try await cluster.mgrCommand(#"{"prefix": "pg stat", "format": "json"}"#)
            #expect(String(decoding: reply.output, as: UTF8.self).contains("num_pgs"))
        }
    }

    @Test func commandInput() async throws {
        try await withSharedCluster { lab, cluster in
            let key = freshName("holdfast-test")
            _ = try await cluster.monCommand(
                #"{"prefix": "config-key set", "key": "\#(key)"}"#, input: "from input".utf8Bytes)
            #expect(try await lab.ceph(["config-key", "get", key]).trimmed == "from input")
            try await lab.ceph(["config-key", "rm", key])
        }
    }

    @Test func poolsAgreeWithTheCLI() async throws {
        try await withSharedCluster { lab, cluster in
            let name = freshName("pool")
            try await cluster.createPool(name)
            #expect(try await failure { try await cluster.createPool(name) }.code == .exists)
            let id = try await cluster.poolID(named: name)
            #expect(try await cluster.pools()[id] == name)
            #expect(try await cluster.poolName(id) == name)
            #expect(try await lab.ceph(["osd", "pool", "ls"]).split(separator: "\n").contains(Substring(name)))
            let context = try await cluster.ioContext(poolID: id)
            #expect(context.pool == name)
            try await context.enableApplication("holdfast-test")
            #expect(try await context.applications() == ["holdfast-test"])
            #expect(try await failure { try await context.enableApplication("other") }.code == .permissionDenied)
            try await context.writeFull([1, 2, 3], to: "object")
            #expect(try await context.usage().unfound == 0)
            try await cluster.deletePool(name)
            #expect(try await failure { try await cluster.poolID(named: name) }.code == .notFound)
            #expect(try await failure { try await cluster.ioContext(pool: name) }.code == .notFound)
            #expect(try await cluster.usage().total.bytes > 0)
        }
    }

    @Test func aBlocklistedClientCannotWrite() async throws {
        let lab = try await CephLab.shared()
        try await withCluster(ClusterConfiguration(confFile: lab.conf)) { victim in
            let object = freshName("fenced")
            let context = try await victim.ioContext(pool: lab.pool)
            try await context.writeFull([1], to: object)
            let address = try await victim.clientAddresses()
            #expect(address.contains("127.0.0.1:0/"))
            try await withCluster(ClusterConfiguration(confFile: lab.conf)) { fencer in
                try await fencer.blocklist(address: address, for: .seconds(60))
                try await fencer.waitForLatestOSDMap()
                let list = try await lab.ceph(["osd", "blocklist", "ls"])
                #expect(list.contains(address))
                // The OSD learns of the new map from the fencer's own operation.
                try await fencer.ioContext(pool: lab.pool).writeFull([2], to: object)
                let error = try await failure { try await context.writeFull([3], to: object) }
                #expect(error.code == .shutdown)
                #expect(error.isRetriable)
                #expect(error.outcome == .unknown)
                #expect(try await fencer.ioContext(pool: lab.pool).read(object, length: 10) == [2])
                try await lab.ceph(["osd", "blocklist", "rm", address])
            }
        }
    }

    @Test func aRestrictedClientIsRefused() async throws {
        let lab = try await CephLab.shared()
        let configuration = ClusterConfiguration(
            confFile: lab.conf, id: "holdfast", keyring: lab.keyring(of: .holdfast))
        try await withCluster(configuration) { cluster in
            let error = try await failure { try await cluster.createPool(freshName("forbidden")) }
            #expect(error.code == .permissionDenied)
            #expect(!error.isRetriable)
        }
    }

    @Test func afterClosingEverythingIsRefused() async throws {
        let lab = try await CephLab.shared()
        let cluster = try await Cluster.connect(
            ClusterConfiguration(confFile: lab.conf), logger: Logger(label: "ceph tests"))
        let context = try await cluster.ioContext(pool: lab.pool)
        async let first = cluster.close()
        async let second = cluster.close()
        let hasEnded = await [first, second]
        #expect(hasEnded == [true, true])
        #expect(try await failure { try await context.stat("object") }.code == .shutdown)
        #expect(try await failure { try await context.images() }.code == .shutdown)
        #expect(try await failure { try await cluster.pools() }.code == .shutdown)
    }

    /// The connection must not end under an open image: librbd would crash.
    @Test func closingWaitsForOpenImages() async throws {
        let lab = try await CephLab.shared()
        let cluster = try await Cluster.connect(
            ClusterConfiguration(confFile: lab.conf), logger: Logger(label: "ceph tests"))
        let context = try await cluster.ioContext(pool: lab.pool)
        let name = freshName("open")
        try await context.createImage(name: name, size: .mib(4))
        let (closing, refused) = try await context.withImage(.name(name), mode: .readWrite) {
            image throws(CephError) in
            let closing = Task { await cluster.close() }
            var refused: CephError.Code?
            while refused == nil {
                refused = await errorCode { () throws(CephError) in _ = try await image.size() }
            }
            return (closing, refused)
        }
        #expect(refused == .shutdown)
        #expect(await closing.value)
        // Closed in order: no watcher is left behind.
        let status = try await lab.rbd(["status", "\(lab.pool)/\(name)"])
        #expect(status.contains("Watchers: none"))
        try await lab.rbd(["rm", "\(lab.pool)/\(name)"])
    }

    @Test func droppedConnectionsEndTheirThreads() async throws {
        let lab = try await CephLab.shared()
        func connectAndDrop() async throws {
            let cluster = try await Cluster.connect(
                ClusterConfiguration(confFile: lab.conf), logger: Logger(label: "ceph tests"))
            _ = try await cluster.ioContext(pool: lab.pool).images()
        }
        try await connectAndDrop()
        for _ in 0..<5 { try await connectAndDrop() }
        // Each connection has a dozen threads of librados' and some of ours; others run tests beside this one.
        try await eventually("threads end", deadline: .in(.seconds(30))) {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count < 400
        }
    }
}
