import DequeModule
import KubernetesModel

/// Decides which events are sent and how: repeats of one report become one event with a count, an object that
/// reports without end is quieted, and nothing grows without bound. A value without a clock and without I/O.
struct EventAggregator: Sendable {
    /// What makes two reports the same.
    struct Report: Hashable, Sendable {
        var about: ObjectReference
        var severity: Event.Severity
        var reason: String
        var message: String
    }

    /// What to send.
    enum Job: Hashable, Sendable {
        /// A new event.
        case create(Report, Occurrences)
        /// The event of this key has happened again; these are all its occurrences.
        case update(ObjectKey, Report, Occurrences)
    }

    /// When and how often something was reported.
    struct Occurrences: Hashable, Sendable {
        var count: Int64
        var first: Timestamp
        var last: Timestamp

        func adding(_ later: Occurrences) -> Occurrences {
            Occurrences(count: count + later.count, first: min(first, later.first), last: max(last, later.last))
        }
    }

    /// The bounds.
    struct Limits: Sendable {
        /// Distinct reports that wait.
        var waiting = 1000
        /// Events and objects that are remembered.
        var remembered = 4096
        /// New events of one object at once; then one each `quietPeriod`.
        var burst = 25
        var quietPeriod: Duration = .seconds(300)
        /// How long the server keeps an event after its last change; afterwards a new one is made.
        var lifetime: Duration = .seconds(3000)
    }

    private struct Sent {
        var key: ObjectKey
        var occurrences: Occurrences
    }

    /// How many distinct reports were turned away.
    private(set) var dropped = 0
    private let limits: Limits
    private var order: Deque<Report> = []
    private var waiting: [Report: Occurrences] = [:]
    private var sent: [Report: Sent] = [:]
    private var allowances: [ObjectReference: (events: Double, at: Timestamp)] = [:]

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether nothing waits.
    var isEmpty: Bool { order.isEmpty }

    /// Takes a report; false when it is turned away.
    mutating func add(_ report: Report, at time: Timestamp) -> Bool {
        let once = Occurrences(count: 1, first: time, last: time)
        if let before = waiting[report] {
            waiting[report] = before.adding(once)
            return true
        }
        guard order.count < limits.waiting, mayReport(report.about, at: time) else {
            dropped += 1
            return false
        }
        order.append(report)
        waiting[report] = once
        return true
    }

    /// The next thing to send; nil when nothing waits.
    mutating func next() -> Job? {
        guard let report = order.popFirst(), let occurrences = waiting.removeValue(forKey: report) else { return nil }
        guard let before = sent[report],
            occurrences.last < before.occurrences.last.advanced(by: limits.lifetime)
        else { return .create(report, occurrences) }
        return .update(before.key, report, before.occurrences.adding(occurrences))
    }

    /// Learns that a job is done, and which event it made or changed.
    mutating func finished(_ job: Job, as key: ObjectKey) {
        if sent.count >= limits.remembered { sent.removeAll() }
        switch job {
        case .create(let report, let occurrences), .update(_, let report, let occurrences):
            sent[report] = Sent(key: key, occurrences: occurrences)
        }
    }

    /// Puts a job back that was not done; with `isGone`, its event is not there any more.
    mutating func putBack(_ job: Job, isGone: Bool = false) {
        switch job {
        case .create(let report, let occurrences):
            requeue(report, occurrences)
        case .update(_, let report, let occurrences):
            let before = sent[report]?.occurrences.count ?? 0
            if isGone { sent[report] = nil }
            let count = isGone ? occurrences.count : max(1, occurrences.count - before)
            requeue(report, Occurrences(count: count, first: occurrences.first, last: occurrences.last))
        }
    }

    private mutating func requeue(_ report: Report, _ occurrences: Occurrences) {
        if let newer = waiting[report] {
            waiting[report] = occurrences.adding(newer)
        } else {
            order.prepend(report)
            waiting[report] = occurrences
        }
    }

    /// A token bucket for each object, as client-go's spam filter has it.
    private mutating func mayReport(_ object: ObjectReference, at time: Timestamp) -> Bool {
        if allowances.count >= limits.remembered { allowances.removeAll() }
        var (events, at) = allowances[object] ?? (Double(limits.burst), time)
        let elapsed = Double(time.microseconds - at.microseconds) / 1_000_000
        events = min(Double(limits.burst), events + max(0, elapsed) / (limits.quietPeriod / .seconds(1)))
        let isAllowed = events >= 1
        allowances[object] = (isAllowed ? events - 1 : events, time)
        return isAllowed
    }
}
