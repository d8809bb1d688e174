import DequeModule
import HeapModule

/// How a piece of work ended.
enum WorkOutcome: Hashable, Sendable {
    /// Nothing is left to do; its failures are forgotten.
    case done
    /// It failed, or is not finished: again, after a wait that grows with each failure.
    case retry
    /// Again after just this time; it counts as no failure.
    case retryAfter(Duration)
}

/// The queue of a level-based controller: which keys need work, which may start now, and when the next one is due.
///
/// - A key is worked on by one worker at a time. Added while it runs, it runs once more afterwards.
/// - Keys belong to a group (a Ceph cluster). Each group has an adaptive limit of its own, so that a cluster which is
///   down does not hold up another. Groups take turns.
/// - A key that failed waits by ``Backoff``. Adding it again cuts the wait short: something has changed.
///
/// A pure value: it starts nothing and reads no clock. Each call returns what is to be started now and when to call
/// ``tick(now:)`` next; the caller (``WorkRunner``) does it.
struct WorkQueue<Key: Hashable & Sendable, Group: Hashable & Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What the caller has to do after a call.
    struct Actions: Sendable {
        /// The keys to start now.
        var start: [Key] = []
        /// When to call ``tick(now:)``; nil when nothing is delayed.
        var wakeAt: Instant?
    }

    private enum State {
        case ready
        case delayed(Int)
        case running(again: Bool)
    }

    private struct Entry {
        var group: Group
        var state: State
        var failures = 0
    }

    private struct Delayed: Comparable {
        var due: Instant
        var key: Key
        var ticket: Int

        static func < (left: Delayed, right: Delayed) -> Bool { (left.due, left.ticket) < (right.due, right.ticket) }
        static func == (left: Delayed, right: Delayed) -> Bool { left.ticket == right.ticket }
    }

    private struct Lane {
        var ready: Deque<Key> = []
        var running = 0
        var limit: ConcurrencyLimit
    }

    private let maximumRunning: Int
    private let backoff: Backoff
    private let limits: ConcurrencyLimit.Settings
    private var generator: JitterGenerator
    private var entries: [Key: Entry] = [:]
    private var lanes: [Group: Lane] = [:]
    /// Groups with ready keys, in the order of their turns.
    private var turns: Deque<Group> = []
    private var delayed: Heap<Delayed> = []
    private var nextTicket = 0
    private var isClosed = false

    /// How many keys are being worked on.
    private(set) var running = 0

    /// A queue that starts at most `maximumRunning` keys at a time in all, and by `limits` in each group.
    init(maximumRunning: Int, backoff: Backoff, limits: ConcurrencyLimit.Settings, seed: UInt64) {
        self.maximumRunning = max(maximumRunning, 1)
        self.backoff = backoff
        self.limits = limits
        generator = JitterGenerator(seed: seed)
    }

    /// How many keys are ready and wait for a worker.
    var depth: Int { lanes.values.reduce(0) { $0 + $1.ready.count } }

    /// How many keys the queue knows, in whatever state.
    var count: Int { entries.count }

    /// How many failures in a row `key` has behind it.
    func failures(of key: Key) -> Int { entries[key]?.failures ?? 0 }

    /// How many keys of `group` may run at a time now.
    func limit(of group: Group) -> Int { lanes[group]?.limit.current ?? limits.initial }

    /// Says that `key` needs work now.
    mutating func add(_ key: Key, group: Group, now: Instant) -> Actions {
        switch entries[key]?.state {
        case nil:
            entries[key] = Entry(group: group, state: .ready)
            enqueue(key, in: group)
        case .ready:
            break
        case .delayed:
            entries[key]?.group = group
            entries[key]?.state = .ready
            enqueue(key, in: group)
        case .running:
            entries[key]?.state = .running(again: true)
        }
        return actions(now: now)
    }

    /// Says that the work on `key` ended. A key that was not running is ignored.
    mutating func finish(
        _ key: Key, _ outcome: WorkOutcome, sample: ConcurrencyLimit.Sample = .none, now: Instant
    ) -> Actions {
        guard var entry = entries[key], case .running(let again) = entry.state else { return actions(now: now) }
        running -= 1
        lanes[entry.group]?.running -= 1
        let beside = lanes[entry.group]?.running ?? 0
        lanes[entry.group]?.limit.record(sample, running: beside)

        let wait: Duration?
        switch outcome {
        case .done:
            entry.failures = 0
            wait = nil
        case .retry:
            entry.failures += 1
            wait = backoff.delay(afterFailures: entry.failures, using: &generator)
        case .retryAfter(let duration):
            wait = duration
        }
        if again {
            entry.state = .ready
            entries[key] = entry
            enqueue(key, in: entry.group)
        } else if let wait {
            nextTicket += 1
            entry.state = .delayed(nextTicket)
            entries[key] = entry
            delayed.insert(Delayed(due: now.advanced(by: wait), key: key, ticket: nextTicket))
        } else {
            entries[key] = nil
        }
        return actions(now: now)
    }

    /// Says that time has passed: what is due becomes ready.
    mutating func tick(now: Instant) -> Actions {
        actions(now: now)
    }

    /// Starts nothing from now on; what runs may finish.
    mutating func close() {
        isClosed = true
    }

    private mutating func enqueue(_ key: Key, in group: Group) {
        var lane = lanes[group] ?? Lane(limit: ConcurrencyLimit(limits))
        if lane.ready.isEmpty { turns.append(group) }
        lane.ready.append(key)
        lanes[group] = lane
    }

    private mutating func actions(now: Instant) -> Actions {
        promoteDue(now: now)
        var result = Actions()
        if !isClosed { startReady(into: &result) }
        dropStale()
        result.wakeAt = isClosed ? nil : delayed.min?.due
        return result
    }

    private mutating func promoteDue(now: Instant) {
        while let first = delayed.min, first.due <= now {
            delayed.removeMin()
            guard let entry = entries[first.key], case .delayed(first.ticket) = entry.state else { continue }
            entries[first.key]?.state = .ready
            enqueue(first.key, in: entry.group)
        }
    }

    /// Tickets of keys that were added again meanwhile would wake the caller for nothing.
    private mutating func dropStale() {
        while let first = delayed.min {
            if let entry = entries[first.key], case .delayed(first.ticket) = entry.state { return }
            delayed.removeMin()
        }
    }

    /// Gives the groups their turns until the limits are reached. A group at its limit keeps its place.
    private mutating func startReady(into result: inout Actions) {
        var waiting: [Group] = []
        while running < maximumRunning, let group = turns.popFirst() {
            guard var lane = lanes[group], lane.running < lane.limit.current, let key = lane.ready.popFirst() else {
                waiting.append(group)
                continue
            }
            lane.running += 1
            running += 1
            lanes[group] = lane
            entries[key]?.state = .running(again: false)
            result.start.append(key)
            if !lane.ready.isEmpty { turns.append(group) }
        }
        turns.prepend(contentsOf: waiting)
    }
}
