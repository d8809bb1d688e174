import Synchronization
import Testing
import Vocabulary

@testable import Ceph

@Suite(.timeLimit(.minutes(1))) struct OperationTableTests {
    final class Probe: TrackedOperation {
        let expired = Tally()
        let aborted = Tally()
        let expiredAt = Mutex<ContinuousClock.Instant?>(nil)
        func expire() {
            expiredAt.withLock { $0 = .now }
            expired.add()
        }
        func abort() { aborted.add() }
    }

    @Test func closingWaitsForTheLastOne() async throws {
        let table = OperationTable()
        let probe = Probe()
        let first = try #require(table.enter(probe, limit: .seconds(60)))
        let second = try #require(table.enter(probe, limit: .seconds(60)))
        let drained = table.close()
        #expect(table.enter(probe, limit: .seconds(60)) == nil)
        table.abortAll()
        #expect(probe.aborted.value == 2)
        table.leave(first)
        #expect(table.count == 1)
        table.leave(second)
        #expect(await drained.value() == .success(()))
    }

    @Test func eachExpiresOnceAtItsOwnLimit() async throws {
        let table = OperationTable()
        let (soon, later, never) = (Probe(), Probe(), Probe())
        let begun = ContinuousClock.now
        _ = table.enter(never, limit: .seconds(60))
        let laterID = try #require(table.enter(later, limit: .milliseconds(50)))
        table.extend(laterID, by: .milliseconds(300))
        _ = table.enter(soon, limit: .milliseconds(50))
        #expect(await soon.expired.reaches(1))
        #expect(await later.expired.reaches(1))
        let soonAt = try #require(soon.expiredAt.withLock { $0 })
        let laterAt = try #require(later.expiredAt.withLock { $0 })
        #expect(soonAt < laterAt)
        #expect(begun.duration(to: laterAt) >= .milliseconds(300))
        #expect(soon.expired.value == 1)
        #expect(never.expired.value == 0)
        // Those that expired are still under way, and cannot be extended back to life.
        #expect(table.count == 3)
        table.extend(laterID, by: .milliseconds(1))
        let probe = Probe()
        _ = table.enter(probe, limit: .milliseconds(30))
        #expect(await probe.expired.reaches(1))
        #expect(later.expired.value == 1)
        table.stop()
    }
}

/// Void is not Equatable: two outcomes without a value are the same.
func == (left: Result<Void, CephError>, right: Result<Void, CephError>) -> Bool {
    switch (left, right) {
    case (.success, .success): true
    case (.failure(let left), .failure(let right)): left == right
    default: false
    }
}
