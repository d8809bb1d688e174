import Vocabulary

@testable import Ceph

/// A door that threads wait at and tasks open.
final class Latch: Sendable {
    private let monitor = Monitor(false)

    func open() {
        monitor.withLock { $0 = true }
        monitor.broadcast()
    }

    /// Blocks the calling thread. For jobs of a lane.
    func pass() {
        monitor.take { isOpen in isOpen ? .done(()) : .wait(until: nil) }
    }
}

/// A number that threads add to and tests wait for.
final class Tally: Sendable {
    private let monitor = Monitor((now: 0, most: 0))

    func add(_ amount: Int = 1) {
        monitor.withLock { state in
            state.now += amount
            state.most = max(state.most, state.now)
        }
        monitor.broadcast()
    }

    var value: Int { monitor.withLock { $0.now } }
    var most: Int { monitor.withLock { $0.most } }

    /// Waits on a thread of its own until the number is reached; false if it is not within 10 s.
    func reaches(_ number: Int) async -> Bool {
        let promise = Promise<Bool>()
        let monitor = monitor
        let deadline = Deadline.in(.seconds(10))
        let started = startThread(named: "tally") {
            let reached = monitor.take { state in
                if state.now >= number { return .done(true) }
                return deadline.hasPassed ? .done(false) : .wait(until: deadline)
            }
            promise.complete(.success(reached))
        }
        guard started, case .success(let reached) = await promise.value() else { return false }
        return reached
    }
}
