import Ceph
import LabSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(2))) struct LockAndWatchTests {
    @Test func exclusiveLocksKeepOthersOut() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.lockExclusively("o", lock: "leader", cookie: "one", description: "first")
            let held = try await context.lockHolders("o", lock: "leader")
            #expect(held.isExclusive)
            #expect(held.holders.map(\.cookie) == ["one"])
            #expect(held.holders.first?.client == "client.\(try await place.cluster.clientID())")
            #expect(try await place.rados("lock", "info", "o", "leader").contains("exclusive"))
            let again = try await failure { try await context.lockExclusively("o", lock: "leader", cookie: "one") }
            #expect(again.code == .exists)
            try await context.lockExclusively("o", lock: "leader", cookie: "one", for: .seconds(60), renew: true)
            try await withCluster(ClusterConfiguration(confFile: place.lab.conf)) { other in
                let theirs = try await other.ioContext(pool: place.lab.pool, namespace: context.namespace)
                let refused = try await failure { try await theirs.lockExclusively("o", lock: "leader", cookie: "two") }
                #expect(refused.code == .busy)
                let holder = try #require(held.holders.first)
                try await theirs.breakLock("o", lock: "leader", holder: holder)
                try await theirs.lockExclusively("o", lock: "leader", cookie: "two")
            }
            #expect(
                try await failure { try await context.unlock("o", lock: "leader", cookie: "one") }.code == .notFound)
        }
    }

    @Test func sharedLocksAndTheirEnd() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.lockShared("o", lock: "readers", cookie: "a", tag: "t")
            try await context.lockShared("o", lock: "readers", cookie: "b", tag: "t")
            let held = try await context.lockHolders("o", lock: "readers")
            #expect(!held.isExclusive)
            #expect(held.tag == "t")
            #expect(Set(held.holders.map(\.cookie)) == ["a", "b"])
            try await context.unlock("o", lock: "readers", cookie: "a")
            try await context.unlock("o", lock: "readers", cookie: "b")
            #expect(try await context.lockHolders("o", lock: "readers").holders.isEmpty)
        }
    }

    @Test func aLockWithATimeEndsByItself() async throws {
        try await withPlace { place in
            try await place.context.lockExclusively("o", lock: "short", cookie: "c", for: .seconds(1))
            try await eventually("the lock ends", deadline: .in(.seconds(10))) {
                try await place.context.lockHolders("o", lock: "short").holders.isEmpty
            }
        }
    }

    @Test func watchersAnswerNotifications() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.writeFull([], to: "o")
            let answers = try await context.withWatch(on: "o") { events throws(CephError) in
                let answering = Task {
                    for await case .notification(let notification) in events {
                        try await notification.acknowledge("re: ".utf8Bytes + notification.payload)
                        return notification.payload
                    }
                    return []
                }
                let result = try await context.notify("o", "ping".utf8Bytes)
                return (result, await answering.result)
            }
            #expect(answers.0.answers.map(\.payload) == ["re: ping".utf8Bytes])
            #expect(answers.0.missing.isEmpty)
            #expect(try answers.1.get() == "ping".utf8Bytes)
            #expect(try await place.rados("listwatchers", "o").isEmpty)
            #expect(try await context.notify("o").answers.isEmpty)
        }
    }

    @Test func aSilentWatcherIsToldByName() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.writeFull([], to: "o")
            let result = try await context.withWatch(on: "o") { _ throws(CephError) in
                try await context.notify("o", timeout: .seconds(1))
            }
            #expect(result.answers.isEmpty)
            #expect(result.missing == [try await place.cluster.clientID()])
        }
    }

    @Test func nothingToWatch() async throws {
        try await withPlace { place in
            let error = try await failure {
                try await place.context.withWatch(on: "none") { _ throws(CephError) in }
            }
            #expect(error.code == .notFound)
        }
    }
}
