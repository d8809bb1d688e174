import KubernetesClient
import KubernetesModel
import LabSupport
import Logging
import Testing
import Vocabulary

/// Reflectors, events and leases against a real kube-apiserver.
@Suite(.needsKubernetes, .timeLimit(.minutes(5))) struct WatchTests {
    @Test func aStoreFollowsTheServer() async throws {
        try await withLab { client, namespace in
            let store = ObjectStore<PersistentVolumeClaim>()
            _ = try await client.create(claim("before", in: namespace), deadline: .soon)
            let run = Task { await Reflector(client, into: store, Selection(namespace: namespace)).run() }
            try await store.waitUntilSynced(deadline: .soon)
            #expect(store.count == 1)
            let created = try await client.create(claim("after", in: namespace), deadline: .soon)
            let uid = try #require(created.uid)
            try await eventually("the new claim is in the store") { store.object(uid: uid) != nil }
            #expect(store[created.key]?.json["metadata", "managedFields"] == nil, "trimmed")
            let changes = store.changes()
            try await client.delete(PersistentVolumeClaim.self, created.key, deadline: .soon)
            for await change in changes where change.removed?.uid == uid { break }
            #expect(store.object(uid: uid) == nil)
            run.cancel()
            await run.value
        }
    }

    /// An API server that is killed comes back with the store complete.
    @Test(.startsKubernetes) func aStoreOutlivesTheServer() async throws {
        var options = KubeLab.Options()
        options.hasScheduler = false
        try await KubeLab.with(options) { lab in
            try await withClient(try KubernetesConfiguration.load(kubeconfig: lab.kubeconfig)) { client in
                let store = ObjectStore<PersistentVolumeClaim>()
                let run = Task { await Reflector(client, into: store).run() }
                try await store.waitUntilSynced(deadline: .soon)
                _ = try await client.create(claim("one", in: "default"), deadline: .soon)
                try await lab.fault(.kill, "apiserver")
                let down = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("two", in: "default"), deadline: .in(.seconds(5)))
                }
                #expect(down?.isRetriable == true)
                try await lab.fault(.revive, "apiserver")
                try await eventually("the server is back", deadline: .in(.seconds(60))) {
                    try await client.text("/readyz", deadline: .soon) == "ok"
                }
                _ = try await client.create(claim("three", in: "default"), deadline: .soon)
                try await eventually("the store has both", deadline: .in(.seconds(60))) {
                    Set(store.objects.map(\.key.name)).isSuperset(of: ["one", "three"])
                }
                run.cancel()
                await run.value
            }
        }
    }

    @Test func repeatedEventsAreOneObject() async throws {
        try await withLab { client, namespace in
            let about = ObjectReference(to: try await client.create(claim("data", in: namespace), deadline: .soon))
            let recorder = EventRecorder(client, component: "holdfast", host: "test", logger: .init(label: "test"))
            for _ in 0..<3 { recorder.record(.warning, about: about, reason: "ProvisioningFailed", message: "no pool") }
            await recorder.drain(deadline: .soon)
            recorder.record(.warning, about: about, reason: "ProvisioningFailed", message: "no pool")
            await recorder.drain(deadline: .soon)
            let events = try await client.list(Event.self, Selection(namespace: namespace), deadline: .soon)
            let ours = events.filter { $0.sourceComponent == "holdfast" }
            #expect(ours.count == 1)
            #expect(ours.first?.count == 4)
            #expect(ours.first?.message == "no pool")
            let lab = try await KubeLab.shared()
            let shown = try await lab.kubectl(["-n", namespace, "describe", "pvc", "data"])
            #expect(shown.contains("ProvisioningFailed") && shown.contains("x4"))
        }
    }

    @Test func oneLeadsAndHandsOver() async throws {
        try await withLab { client, namespace in
            let key = ObjectKey(namespace: namespace, name: "provisioner")
            let timing = ElectionTiming(
                leaseDuration: .seconds(4), renewDeadline: .seconds(3), retryPeriod: .milliseconds(300))
            func elector(_ identity: String) -> LeaderElector {
                let elector = LeaderElector(
                    client, lease: key, identity: identity, timing: timing, logger: Logger(label: "test"))
                elector.annotate("who", identity)
                return elector
            }
            let first = elector("first")
            let firstRun = Task { await first.run() }
            guard case .leading = await first.changes.first(where: { _ in true }) else {
                Issue.record("the first does not lead")
                return
            }
            let second = elector("second")
            let secondRun = Task { await second.run() }
            firstRun.cancel()
            await firstRun.value
            guard case .leading(let term) = await second.changes.first(where: { _ in true }) else {
                Issue.record("the second does not lead")
                return
            }
            #expect(!term.isTakeover)
            let lease = try await client.get(Lease.self, key, deadline: .soon)
            #expect(lease.holder == "second" && lease.metadata[annotation: "who"] == "second")
            #expect(lease.transitions == 1 && lease.renewTime != nil)
            secondRun.cancel()
            await secondRun.value
            #expect(try await client.get(Lease.self, key, deadline: .soon).holder == nil)
        }
    }
}
