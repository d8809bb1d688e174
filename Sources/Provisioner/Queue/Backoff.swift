/// How long to wait before an attempt that follows failures: doubling from ``initial`` to ``maximum``, spread by
/// jitter so that claims which failed together do not come back together.
public struct Backoff: Hashable, Sendable {
    /// The wait after the first failure, before jitter.
    public var initial: Duration
    /// The longest wait, before jitter.
    public var maximum: Duration
    /// How far jitter may shorten a wait, as a share of it: 0 (none) to 1.
    public var jitter: Double

    /// Waits from `initial` to `maximum`. The defaults are those of ceph-csi's sidecar: 1 s, doubling up to 5 min.
    public init(initial: Duration = .seconds(1), maximum: Duration = .seconds(300), jitter: Double = 0.25) {
        self.initial = max(initial, .milliseconds(1))
        self.maximum = max(maximum, self.initial)
        self.jitter = min(max(jitter, 0), 1)
    }

    /// The wait after `failures` failures in a row, of which there is at least one.
    func delay(afterFailures failures: Int, using generator: inout JitterGenerator) -> Duration {
        var delay = initial
        for _ in 1..<max(failures, 1) where delay < maximum {
            delay = min(delay * 2, maximum)
        }
        return delay * (1 - jitter * Double.random(in: 0..<1, using: &generator))
    }
}

/// Spreads retries. Its whole stream follows from its seed (SplitMix64), so that a test can repeat a run.
struct JitterGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
