public import KubernetesModel
public import Logging
import Metrics
import Synchronization
import Vocabulary

/// A change of leadership.
public enum LeadershipChange: Sendable {
    /// This process leads from now on.
    case leading(LeadershipTerm)
    /// This process leads no more; the text says why.
    case lost(String)
}

/// How this process came to lead.
public struct LeadershipTerm: Sendable {
    /// The Lease as this process wrote it. Annotations that this process did not set are those of its predecessors.
    public let lease: Lease
    /// Whether the leader before did not release the lease: it may be frozen rather than dead.
    public let isTakeover: Bool
}

/// Something could not be written on the Lease, because this process leads no more.
public struct NotLeading: Error, Hashable, Sendable, CustomStringConvertible {
    /// The Lease.
    public var lease: ObjectKey
    /// What failed last.
    public var reason: String
    /// One line.
    public var description: String { "the lease \(lease) cannot be written: \(reason)" }
}

/// Takes and keeps a Lease, so that one of several processes leads (`coordination.k8s.io/v1`).
///
/// ``run()`` is one attempt: it waits until this process leads, keeps the lease, and ends when leadership is lost or
/// the task is cancelled; then the lease is released. ``changes`` tells when leadership is won and when it is lost.
public final class LeaderElector: Sendable {
    private let client: KubernetesClient
    private let key: ObjectKey
    private let timing: ElectionTiming
    private let logger: Logger
    private let machine: Mutex<ElectionMachine>
    private let continuation: AsyncStream<LeadershipChange>.Continuation
    /// The last round that was begun; the next one waits for it.
    private let lastRound = Mutex<Task<KubernetesError?, Never>?>(nil)

    /// Leadership won and lost, for one reader. It ends with ``run()``; a lease that is released was not lost.
    public let changes: AsyncStream<LeadershipChange>

    /// An elector.
    ///
    /// - Parameters:
    ///   - lease: namespace and name of the Lease.
    ///   - identity: what tells this process from all others, such as host name and a random UUID.
    public init(
        _ client: KubernetesClient, lease key: ObjectKey, identity: String, timing: ElectionTiming = ElectionTiming(),
        logger: Logger
    ) {
        self.client = client
        self.key = key
        self.timing = timing
        self.logger = logger
        machine = Mutex(ElectionMachine(identity: identity, timing: timing))
        (changes, continuation) = AsyncStream.makeStream()
        recordStatus(isLeading: false)
    }

    /// Whether this process leads now: its last renewal is younger than the renew deadline. It needs no I/O, so it
    /// tells the truth even when this process has just been woken from a freeze.
    public var isLeading: Bool { machine.withLock { $0.leads(at: .now) } }

    /// Tries to lead until leadership has been won and lost, or the task is cancelled. On the way out a lease that is
    /// held is released, which takes at most five seconds even when the task has been cancelled.
    public func run() async {
        var generator = SystemRandomNumberGenerator()
        var hasLed = false
        while !Task.isCancelled {
            let failure = await round()
            let isLeading = machine.withLock { $0.leads(at: .now) }
            if hasLed, !isLeading {
                lost(because: failure.map { "\($0)" } ?? "somebody else holds the lease")
                return
            }
            hasLed = isLeading
            // Who waits looks twice as often as a leader renews, so that a lease that is released is taken soon; not all of
            // them at the same moment.
            let share = isLeading ? 1 : Double.random(in: 0.35..<0.5, using: &generator)
            do { try await Task.sleep(for: timing.retryPeriod * share) } catch { break }
        }
        await release()
    }

    /// Has the Lease say something from the next write on; nil takes the name away.
    public func annotate(_ name: String, _ value: String?) {
        machine.withLock { $0.annotate(name, value) }
    }

    /// Writes the Lease at once with all that it is to say. When this returns, this process led while the Lease said so.
    ///
    /// Cancellation: throws at once; the write may take effect all the same.
    /// - Throws: ``NotLeading`` when this process does not lead, or leads no more before the Lease is written.
    public func publish() async throws(NotLeading) {
        var failure: KubernetesError?
        while machine.withLock({ $0.leads(at: .now) }), !Task.isCancelled {
            failure = await round()
            if machine.withLock({ $0.isAnnotated && $0.leads(at: .now) }) { return }
            // Somebody else's write came first: at once again. What else went wrong takes its time.
            guard let failure, !failure.isConflict else { continue }
            do { try await Task.sleep(for: timing.retryPeriod) } catch { break }
        }
        throw NotLeading(lease: key, reason: failure.map { "\($0)" } ?? "this process does not lead")
    }

    /// Leadership was taken away, or could not be kept.
    private func lost(because reason: String) {
        machine.withLock { $0.stepDown() }
        recordStatus(isLeading: false)
        continuation.yield(.lost(reason))
        continuation.finish()
        logger.warning("leadership is lost", metadata: ["lease": "\(key)", "reason": "\(reason)"])
    }

    private func recordStatus(isLeading: Bool) {
        Gauge(label: "leader_election_master_status", dimensions: [("name", key.name)]).record(isLeading ? 1 : 0)
    }

    /// One try to take or renew the lease, when those before it are over; gives what went wrong.
    private func round() async -> KubernetesError? {
        let task = lastRound.withLock { last in
            let task = Task { [before = last] in
                _ = await before?.value
                return await take()
            }
            last = task
            return task
        }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func take() async -> KubernetesError? {
        do {
            var move = machine.withLock { $0.firstMove(wallClock: .now()) }
            var found: Lease?
            if move == .read {
                found = try await read()
                move = machine.withLock { [found] in $0.saw(found, now: .now, wallClock: .now()) }
            }
            if case .write(let lease, let isNew) = move { try await write(lease, isNew: isNew, over: found) }
            return nil
        } catch {
            logger.log(
                level: error.isConflict || error.isAlreadyExists || error.isCancelled ? .debug : .warning,
                "the lease could not be renewed", metadata: ["lease": "\(key)", "error": "\(error)"])
            return error
        }
    }

    /// No request may take longer than half of the renew deadline, so that there is time for another one, nor longer
    /// than this process may believe that it leads.
    private var requestDeadline: Deadline {
        let half = Deadline.in(timing.renewDeadline / 2)
        return machine.withLock { $0.stepsDownAt }.map { min(half, Deadline($0)) } ?? half
    }

    private func read() async throws(KubernetesError) -> Lease? {
        do {
            return try await client.get(Lease.self, key, deadline: requestDeadline, urgency: .immediate)
        } catch  where error.isNotFound {
            return nil
        }
    }

    private func write(_ lease: Lease, isNew: Bool, over found: Lease?) async throws(KubernetesError) {
        let start = ContinuousClock.now
        let written: Lease
        do {
            if isNew {
                var fresh = Lease(name: key.name, namespace: key.namespace)
                fresh.json["spec"] = lease.json["spec"]
                fresh.metadata.annotations = lease.metadata.annotations
                written = try await client.create(fresh, deadline: requestDeadline, urgency: .immediate)
            } else {
                written = try await client.update(lease, deadline: requestDeadline, urgency: .immediate)
            }
        } catch {
            machine.withLock { $0.writeFailed() }
            throw error
        }
        let isNewLeader = machine.withLock { $0.wrote(written, startedAt: start) }
        guard isNewLeader else { return }
        let isTakeover = found?.holder != nil && found?.holder != written.holder
        continuation.yield(.leading(LeadershipTerm(lease: written, isTakeover: isTakeover)))
        recordStatus(isLeading: true)
        logger.info(
            "leading",
            metadata: ["lease": "\(key)", "identity": "\(written.holder ?? "")", "takenOver": "\(isTakeover)"])
    }

    /// Ends as asked: gives the lease back if it is held.
    private func release() async {
        _ = await lastRound.withLock { $0 }?.value
        let (mayHold, held) = machine.withLock { machine in
            defer { machine.stepDown() }
            return (machine.mayHold, machine.held)
        }
        recordStatus(isLeading: false)
        continuation.finish()
        // The task has been cancelled; the release must happen all the same.
        if mayHold { await Task { await giveBack(held) }.value }
    }

    /// Writes the Lease without its holder. A renewal that was cut off may take effect at any moment, so that nobody knows
    /// the Lease's version: it is read then.
    private func giveBack(_ held: Lease?) async {
        let machine = machine.withLock { $0 }
        let deadline = Deadline.in(.seconds(5))
        var known = held
        while true {
            do {
                let lease: Lease
                if let known {
                    lease = known
                } else {
                    lease = try await client.get(Lease.self, key, deadline: deadline, urgency: .immediate)
                }
                guard lease.holder == machine.identity else { return }
                _ = try await client.update(
                    machine.released(lease, at: .now()), deadline: deadline, urgency: .immediate)
                logger.info("the lease is released", metadata: ["lease": "\(key)"])
                return
            } catch  where error.isConflict && !deadline.hasPassed {
                known = nil
            } catch  where error.isNotFound {
                return
            } catch {
                logger.warning(
                    "the lease could not be released", metadata: ["lease": "\(key)", "error": "\(error)"])
                return
            }
        }
    }
}
