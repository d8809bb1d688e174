import Synchronization
import Vocabulary

/// Runs work one at a time per key, and to its end even if nobody waits for it any more.
///
/// A call into Ceph that changes something must not be abandoned half way and then started again beside itself: two
/// makers of one image get into each other's way. So the work goes on in a task of its own when its caller gives up,
/// and the next work on the same key waits for it.
final class OperationGate<Key: Hashable & Sendable>: Sendable {
    private struct State {
        /// Per key: the work that runs, and what waits behind it.
        var queues: [Key: [Ticket]] = [:]
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// One piece of work in a key's queue; the first of each queue is running.
    private final class Ticket: Sendable {
        let start: @Sendable () -> Void
        init(start: @escaping @Sendable () -> Void) { self.start = start }
    }

    /// Runs `work` when everything before it on `key` has ended.
    ///
    /// - Parameters:
    ///   - abandoned: the error for a caller that gives up, told whether its task was cancelled (else the deadline
    ///     has passed) and whether the work had begun.
    /// - Throws: what `work` throws; `abandoned` at the deadline or on cancellation, without waiting for the work. Work
    ///   that had not begun then never does.
    func run<Value: Sendable>(
        _ key: Key, deadline: Deadline,
        abandoned: @escaping @Sendable (_ cancelled: Bool, _ begun: Bool) -> VolumeError,
        _ work: @escaping @Sendable () async throws(VolumeError) -> Value
    ) async throws(VolumeError) -> Value {
        let outcome = Handover<Result<Value, VolumeError>>()
        let ticket = Ticket { [self] in
            Task {
                if outcome.begin() {
                    do throws(VolumeError) {
                        outcome.settle(.success(try await work()))
                    } catch {
                        outcome.settle(.failure(error))
                    }
                }
                leave(key)
            }
        }
        enter(key, ticket)
        let timer = Task {
            try await Task.sleep(until: deadline.instant, clock: .continuous)
            outcome.settle { .failure(abandoned(false, $0)) }
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await outcome.wait()
        } onCancel: {
            outcome.settle { .failure(abandoned(true, $0)) }
        }
        return try result.get()
    }

    /// Whether no work is running.
    var isIdle: Bool { state.withLock { $0.queues.isEmpty } }

    /// Waits until no work is running, abandoned work included, or until the deadline. Returns whether all has ended.
    func drain(deadline: Deadline) async -> Bool {
        let outcome = Handover<Bool>()
        Task {
            await whenIdle()
            outcome.settle(true)
        }
        let timer = Task {
            try await Task.sleep(until: deadline.instant, clock: .continuous)
            outcome.settle(false)
        }
        defer { timer.cancel() }
        return await outcome.wait()
    }

    private func whenIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.queues.isEmpty { state.idleWaiters.append(continuation) }
                return state.queues.isEmpty
            }
            if isIdle { continuation.resume() }
        }
    }

    private func enter(_ key: Key, _ ticket: Ticket) {
        let isFirst = state.withLock { state in
            state.queues[key, default: []].append(ticket)
            return state.queues[key]?.count == 1
        }
        if isFirst { ticket.start() }
    }

    private func leave(_ key: Key) {
        let (next, idle) = state.withLock { state -> (Ticket?, [CheckedContinuation<Void, Never>]) in
            state.queues[key]?.removeFirst()
            if let next = state.queues[key]?.first { return (next, []) }
            state.queues[key] = nil
            guard state.queues.isEmpty else { return (nil, []) }
            defer { state.idleWaiters = [] }
            return (nil, state.idleWaiters)
        }
        next?.start()
        for waiter in idle { waiter.resume() }
    }
}
