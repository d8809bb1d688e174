import Synchronization
import Testing
import Vocabulary

@testable import Provisioner

/// Counts what is opened and closed, and lets a test decide when an attempt ends.
private final class Opener: Sendable {
    struct State {
        var opened: [String] = []
        var closed: [Int] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isHeld = false
        var failure: ProvisionFailure?
    }

    let state = Mutex(State())

    func open(_ key: String) async throws(ProvisionFailure) -> Int {
        let number = state.withLock { state in
            state.opened.append(key)
            return state.opened.count
        }
        if state.withLock({ $0.isHeld }) {
            await withCheckedContinuation { continuation in state.withLock { $0.waiting.append(continuation) } }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return number
    }

    func letGo() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectionPoolTests {
    private let opener = Opener()

    private func makePool(limit: Int = 2) -> ConnectionPool<String, Int> {
        let opener = opener
        return ConnectionPool(
            limit: limit, open: { key throws(ProvisionFailure) in try await opener.open(key) },
            close: { connection in opener.state.withLock { $0.closed.append(connection) } })
    }

    @Test func aConnectionIsOpenedOnceAndShared() async throws {
        let pool = makePool()
        for _ in 0..<3 {
            let number = try await pool.with("a") { number throws(ProvisionFailure) in number }
            #expect(number == 1)
        }
        #expect(opener.state.withLock { $0.opened } == ["a"])
    }

    @Test func allWhoWaitShareOneAttempt() async throws {
        opener.state.withLock { $0.isHeld = true }
        let pool = makePool()
        let numbers = try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask { try await pool.with("a") { number throws(ProvisionFailure) in number } }
            }
            group.addTask {
                while await pool.openingCount == 0 { await Task.yield() }
                opener.letGo()
                return 1
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(numbers == [1])
        #expect(opener.state.withLock { $0.opened }.count == 1)
    }

    @Test func aFailureIsSharedAndTheNextUserTriesAgain() async throws {
        let pool = makePool()
        opener.state.withLock { $0.failure = .notReady("no mon") }
        await #expect(throws: ProvisionFailure.self) {
            try await pool.with("a") { number throws(ProvisionFailure) in number }
        }
        opener.state.withLock { $0.failure = nil }
        #expect(try await pool.with("a") { number throws(ProvisionFailure) in number } == 2)
    }

    @Test func tooManyAttemptsAtATimeAreRefused() async throws {
        opener.state.withLock { $0.isHeld = true }
        let pool = makePool(limit: 1)
        async let first = pool.with("a") { number throws(ProvisionFailure) in number }
        while await pool.openingCount == 0 { await Task.yield() }
        let failure = await #expect(throws: ProvisionFailure.self) {
            try await pool.with("b") { number throws(ProvisionFailure) in number }
        }
        #expect(failure?.remedy == .lessLoad)
        opener.letGo()
        #expect(try await first == 1)
    }

    @Test func aRetiredConnectionIsClosedByItsLastUser() async throws {
        let pool = makePool()
        let opener = opener
        try await pool.with("a") { number throws(ProvisionFailure) in
            await pool.retire { $0 == "a" }
            #expect(opener.state.withLock { $0.closed }.isEmpty, "somebody uses it")
            let next = try await pool.with("a") { number throws(ProvisionFailure) in number }
            #expect(next == 2, "nobody else gets it")
        }
        #expect(opener.state.withLock { $0.closed } == [1])
    }

    @Test func idleConnectionsAreClosed() async throws {
        let pool = makePool()
        _ = try await pool.with("a") { number throws(ProvisionFailure) in number }
        await pool.closeIdle(since: ContinuousClock.now.advanced(by: .seconds(-60)))
        #expect(opener.state.withLock { $0.closed }.isEmpty)
        await pool.closeIdle(since: ContinuousClock.now.advanced(by: .seconds(60)))
        let end = Deadline.in(.seconds(10))
        while opener.state.withLock({ $0.closed }).isEmpty, !end.hasPassed { await Task.yield() }
        #expect(opener.state.withLock { $0.closed } == [1])
    }

    @Test func aClosedPoolRefusesUsers() async throws {
        let pool = makePool()
        _ = try await pool.with("a") { number throws(ProvisionFailure) in number }
        await pool.closeAll()
        #expect(opener.state.withLock { $0.closed } == [1])
        await #expect(throws: ProvisionFailure.self) {
            try await pool.with("a") { number throws(ProvisionFailure) in number }
        }
    }
}
