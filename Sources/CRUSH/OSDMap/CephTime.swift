/// A point in time as maps hold it: seconds and nanoseconds since 1970. Source: `utime_t`.
///
/// Zero means never. The textual form has microseconds only, so a time that has passed through JSON has lost the rest.
public struct CephTime: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01 00:00 UTC; 32 bits reach to 2106.
    public var seconds: UInt32
    /// Nanoseconds beyond them.
    public var nanoseconds: UInt32

    /// A time of these parts.
    public init(seconds: UInt32, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Never.
    public static let zero = CephTime(seconds: 0)

    /// The earlier one comes first.
    public static func < (left: CephTime, right: CephTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
