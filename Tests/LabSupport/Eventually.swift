public import Vocabulary

/// A state that did not come about in time.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for.
    public var what: String
    /// The last value seen, or the last error.
    public var last: String

    /// What was waited for, and what was there instead.
    public var description: String { "not in time: \(what); last seen: \(last)" }
}

/// Reads a state again and again until it is as wanted, and answers it.
///
/// An error of `read` counts as "not yet": the state's owner may be just starting.
///
/// - Parameters:
///   - what: What is waited for, in words, for the failure's message.
///   - deadline: When to give up. The state is read once more after a deadline that has passed already.
///   - interval: The pause between two reads.
///   - read: Reads the state.
///   - isWanted: Whether that is what is waited for.
/// - Throws: ``NeverHappened`` with the last value seen; `CancellationError` when the task is cancelled.
@discardableResult
public func eventually<Value>(
    _ what: String, deadline: Deadline = .in(.seconds(30)), every interval: Duration = .milliseconds(50),
    isolation: isolated (any Actor)? = #isolation, read: () async throws -> Value, until isWanted: (Value) -> Bool
) async throws -> Value {
    while true {
        let isLast = deadline.hasPassed
        let seen: String
        do {
            let value = try await read()
            if isWanted(value) { return value }
            seen = String(describing: value)
        } catch let error as CancellationError {
            throw error
        } catch {
            seen = "error: \(error)"
        }
        if isLast { throw NeverHappened(what: what, last: seen) }
        try await Task.sleep(for: min(interval, deadline.remaining), clock: .continuous)
    }
}

/// Waits until something is so.
///
/// - Throws: As the version that reads a state does.
public func eventually(
    _ what: String, deadline: Deadline = .in(.seconds(30)), every interval: Duration = .milliseconds(50),
    isolation: isolated (any Actor)? = #isolation, until isSo: () async throws -> Bool
) async throws {
    try await eventually(what, deadline: deadline, every: interval, isolation: isolation, read: isSo, until: { $0 })
}
