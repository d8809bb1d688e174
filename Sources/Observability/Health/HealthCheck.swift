import Synchronization

/// One named question about the process, asked by a probe.
public struct HealthCheck: Sendable {
    /// The answer to a check.
    public enum Verdict: Hashable, Sendable {
        /// All is well.
        case healthy
        /// Something is wrong; the text says what, without secrets.
        case unhealthy(String)
    }

    /// The name that a verbose answer shows: `leader-election`, `ceph`.
    public var name: String
    /// How long a probe waits for the answer. A check without an answer by then is unhealthy.
    public var limit: Duration
    /// Finds the answer. It may hang or ignore cancellation: the probe's answer does not wait for it, and no second run
    /// starts before the first has ended.
    public var verdict: @Sendable () async -> Verdict

    /// A check with its own time limit.
    public init(_ name: String, within limit: Duration = .seconds(2), verdict: @escaping @Sendable () async -> Verdict)
    {
        self.name = name
        self.limit = limit
        self.verdict = verdict
    }
}

/// Runs one check on behalf of any number of probes: at most one run at a time, and every probe answered in time.
final class CheckRunner: Sendable {
    private struct State {
        var isRunning = false
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<HealthCheck.Verdict, Never>] = [:]
    }

    let check: HealthCheck
    private let state = Mutex(State())

    init(_ check: HealthCheck) {
        self.check = check
    }

    /// The check's answer, or `unhealthy` once its limit has passed. Cancelling the caller changes nothing: the wait is
    /// short and bounded.
    func verdict() async -> HealthCheck.Verdict {
        await withCheckedContinuation { continuation in
            let (waiter, mustStart) = state.withLock { state in
                let waiter = state.nextWaiter
                state.nextWaiter += 1
                state.waiters[waiter] = continuation
                defer { state.isRunning = true }
                return (waiter, !state.isRunning)
            }
            if mustStart { Task { finish(with: await check.verdict()) } }
            Task {
                // Cancelled by nobody: a timer that fires after the answer finds its waiter gone.
                try await Task.sleep(for: check.limit)
                expire(waiter)
            }
        }
    }

    private func finish(with verdict: HealthCheck.Verdict) {
        let waiters = state.withLock { state in
            defer {
                state.isRunning = false
                state.waiters = [:]
            }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: verdict) }
    }

    private func expire(_ waiter: UInt64) {
        let continuation = state.withLock { $0.waiters.removeValue(forKey: waiter) }
        continuation?.resume(returning: .unhealthy("no answer within \(check.limit)"))
    }
}
