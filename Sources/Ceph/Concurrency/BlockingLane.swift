import CephShim
import Glibc
import Vocabulary

/// A bounded pool of threads for calls that block, with a bounded queue before it.
///
/// Nothing that blocks runs on Swift's cooperative pool: a stalled cluster would stop the whole process there. Here it
/// stops at most ``LaneSizes/Lane/width`` threads, and the queue's bound turns the rest into `.overloaded` at once.
/// Threads start when there is work for them, and end with the lane or when there has been none for ``idleLimit``.
final class BlockingLane: Sendable {
    fileprivate struct State: Sendable {
        var queue: [(job: LaneJob, since: ContinuousClock.Instant)] = []
        var disposals: [@Sendable () -> Void] = []
        var threads = 0
        var busy = 0
        var isStopped = false
    }

    private enum Work {
        case job(LaneJob, since: ContinuousClock.Instant)
        case disposal(@Sendable () -> Void)
    }

    private enum Admission {
        case accepted(needsThread: Bool)
        case full(waiting: Int)
    }

    private let name: String
    private let size: LaneSizes.Lane
    private let idleLimit: Duration
    private let table: OperationTable
    private let metrics: LaneMetrics
    private let monitor = Monitor(State())

    init(name: String, size: LaneSizes.Lane, idleLimit: Duration = .seconds(5), table: OperationTable) {
        self.name = name
        self.size = size
        self.idleLimit = idleLimit
        self.table = table
        metrics = LaneMetrics(lane: name)
    }

    /// How many threads there are, busy and idle.
    var threadCount: Int { monitor.withLock { $0.threads } }

    deinit {
        // The threads hold the monitor: they finish what is queued and end.
        monitor.withLock { $0.isStopped = true }
        monitor.broadcast()
    }

    /// Runs `body` on one of the lane's threads.
    ///
    /// `limit` bounds the wait for a thread, then (counted anew) the run. Cancelling the task takes a waiting job out
    /// of the queue; of a running one it lets go at once (`.cancelled`, outcome unknown for a mutation), and the
    /// result that comes later goes to `late`, as it does after the limit.
    func run<Value: Sendable>(
        _ call: Call, limit: Duration,
        late: @escaping @Sendable (Result<Value, CephError>) -> Void = { _ in },
        _ body: @escaping @Sendable (LaneTicket) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        guard !Task.isCancelled else { throw call.cancelled(started: false) }
        let metrics = metrics
        let monitor = monitor
        let job = TypedLaneJob(
            call, limit: limit, table: table,
            late: { result in
                metrics.lateResult()
                late(result)
            },
            withdraw: { job in monitor.withLock { $0.queue.removeAll { $0.job === job } } },
            body: body)
        guard job.register() else { throw call.closed("connection") }
        submit(job, call)
        return try await withTaskCancellationHandler {
            await job.promise.value()
        } onCancel: {
            job.cancel()
        }.get()
    }

    /// Gives a handle's last call to the lane. It is never refused and never waits behind jobs.
    func dispose(_ body: @escaping @Sendable () -> Void) {
        let needsThread = monitor.withLock { state in
            state.disposals.append(body)
            return admitThread(&state)
        }
        start(needsThread)
    }

    private func submit(_ job: LaneJob, _ call: Call) {
        let now = ContinuousClock.now
        let (admission, waiting, running) = monitor.withLock { state -> (Admission, Int, Int) in
            // Threads without work take from the queue at once, so their jobs do not wait.
            guard state.queue.count < size.depth + size.width - state.busy else {
                return (.full(waiting: state.queue.count), state.queue.count, state.busy)
            }
            state.queue.append((job, now))
            return (.accepted(needsThread: admitThread(&state)), state.queue.count, state.busy)
        }
        metrics.depth(waiting: waiting, running: running)
        switch admission {
        case .accepted(let needsThread):
            start(needsThread)
        case .full(let waiting):
            refuse(job, call, "\(waiting) calls wait in the \(name) lane already")
        }
    }

    private func refuse(_ job: LaneJob, _ call: Call, _ reason: String) {
        metrics.overloaded()
        job.refuse(
            CephError(.overloaded, errno: EAGAIN, operation: call.function, target: call.target, status: reason))
    }

    /// Counts one more thread if there is more to do than there are threads without work.
    private func admitThread(_ state: inout State) -> Bool {
        let wanted = state.queue.count + state.disposals.count > state.threads - state.busy
        guard wanted, state.threads < size.width else { return false }
        state.threads += 1
        return true
    }

    private func start(_ needsThread: Bool) {
        guard needsThread else {
            monitor.signal()
            return
        }
        let (monitor, metrics, idleLimit) = (monitor, metrics, idleLimit)
        let started = startThread(named: "holdfast-\(name)") { Self.work(monitor, metrics, idleLimit) }
        // Without a thread of its own the work waits for one of the others, and is given up at its limit.
        if !started { monitor.withLock { $0.threads -= 1 } }
    }

    private static func work(_ monitor: Monitor<State>, _ metrics: LaneMetrics, _ idleLimit: Duration) {
        while let work = next(monitor, idleSince: .now, idleLimit) {
            switch work {
            case .disposal(let body):
                body()
            case .job(let job, let since):
                let begun = ContinuousClock.now
                metrics.started(after: since.duration(to: begun))
                job.run()
                metrics.finished(after: begun.duration(to: .now))
            }
            let (waiting, running) = monitor.withLock { state in
                state.busy -= 1
                return (state.queue.count, state.busy)
            }
            metrics.depth(waiting: waiting, running: running)
        }
        // glibc keeps what librbd has used on 64 threads in as many heaps: some 15 MiB that the next burst alone needs.
        if monitor.withLock({ $0.threads == 0 }) { ceph_shim_trim_heap() }
    }

    /// Waits for the next thing to do; nil if the thread is to end, and then it is not counted any more.
    private static func next(
        _ monitor: Monitor<State>, idleSince: ContinuousClock.Instant, _ idleLimit: Duration
    ) -> Work? {
        let idleEnd = Deadline(idleSince.advanced(by: idleLimit))
        return monitor.take { state in
            if let work = next(&state) { return .done(work) }
            guard state.isStopped || idleEnd.hasPassed else { return .wait(until: idleEnd) }
            state.threads -= 1
            return .done(nil)
        }
    }

    private static func next(_ state: inout State) -> Work? {
        if !state.disposals.isEmpty {
            state.busy += 1
            return .disposal(state.disposals.removeFirst())
        }
        if !state.queue.isEmpty {
            state.busy += 1
            let (job, since) = state.queue.removeFirst()
            return .job(job, since: since)
        }
        return nil
    }
}
