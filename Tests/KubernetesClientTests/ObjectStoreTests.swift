import KubernetesModel
import TestSupport
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(1))) struct ObjectStoreTests {
    typealias Store = ObjectStore<PersistentVolumeClaim>
    typealias Change = ObjectChange<PersistentVolumeClaim>

    /// The changes that wait, taken without waiting for more.
    private func take(_ count: Int, from changes: ObjectChanges<PersistentVolumeClaim>) async throws -> [Change] {
        try await withDeadline(.in(.seconds(10))) {
            var taken: [Change] = []
            for await change in changes {
                taken.append(change)
                if taken.count == count { break }
            }
            return taken
        }
    }

    @Test func changesOfOneKeyBecomeOne() async throws {
        let store = Store()
        store.apply(.replace([claim("a")]))
        let changes = store.changes()
        for version in 2..<100 { store.apply(.apply(claim("b", version: String(version)))) }
        store.apply(.remove(claim("b", version: "100")))
        store.apply(.apply(claim("b", uid: "second", version: "101")))
        store.apply(.apply(claim("c")))
        let taken = try await take(3, from: changes)
        #expect(taken.map(\.key.name) == ["a", "b", "c"])
        #expect(taken[1].removed?.uid == ObjectUID("uid-b"), "the one that has gone is told with the new one")
        #expect(store[claim("b").key]?.uid == ObjectUID("second"))
    }

    @Test func aSwapTellsTheDifferencesAlone() async throws {
        let store = Store()
        store.apply(.replace([claim("same"), claim("gone"), claim("changed"), claim("other")]))
        let changes = store.changes()
        _ = try await take(4, from: changes)
        store.apply(
            .replace([claim("same"), claim("changed", version: "2"), claim("new"), claim("other", uid: "else")]))
        let taken = try await take(4, from: changes)
        #expect(Set(taken.map(\.key.name)) == ["gone", "changed", "new", "other"])
        #expect(taken.first { $0.key.name == "gone" }?.removed?.uid == ObjectUID("uid-gone"))
        #expect(taken.first { $0.key.name == "other" }?.removed?.uid == ObjectUID("uid-other"))
        #expect(taken.first { $0.key.name == "new" }?.removed == nil)
        #expect(store.object(uid: ObjectUID("uid-other")) == nil)
    }

    @Test func rememberedWritesDoNotGoBack() {
        let store = Store()
        store.remember(claim("a", version: "5"))
        #expect(store[claim("a").key]?.metadata.resourceVersion == "5")
        store.remember(claim("a", version: "4"))
        #expect(store[claim("a").key]?.metadata.resourceVersion == "5")
        store.remember(claim("a", uid: "other", version: "9"))
        #expect(store[claim("a").key]?.uid == ObjectUID("uid-a"))
        store.remember(claim("a", version: "10"))
        #expect(store[claim("a").key]?.metadata.resourceVersion == "10")
    }

    @Test func readersEndWithTheirTask() async throws {
        let store = Store()
        let changes = store.changes()
        let task = Task {
            var count = 0
            for await _ in changes { count += 1 }
            return count
        }
        task.cancel()
        let count = try await withDeadline(.in(.seconds(10))) { await task.value }
        #expect(count == 0)
        #expect(store.filter { $0.key.name == "x" }.isEmpty)
    }

    /// Whoever follows the changes and looks each key up ends with the store's content.
    @Test(arguments: UInt64(1)...5)
    func followersEndUpEqual(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = Store()
        let changes = store.changes()
        let follower = Task {
            var copy: [ObjectKey: ObjectUID] = [:]
            for await change in changes {
                copy[change.key] = store[change.key]?.uid
                if change.key.name == "end" { break }
            }
            return copy
        }
        for step in 1...2000 {
            let name = "c\(Int.random(in: 0..<20, using: &generator))"
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6: store.apply(.apply(claim(name, uid: "\(name)-\(step)", version: String(step))))
            case 6..<9: store.apply(.remove(claim(name)))
            default: store.apply(.replace([claim(name, uid: "\(name)-\(step)", version: String(step))]))
            }
        }
        store.apply(.apply(claim("end")))
        let copy = try await withDeadline(.in(.seconds(20))) { await follower.value }
        #expect(Set(copy.values) == Set(store.objects.compactMap(\.uid)), "seed \(seed)")
    }
}
