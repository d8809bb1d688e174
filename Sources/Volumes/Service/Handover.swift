import Synchronization

/// A value handed to one waiter exactly once: whichever comes first of the end of some work and the end of patience.
final class Handover<Value: Sendable>: Sendable {
    private struct State {
        var hasBegun = false
        var value: Value?
        var waiter: CheckedContinuation<Value, Never>?
    }

    private let state = Mutex(State())

    /// Marks the work as begun; false if the waiter has been given a value already.
    func begin() -> Bool {
        state.withLock { state in
            guard state.value == nil else { return false }
            state.hasBegun = true
            return true
        }
    }

    /// Hands over `value`, unless there has been another.
    func settle(_ value: Value) {
        settle { _ in value }
    }

    /// Hands over a value made for the state of the work, unless there has been another.
    func settle(_ value: (_ hasBegun: Bool) -> Value) {
        let handing = state.withLock { state -> (CheckedContinuation<Value, Never>, Value)? in
            guard state.value == nil else { return nil }
            let settled = value(state.hasBegun)
            state.value = settled
            defer { state.waiter = nil }
            return state.waiter.map { ($0, settled) }
        }
        if let (waiter, value) = handing { waiter.resume(returning: value) }
    }

    /// The value, once there is one. To be called once.
    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state in
                if state.value == nil { state.waiter = continuation }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
