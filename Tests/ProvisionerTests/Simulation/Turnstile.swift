import Synchronization
import TestSupport

/// Decides which of the tasks of a simulation goes on next. Every call from the process into the world stops here, so
/// that the order of all effects follows from one seed.
final class Turnstile: Sendable {
    /// What happens to a call when its turn comes.
    enum Fate: Sendable {
        /// It takes effect and is answered.
        case pass
        /// It takes no effect and fails.
        case refuse
        /// It takes effect, but the answer is lost.
        case loseAnswer
        /// The process has been killed: nothing of it takes effect any more.
        case dead
    }

    private struct State {
        var waiting: [Int: CheckedContinuation<Fate, Never>] = [:]
        var next = 0
        var running = 0
        var driver: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Notes that a task has begun to run.
    func enter() {
        state.withLock { $0.running += 1 }
    }

    /// Notes that a task has ended.
    func leave() {
        stopOne { _ in }
    }

    /// Waits for this call's turn.
    func turn() async -> Fate {
        await withCheckedContinuation { continuation in
            stopOne { state in
                state.waiting[state.next] = continuation
                state.next += 1
            }
        }
    }

    private func stopOne(_ change: (inout sending State) -> Void) {
        let driver = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            state.running -= 1
            guard state.running == 0 else { return nil }
            defer { state.driver = nil }
            return state.driver
        }
        driver?.resume()
    }

    /// Waits until every task has ended or waits for its turn.
    func quiesce() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                if state.running > 0 { state.driver = continuation }
                return state.running == 0
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// Whether a task runs at this moment.
    var isBusy: Bool { state.withLock { $0.running > 0 } }

    /// How many calls wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Lets one call, drawn at random, go on to its fate.
    func release(_ fate: Fate, using random: inout SeededGenerator) {
        let keys = state.withLock { $0.waiting.keys.sorted() }
        guard let key = keys.randomElement(using: &random) else { return }
        let continuation = state.withLock { state in
            state.running += 1
            return state.waiting.removeValue(forKey: key)
        }
        continuation?.resume(returning: fate)
    }
}
