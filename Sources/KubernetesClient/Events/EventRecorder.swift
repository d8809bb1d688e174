public import KubernetesModel
public import Logging
import Metrics
import Synchronization
public import Vocabulary

/// Reports about objects, shown by `kubectl describe`.
///
/// ``record(_:about:reason:message:)`` never waits and never fails: reports go to a bounded queue, repeats become one
/// event with a count, and an event that cannot be sent is dropped. ``run()`` sends them, ``drain(deadline:)`` sends
/// the rest at shutdown. Safe to use from any number of tasks.
public final class EventRecorder: Sendable {
    private let client: KubernetesClient
    private let component: String
    private let host: String
    private let logger: Logger
    private let state = Mutex(EventAggregator())
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private static var sendLimit: Duration { .seconds(10) }

    /// A recorder.
    ///
    /// - Parameters:
    ///   - component: the program that reports (`source.component`).
    ///   - host: the machine or pod that reports.
    public init(_ client: KubernetesClient, component: String, host: String, logger: Logger) {
        self.client = client
        self.component = component
        self.host = host
        self.logger = logger
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reports something about an object. The message is cut after 1,024 bytes, the API's limit; the version of the
    /// object does not matter, so reports about two versions of it are the same report.
    public func record(_ severity: Event.Severity, about object: ObjectReference, reason: String, message: String) {
        var about = object
        about.json["resourceVersion"] = nil
        let report = EventAggregator.Report(
            about: about, severity: severity, reason: reason, message: message.cut(afterBytes: 1024))
        let isTaken = state.withLock { $0.add(report, at: .now()) }
        if isTaken {
            wakeUp.yield()
        } else {
            Counter(label: "kubernetes_events_dropped_total").increment()
        }
    }

    /// Sends reports as they come, until the task is cancelled; what has not been sent by then is left for
    /// ``drain(deadline:)``.
    public func run() async {
        var backoff = Backoff(first: .milliseconds(200), limit: .seconds(10))
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            guard let job = state.withLock({ $0.next() }) else {
                for await _ in wakeUps { break }
                continue
            }
            if await send(job, deadline: .in(Self.sendLimit)) {
                backoff.succeed()
            } else {
                do { try await Task.sleep(for: backoff.fail(using: &generator)) } catch { return }
            }
        }
    }

    /// Sends what waits, until nothing does or the deadline passes. Call it when ``run()`` has ended.
    ///
    /// Cancelling ends it early.
    public func drain(deadline: Deadline) async {
        while !deadline.hasPassed, !Task.isCancelled, let job = state.withLock({ $0.next() }) {
            guard await send(job, deadline: deadline) else { return }
        }
    }

    /// Sends a job; false when the server should be left alone for a while.
    private func send(_ job: EventAggregator.Job, deadline: Deadline) async -> Bool {
        do {
            let key = try await store(job, deadline: deadline)
            state.withLock { $0.finished(job, as: key) }
            return true
        } catch {
            switch job {
            case .update where error.isNotFound:
                state.withLock { $0.putBack(job, isGone: true) }
                return true
            case _ where error.isRetriable || error.isCancelled:
                state.withLock { $0.putBack(job) }
                return false
            default:
                logger.info("an event is dropped", metadata: ["error": "\(error)"])
                return true
            }
        }
    }

    private func store(_ job: EventAggregator.Job, deadline: Deadline) async throws(KubernetesError) -> ObjectKey {
        switch job {
        case .create(let report, let occurrences):
            let event = event(report, occurrences)
            do {
                return try await client.create(event, deadline: deadline).key
            } catch {
                // The name is this report's alone: an earlier try, whose answer was lost, has made the event.
                guard error.isAlreadyExists else { throw error }
                return event.key
            }
        case .update(let key, _, let occurrences):
            let patch: JSONObject = [
                "count": .integer(occurrences.count), "lastTimestamp": .string(occurrences.last.rfc3339),
            ]
            return try await client.patch(Event.self, key, .merge(patch), deadline: deadline).key
        }
    }

    private func event(_ report: EventAggregator.Report, _ occurrences: EventAggregator.Occurrences) -> Event {
        // A name that is new at each try would double the event after an answer that was lost.
        let suffix = String(occurrences.first.microseconds, radix: 16) + "." + String(report.stableHash, radix: 16)
        var event = Event(
            name: "\(report.about.name.prefix(200)).\(suffix)", namespace: report.about.namespace ?? "default")
        event.involvedObject = report.about
        event.severity = report.severity
        event.reason = report.reason
        event.message = report.message
        event.count = occurrences.count
        event.firstTimestamp = occurrences.first
        event.lastTimestamp = occurrences.last
        event.sourceComponent = component
        event.sourceHost = host
        event.json["reportingComponent"] = .string(component)
        event.json["reportingInstance"] = .string(host)
        return event
    }
}

extension EventAggregator.Report {
    /// The same for the same report in each run of the program (FNV-1a), unlike Swift's own hash.
    fileprivate var stableHash: UInt64 {
        "\(severity.rawValue)/\(reason)/\(message)".utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
    }
}

extension String {
    /// The longest beginning of at most `count` bytes that ends at a character.
    fileprivate func cut(afterBytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(startIndex, offsetBy: count)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
