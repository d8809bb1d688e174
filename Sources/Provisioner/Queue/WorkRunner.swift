import Metrics

/// What came of one piece of work: what the queue does next with its key, and what its Ceph cluster's limit learns.
struct WorkResult: Sendable {
    var outcome: WorkOutcome
    var sample: ConcurrencyLimit.Sample = .none
}

/// Runs what a ``WorkQueue`` says: starts the work, keeps the clock, feeds the outcome back.
///
/// Safe to use from any task.
actor WorkRunner<Key: Hashable & Sendable, Group: Hashable & Sendable> {
    typealias Queue = WorkQueue<Key, Group>

    private enum Command: Sendable {
        case start(Key)
        case wake(ContinuousClock.Instant)
    }

    private var queue: Queue
    private let commands: AsyncStream<Command>
    private let issue: AsyncStream<Command>.Continuation
    /// The earliest wake-up that is under way.
    private var armed: ContinuousClock.Instant?
    private let depth: Gauge
    private let inFlight: Gauge
    private let retries: Counter

    /// A runner of `queue`; its metrics carry `name`.
    init(_ queue: Queue, name: String) {
        self.queue = queue
        (commands, issue) = AsyncStream.makeStream(of: Command.self)
        let dimensions = [("name", name)]
        depth = Gauge(label: "workqueue_depth", dimensions: dimensions)
        inFlight = Gauge(label: "workqueue_in_flight", dimensions: dimensions)
        retries = Counter(label: "workqueue_retries_total", dimensions: dimensions)
    }

    /// Says that `key` needs work now.
    func add(_ key: Key, group: Group) {
        perform(queue.add(key, group: group, now: .now))
    }

    /// How many keys are being worked on, wait for a worker, or wait for their next attempt.
    var count: Int { queue.count }

    /// Starts nothing more; ``run(_:)`` returns when what runs has ended.
    func close() {
        queue.close()
        issue.finish()
    }

    /// Works until ``close()`` is called and what was started then has ended.
    ///
    /// Cancellation: starts nothing more, cancels what runs and waits for it.
    func run(_ work: @escaping @Sendable (Key) async -> WorkResult) async {
        await withDiscardingTaskGroup { timers in
            await withDiscardingTaskGroup { workers in
                for await command in commands {
                    switch command {
                    case .start(let key):
                        workers.addTask { await self.finish(key, await work(key)) }
                    case .wake(let due):
                        timers.addTask { await self.wake(at: due) }
                    }
                }
            }
            timers.cancelAll()
        }
    }

    private func finish(_ key: Key, _ result: WorkResult) {
        if case .retry = result.outcome { retries.increment() }
        perform(queue.finish(key, result.outcome, sample: result.sample, now: .now))
    }

    private func wake(at due: ContinuousClock.Instant) async {
        do {
            try await Task.sleep(until: due, clock: .continuous)
        } catch {
            return  // Cancelled: the runner is closing.
        }
        if armed == due { armed = nil }
        perform(queue.tick(now: .now))
    }

    private func perform(_ actions: Queue.Actions) {
        for key in actions.start { issue.yield(.start(key)) }
        if let due = actions.wakeAt, armed.map({ due < $0 }) ?? true {
            armed = due
            issue.yield(.wake(due))
        }
        depth.record(queue.depth)
        inFlight.record(queue.running)
    }
}
