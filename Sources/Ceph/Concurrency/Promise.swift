import Synchronization

/// A result that arrives once, from any thread, before or after somebody awaits it.
///
/// Completion, cancellation and expiry race for it: the first wins, the others learn that they lost. One task may
/// await it, once.
final class Promise<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, CephError>

    private enum State {
        case initial
        case waiting(UnsafeContinuation<Outcome, Never>)
        case completed(Outcome)
        case delivered
    }

    private let state = Mutex(State.initial)

    /// Settles the promise; false when it was settled before, and the result goes nowhere.
    @discardableResult
    func complete(_ outcome: Outcome) -> Bool {
        let (won, waiter) = state.withLock { state -> (Bool, UnsafeContinuation<Outcome, Never>?) in
            switch state {
            case .initial:
                state = .completed(outcome)
                return (true, nil)
            case .waiting(let continuation):
                state = .delivered
                return (true, continuation)
            case .completed, .delivered:
                return (false, nil)
            }
        }
        waiter?.resume(returning: outcome)
        return won
    }

    /// Waits for the result. Cancelling the task does nothing by itself: whoever made the promise settles it.
    func value() async -> Outcome {
        await withUnsafeContinuation { continuation in
            let ready = state.withLock { state -> Outcome? in
                switch state {
                case .initial, .waiting, .delivered:
                    state = .waiting(continuation)
                    return nil
                case .completed(let outcome):
                    state = .delivered
                    return outcome
                }
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
