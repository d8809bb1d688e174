import Vocabulary

/// A deadline passed before the work was done.
struct DeadlinePassed: Error {}

/// Runs `body` and cancels it when the deadline passes.
///
/// It returns when `body` has ended: `body` must heed cancellation. Throws what `body` throws, or
/// ``DeadlinePassed`` when the deadline ended it. Cancelling the caller cancels `body`.
func withDeadline<Value: Sendable>(
    _ deadline: Deadline, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(until: deadline.instant, clock: .continuous)
            return nil
        }
        defer { group.cancelAll() }
        // The first of the two to end decides. Cancellation ends both; the sleep's error then says the same.
        guard let first = try await group.next(), let value = first else {
            throw DeadlinePassed()
        }
        return value
    }
}
