import KubernetesModel

/// Decides who leads, from what the Lease says and when this process saw it change. It does no I/O and has no clock.
///
/// Times that others wrote are never compared with this machine's clock: a lease is taken over when it has not
/// changed for its own duration by *our* clock, as in client-go. Clocks that disagree do no harm; clocks that run
/// at different speeds do, if they differ by a third.
struct ElectionMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What to do next.
    enum Move: Hashable, Sendable {
        /// Read the Lease.
        case read
        /// Write this Lease, which takes or renews it; `isNew` creates it.
        case write(Lease, isNew: Bool)
        /// Somebody else leads.
        case standBy
    }

    let identity: String
    let timing: ElectionTiming
    /// When this process last surely held the lease: the moment before the write that succeeded.
    private(set) var renewedAt: Instant?
    /// The Lease as it was last written by this process; nil when it must be read before the next write.
    private(set) var held: Lease?
    /// Whether the last write failed, so that nobody knows whether it took effect.
    private var isUncertain = false
    private var seen: (lease: Lease, at: Instant)?
    /// What this process has the Lease say beside who holds it; nil takes a name away.
    private var annotations: [String: String?] = [:]

    init(identity: String, timing: ElectionTiming) {
        self.identity = identity
        self.timing = timing
    }

    /// When this process stops leading unless it renews the lease before; nil when it does not lead.
    var stepsDownAt: Instant? { renewedAt?.advanced(by: timing.renewDeadline) }

    /// Whether this process leads at a moment.
    func leads(at now: Instant) -> Bool {
        stepsDownAt.map { now < $0 } ?? false
    }

    /// Whether the Lease may name this process, now or once a write that was cut off has taken effect.
    var mayHold: Bool { renewedAt != nil || isUncertain }

    /// Has the Lease say something, from the next write on; nil takes the name away.
    mutating func annotate(_ name: String, _ value: String?) {
        annotations[name] = .some(value)
    }

    /// Whether the Lease, as it was last written, says all that it is to say.
    var isAnnotated: Bool {
        guard let held else { return false }
        return annotations.allSatisfy { held.metadata[annotation: $0.key] == $0.value }
    }

    /// The first move of a round: a leader that knows its Lease renews it without a read.
    func firstMove(wallClock: Timestamp) -> Move {
        guard renewedAt != nil, let held else { return .read }
        return .write(renewed(held, at: wallClock), isNew: false)
    }

    /// The move after a read; nil stands for a Lease that does not exist.
    mutating func saw(_ lease: Lease?, now: Instant, wallClock: Timestamp) -> Move {
        isUncertain = false
        guard let lease else {
            // Somebody removed it. Its holder leads until it notices, and what the Lease said of it is still true.
            if let last = seen?.lease, last.holder != identity, !isFree(last, now: now) { return .standBy }
            return .write(taken(seen?.lease, at: wallClock), isNew: true)
        }
        if seen?.lease.json["spec"] != lease.json["spec"] { seen = (lease, now) }
        if lease.holder == identity { return .write(renewed(lease, at: wallClock), isNew: false) }
        if lease.holder != nil { stepDown() }
        if isFree(lease, now: now) { return .write(taken(lease, at: wallClock), isNew: false) }
        return .standBy
    }

    /// Whether a lease may be taken: released, or unchanged for its own duration by our clock.
    func isFree(_ lease: Lease, now: Instant) -> Bool {
        guard lease.holder != nil else { return true }
        guard let seen else { return false }
        let duration = lease.durationSeconds.map { Duration.seconds(max(1, min($0, 3600))) } ?? timing.leaseDuration
        return now >= seen.at.advanced(by: duration)
    }

    /// A write that was begun at `start` succeeded; true when leadership is new.
    mutating func wrote(_ lease: Lease, startedAt start: Instant) -> Bool {
        let isNew = renewedAt == nil
        renewedAt = start
        held = lease
        isUncertain = false
        seen = (lease, start)
        return isNew
    }

    /// A write failed: the Lease must be read again before the next one.
    mutating func writeFailed() {
        held = nil
        isUncertain = true
    }

    /// Steps down.
    mutating func stepDown() {
        renewedAt = nil
        held = nil
        isUncertain = false
    }

    /// The Lease that gives leadership back. Its duration of one second lets even those take it at once who do not know
    /// that an empty holder means free.
    func released(_ lease: Lease, at wallClock: Timestamp) -> Lease {
        var lease = annotated(lease)
        lease.holder = nil
        lease.durationSeconds = 1
        lease.renewTime = wallClock
        return lease
    }

    private func annotated(_ lease: Lease) -> Lease {
        var lease = lease
        for (name, value) in annotations { lease.metadata[annotation: name] = value }
        return lease
    }

    private func renewed(_ lease: Lease, at wallClock: Timestamp) -> Lease {
        var lease = annotated(lease)
        lease.renewTime = wallClock
        lease.durationSeconds = timing.leaseDuration.components.seconds
        return lease
    }

    private func taken(_ previous: Lease?, at wallClock: Timestamp) -> Lease {
        var lease = annotated(previous ?? Lease(json: [:]))
        lease.holder = identity
        lease.durationSeconds = timing.leaseDuration.components.seconds
        lease.acquireTime = wallClock
        lease.renewTime = wallClock
        lease.transitions = previous.map { $0.transitions + 1 } ?? 0
        return lease
    }
}
