import KubernetesModel
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(1))) struct ReflectorTests {
    typealias Store = ObjectStore<PersistentVolumeClaim>
    private typealias Reply = ScriptedServer.Reply

    /// Follows a store until it is as wanted.
    private func follow(
        _ store: Store, _ what: String, until isWanted: @escaping @Sendable (Store) -> Bool
    ) async throws {
        try await withDeadline(.in(.seconds(20))) {
            if isWanted(store) { return }
            for await _ in store.changes() where isWanted(store) { return }
            throw CancellationError()
        }
        #expect(isWanted(store), "\(what)")
    }

    private func reflect(
        _ handler: @escaping ScriptedServer.Handler,
        while body: @escaping @Sendable (Store, ScriptedServer) async throws -> Void
    ) async throws {
        try await ScriptedServer.serve(handler) { server in
            try await server.withClient { client in
                let store = Store()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await Reflector(client, into: store).run() }
                    defer { group.cancelAll() }
                    try await store.waitUntilSynced(deadline: .in(.seconds(20)))
                    try await body(store, server)
                }
            }
        }
    }

    @Test func followsListAndWatch() async throws {
        try await reflect { request in
            if !request.isWatch {
                return request.query["continue"] == nil
                    ? .json(list([claim("a"), claim("b")], version: "10", next: "t"))
                    : .json(list([claim("c")], version: "10"))
            }
            let added = line("ADDED", claim("d", version: "11"))
            let half = added.index(added.startIndex, offsetBy: added.count / 2)
            return Reply(steps: [
                .text(String(added[..<half])), .pause(.milliseconds(50)), .text(String(added[half...])),
                .text(line("MODIFIED", claim("a", version: "12")) + line("DELETED", claim("b", version: "13"))),
                .hang,
            ])
        } while: { store, server in
            try await follow(store, "all events") { $0[claim("b").key] == nil && $0.count == 3 }
            #expect(Set(store.objects.map(\.key.name)) == ["a", "c", "d"])
            #expect(store[claim("a").key]?.metadata.resourceVersion == "12")
            #expect(store.object(uid: ObjectUID("uid-d"))?.key.name == "d")
            #expect(store.object(uid: ObjectUID("uid-b")) == nil)
            let watch = try #require(server.requests.first { $0.isWatch })
            #expect(watch.query["resourceVersion"] == "10")
            #expect(watch.query["allowWatchBookmarks"] == "true")
            #expect(watch.query["timeoutSeconds"] == "290")
        }
    }

    @Test func aVersionTooOldSwapsTheStore() async throws {
        let lists = Counted()
        try await reflect { request in
            if request.isWatch {
                let gone = Status(code: 410, reason: "Expired", message: "too old").json
                return request.query["resourceVersion"] == "10"
                    ? Reply(steps: [.text(line("ERROR", gone)), .hang]) : .hang
            }
            return lists.up() == 1
                ? .json(list([claim("a"), claim("b")], version: "10"))
                : .json(list([claim("b"), claim("c", version: "20")], version: "20"))
        } while: { store, server in
            try await follow(store, "the second list") { $0[claim("c").key] != nil }
            #expect(Set(store.objects.map(\.key.name)) == ["b", "c"])
            #expect(store.object(uid: ObjectUID("uid-a")) == nil)
        }
    }

    @Test func aConnectionThatDropsMidLineGoesOnFromTheLastVersion() async throws {
        let watches = Counted()
        try await reflect { request in
            guard request.isWatch else { return .json(list([], version: "10")) }
            if watches.up() == 1 {
                let whole = line("ADDED", claim("a", version: "11"))
                return Reply(steps: [.text(whole), .text(#"{"type":"ADDED","obj"#), .pause(.milliseconds(50)), .drop])
            }
            return Reply(steps: [.text(line("ADDED", claim("b", version: "12"))), .hang])
        } while: { store, server in
            try await follow(store, "both claims") { $0.count == 2 }
            #expect(server.requests.filter(\.isWatch).map { $0.query["resourceVersion"] } == ["10", "11"])
            #expect(server.requests.filter { !$0.isWatch }.count == 1)
        }
    }

    @Test func bookmarksMoveTheVersion() async throws {
        let watches = Counted()
        try await reflect { request in
            guard request.isWatch else { return .json(list([], version: "10")) }
            if watches.up() == 1 {
                let bookmark: JSONObject = ["metadata": ["resourceVersion": "99"]]
                return Reply(steps: [.text(line("BOOKMARK", bookmark)), .pause(.milliseconds(50))])
            }
            return Reply(steps: [.text(line("ADDED", claim("b", version: "100"))), .hang])
        } while: { store, server in
            try await follow(store, "the claim") { $0.count == 1 }
            #expect(server.requests.filter(\.isWatch).map { $0.query["resourceVersion"] } == ["10", "99"])
        }
    }

    @Test func aListThatFailsIsTriedAgain() async throws {
        let lists = Counted()
        try await reflect { request in
            if request.isWatch { return .hang }
            switch lists.up() {
            case 1: return .failure(500, "InternalError")
            case 2: return .drop
            case 3: return .drop  // a read goes again once by itself
            default: return .json(list([claim("a")], version: "10"))
            }
        } while: { store, server in
            #expect(store.count == 1)
        }
    }

    @Test func storesAreTrimmed() async throws {
        var fat = claim("a")
        fat.json["metadata", "managedFields"] = [["manager": "x"]]
        fat.metadata[annotation: "kubectl.kubernetes.io/last-applied-configuration"] = "{}"
        let sent = fat
        try await reflect { request in
            request.isWatch
                ? Reply(steps: [.text(line("MODIFIED", sent)), .hang]) : .json(list([sent], version: "10"))
        } while: { store, _ in
            #expect(store.objects.first?.json["metadata", "managedFields"] == nil)
            #expect(store.objects.first?.metadata.annotations.isEmpty == true)
        }
    }

    @Test func waitingForAListEnds() async throws {
        let store = Store()
        let late = await #expect(throws: KubernetesError.self) {
            try await store.waitUntilSynced(deadline: .in(.milliseconds(50)))
        }
        #expect(late?.cause == .timedOut)
        let task = Task { try await store.waitUntilSynced(deadline: .in(.seconds(60))) }
        task.cancel()
        let cancelled = await #expect(throws: KubernetesError.self) { try await task.value }
        #expect(cancelled?.isCancelled == true)
    }
}
