import KubernetesModel
import TestSupport
import Testing

@testable import DevAPIServer

/// Random writes, and what must be true of them whatever they are.
@Suite struct StorePropertyTests {
    /// The objects that a client holds who follows a watch.
    private struct Follower {
        var cursor: WatchCursor
        var objects: [ObjectKey: JSONObject] = [:]

        mutating func follow(_ store: ResourceStore) throws {
            for event in try cursor.events(in: store) {
                let key = ObjectMeta(json: event.object["metadata"]?.objectValue ?? [:]).key
                switch event.type {
                case "ADDED":
                    #expect(objects[key] == nil, "added twice: \(key)")
                    objects[key] = event.object
                case "MODIFIED":
                    #expect(objects[key] != nil, "modified before it was added: \(key)")
                    objects[key] = event.object
                case "DELETED":
                    #expect(objects.removeValue(forKey: key) != nil, "deleted before it was added: \(key)")
                default: Issue.record("unexpected event \(event.type)")
                }
            }
        }
    }

    private func plan(_ labels: String, from version: Int64?) throws -> WatchPlan {
        let target = try #require(
            RequestTarget("/api/v1/secrets?watch=1&labelSelector=\(labels)&resourceVersion=\(version ?? 0)"))
        return try WatchPlan(try #require(try ResourceRequest(target, method: "GET")))
    }

    private func randomWrite(_ store: inout ResourceStore, _ generator: inout SeededGenerator) {
        let key = Fixture.key("s\(Int.random(in: 0..<12, using: &generator))")
        let label = Bool.random(using: &generator) ? "in" : "out"
        // Refusals (not found, exists already, held by a finalizer) are part of the game.
        _ = refusal { () throws(APIFailure) in
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                _ = try store.create(
                    Fixture.secrets, namespace: "default", Fixture.secret(key.name, labels: ["side": label]),
                    now: Fixture.now)
            case 2:
                _ = try store.modify(Fixture.secrets, key) {
                    $0.merging(patch: ["metadata": ["labels": ["side": .string(label)]]])
                }
            case 3:
                _ = try store.modify(Fixture.secrets, key) {
                    $0.merging(patch: ["metadata": ["finalizers": ["a/b"]]])
                }
            case 4:
                _ = try store.modify(Fixture.secrets, key) { $0.merging(patch: ["metadata": ["finalizers": .null]]) }
            default:
                _ = try store.delete(Fixture.secrets, key, now: Fixture.now)
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func aWatchFromAnyVersionLeadsToTheState(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var store = ResourceStore(seed: seed, now: Fixture.now, historyLimit: 10_000)
        var followers: [(String, Follower)] = []
        for step in 0..<400 {
            if step % 20 == 0 {
                for labels in ["", "side%3Din"] {
                    let selector = try Selector(
                        namespace: nil, labels: labels.isEmpty ? "" : "side=in", fields: "", served: Fixture.secrets)
                    let page = try store.list(Fixture.secrets, selector)
                    var listed = Follower(cursor: WatchCursor(try plan(labels, from: page.version)))
                    for item in page.items {
                        listed.objects[ObjectMeta(json: item["metadata"]?.objectValue ?? [:]).key] = item
                    }
                    followers.append((labels, listed))
                    followers.append((labels, Follower(cursor: WatchCursor(try plan(labels, from: nil)))))
                }
            }
            let before = store.version
            randomWrite(&store, &generator)
            #expect(store.version == before || store.version == before + 1, "seed \(seed)")
            for index in followers.indices where Int.random(in: 0..<4, using: &generator) == 0 {
                try followers[index].1.follow(store)
            }
        }
        for (labels, follower) in followers {
            var follower = follower
            try follower.follow(store)
            let expected = store.all(Secret.kind).filter {
                labels.isEmpty || $0.value["metadata", "labels", "side"] == "in"
            }
            #expect(follower.objects == expected, "seed \(seed), selector \(labels)")
        }
    }

    @Test func theSameSeedGivesTheSameStore() throws {
        func run() -> [ObjectKey: JSONObject] {
            var generator = SeededGenerator(seed: 7)
            var store = ResourceStore(seed: 7, now: Fixture.now)
            for _ in 0..<200 { randomWrite(&store, &generator) }
            return store.all(Secret.kind)
        }
        #expect(!run().isEmpty)
        #expect(run() == run())
    }
}
