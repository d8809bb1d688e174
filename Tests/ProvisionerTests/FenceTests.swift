import KubernetesModel
import Synchronization
import TestSupport
import Testing

@testable import Provisioner

@Suite struct FenceTests {
    /// A Lease that one holder writes, and a Ceph cluster that knows whom it bars, with all that happened in order.
    private final class World: Sendable {
        struct NotHolder: Error {}

        struct State {
            var wanted: String?
            var onLease: String?
            var isHolder = true
            var barred: Set<CephClient> = []
            var story: [String] = []
        }

        let state = Mutex(State())

        var fence: Fence {
            Fence(
                annotate: { value in self.state.withLock { $0.wanted = value } },
                publish: {
                    try self.state.withLock { state in
                        guard state.isHolder else { throw NotHolder() }
                        state.onLease = state.wanted
                        state.story.append("publish")
                    }
                })
        }

        func bar(_ clients: Set<CephClient>) {
            state.withLock { state in
                state.barred.formUnion(clients)
                state.story.append("bar \(clients.sorted().map(\.address).joined(separator: " "))")
            }
        }

        /// What the Lease names.
        var named: Set<CephClient> {
            get throws { try lease(state.withLock { $0.onLease }).cephClients() }
        }
    }

    private static func lease(_ annotation: String?) -> Lease {
        var lease = Lease(name: "provisioner", namespace: "holdfast")
        lease.metadata[annotation: Lease.cephClientsAnnotation] = annotation
        return lease
    }

    private static func lease(naming clients: Set<CephClient>) -> Lease {
        lease(Lease.annotation(of: clients))
    }

    private let mine = CephClient(fsid: "east", address: "10.0.0.1:0/1")
    private let old = CephClient(fsid: "east", address: "10.0.0.9:0/9")
    private let far = CephClient(fsid: "west", address: "10.0.0.9:0/8")

    @Test func theOldAreBarredBeforeTheNewIsNamed() async throws {
        let world = World()
        let fence = world.fence
        try await fence.inherit(Self.lease(naming: [old, far]))
        try await fence.admit(mine) { world.bar($0) }
        #expect(world.state.withLock { $0.story } == ["bar 10.0.0.9:0/9", "publish"])
        #expect(try world.named == [mine, far], "a cluster that was not reached stays for the next leader")
    }

    @Test func aSecondConnectionBarsNobodyAgain() async throws {
        let world = World()
        let fence = world.fence
        try await fence.inherit(Self.lease(naming: [old]))
        let second = CephClient(fsid: "east", address: "10.0.0.1:0/2")
        try await fence.admit(mine) { world.bar($0) }
        try await fence.admit(second) { world.bar($0) }
        #expect(world.state.withLock { $0.story } == ["bar 10.0.0.9:0/9", "publish", "publish"])
        #expect(try world.named == [mine, second])
    }

    @Test func whoCannotBarIsNotLetInAndTriesAgain() async throws {
        let world = World()
        let fence = world.fence
        try await fence.inherit(Self.lease(naming: [old]))
        await #expect(throws: ProvisionFailure.self) {
            try await fence.admit(mine) { _ throws(ProvisionFailure) in throw .notReady("no mon answers") }
        }
        #expect(world.state.withLock { $0.story } == [])
        try await fence.admit(mine) { world.bar($0) }
        #expect(world.state.withLock { $0.story } == ["bar 10.0.0.9:0/9", "publish"])
    }

    @Test func whoLeadsNoMoreIsNotLetIn() async throws {
        let world = World()
        let fence = world.fence
        try await fence.inherit(Self.lease(nil))
        world.state.withLock { $0.isHolder = false }
        let failure = await #expect(throws: ProvisionFailure.self) { try await fence.admit(mine) { world.bar($0) } }
        #expect(failure?.state == .noChange && failure?.cause == "not on the Lease")
        #expect(try world.named == [])
    }

    @Test func aConnectionThatEndedIsNamedNoMore() async throws {
        let world = World()
        let fence = world.fence
        try await fence.inherit(Self.lease(naming: [far]))
        try await fence.admit(mine) { world.bar($0) }
        await fence.dismiss(mine)
        let wanted = world.state.withLock { $0.wanted }
        #expect(try Self.lease(wanted).cephClients() == [far])
    }

    /// Leaders come and go, killed or stopped, each getting to some of three clusters. Whoever was killed or froze and may
    /// still write is barred before another one uses the same cluster.
    @Test(arguments: UInt64(1)...50)
    func nobodyIsForgotten(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let world = World()
        var mayWrite: Set<CephClient> = []
        for term in 0..<30 {
            let fence = world.fence
            try await fence.inherit(Self.lease(world.state.withLock { $0.onLease }))
            var open: [CephClient] = []
            for number in 0..<Int.random(in: 0...4, using: &random) {
                let fsid = ["east", "west", "north"].randomElement(using: &random) ?? ""
                let client = CephClient(fsid: fsid, address: "10.0.0.\(term):0/\(number)")
                try await fence.admit(client) { world.bar($0) }
                let barred = world.state.withLock { $0.barred }
                let others = mayWrite.filter { $0.fsid == fsid && !open.contains($0) && !barred.contains($0) }
                #expect(others.isEmpty, "seed \(seed), term \(term)")
                mayWrite.insert(client)
                open.append(client)
            }
            guard Bool.random(using: &random) else { continue }  // Killed.
            for client in open {
                await fence.dismiss(client)
                mayWrite.remove(client)
            }
            // The release writes the Lease once more.
            world.state.withLock { $0.onLease = $0.wanted }
        }
    }

    @Test(arguments: [
        "", "{}", "[1]", #"[{"fsid": "east"}]"#, #"[{"fsid": "east", "address": ""}]"#,
        #"[{"address": "1.2.3.4:0/1"}]"#,
        #"[{"fsid": 1, "address": "1.2.3.4:0/1"}]"#, "[[[[[[",
    ])
    func anAnnotationThatCannotBeReadStopsTheLeader(text: String) async throws {
        let fence = World().fence
        let error = await #expect(throws: Lease.UnreadableClients.self) { try await fence.inherit(Self.lease(text)) }
        #expect("\(error as (any Error)?, default: "")".contains("holdfast/provisioner"))
    }

    @Test func whatALaterReleaseAddsIsNoTrouble() throws {
        let text = #"[{"fsid": "east", "address": "10.0.0.9:0/9", "user": "prov"}]"#
        #expect(try Self.lease(text).cephClients() == [old])
    }
}
