/// A moment by which something must have ended. Every wait in Holdfast has one.
///
/// It reads the continuous clock: time that the machine spends suspended counts.
public struct Deadline: Hashable, Comparable, Sendable {
    /// The moment on the continuous clock.
    public let instant: ContinuousClock.Instant

    /// A deadline at a moment.
    public init(_ instant: ContinuousClock.Instant) {
        self.instant = instant
    }

    /// A deadline `duration` from now.
    public static func `in`(_ duration: Duration) -> Deadline {
        Deadline(ContinuousClock.now.advanced(by: duration))
    }

    /// What is left, never negative.
    public var remaining: Duration {
        max(.zero, ContinuousClock.now.duration(to: instant))
    }

    /// Whether the moment has passed.
    public var hasPassed: Bool {
        instant <= ContinuousClock.now
    }

    /// The earlier deadline is the smaller one.
    public static func < (left: Deadline, right: Deadline) -> Bool {
        left.instant < right.instant
    }
}
