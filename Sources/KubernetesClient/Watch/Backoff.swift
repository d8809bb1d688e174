/// Waits that double from one failure to the next, up to a limit, each drawn out at random by up to its own length,
/// so that clients that failed together do not come back together.
public struct Backoff: Hashable, Sendable {
    /// The first wait.
    public var first: Duration
    /// The longest wait, before it is drawn out.
    public var limit: Duration
    /// How many failures there have been in a row.
    public private(set) var failures = 0

    /// A backoff without failures so far.
    public init(first: Duration = .milliseconds(500), limit: Duration = .seconds(30)) {
        self.first = first
        self.limit = limit
    }

    /// Counts a failure; gives how long to wait.
    public mutating func fail(using generator: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(failures, 30)
        failures += 1
        let base = min(limit, first * (1 << doublings))
        return base + base * Double.random(in: 0..<1, using: &generator)
    }

    /// Counts a success.
    public mutating func succeed() {
        failures = 0
    }
}
