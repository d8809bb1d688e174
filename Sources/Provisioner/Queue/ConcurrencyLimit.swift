/// How many operations one Ceph cluster is given at a time: one more for each full round that went well, half as many
/// after a refusal, a tenth fewer when answers grow much slower than they have been (additive increase,
/// multiplicative decrease).
///
/// A cluster that is down therefore holds one worker, not all of them, and one that is fast gets as many as it can
/// take.
public struct ConcurrencyLimit: Sendable {
    /// The bounds of a limit.
    public struct Settings: Hashable, Sendable {
        /// The limit at the start.
        public var initial: Int
        /// The limit never falls below this; at least 1.
        public var minimum: Int
        /// The limit never rises above this.
        public var maximum: Int
        /// Answers slower than this many times the usual latency count as a sign of load.
        public var latencyTolerance: Double

        /// Bounds; `minimum <= initial <= maximum` is enforced by clamping.
        public init(initial: Int = 32, minimum: Int = 1, maximum: Int = 64, latencyTolerance: Double = 8) {
            self.minimum = max(minimum, 1)
            self.maximum = max(maximum, self.minimum)
            self.initial = min(max(initial, self.minimum), self.maximum)
            self.latencyTolerance = max(latencyTolerance, 1)
        }
    }

    /// What one operation told about the load.
    public enum Sample: Hashable, Sendable {
        /// It was answered, well or badly, after this time.
        case answered(Duration)
        /// It was refused for overload, or its deadline passed.
        case overloaded
        /// It never went to Ceph: it says nothing.
        case none
    }

    private let settings: Settings
    private var window: Double
    /// The usual latency in seconds: a slow average that only answered operations feed.
    private var usual: Double?
    /// Samples still to come from operations that were started before the last decrease: they say nothing new.
    private var ignored = 0

    init(_ settings: Settings) {
        self.settings = settings
        window = Double(settings.initial)
    }

    /// How many may run now.
    public var current: Int { Int(window) }

    /// Takes in one sample. `running` is how many operations still run beside the one that ended.
    mutating func record(_ sample: Sample, running: Int) {
        if case .none = sample { return }
        if ignored > 0 {
            ignored -= 1
            return
        }
        switch sample {
        case .none:
            break
        case .overloaded:
            shrink(to: 0.5, running: running)
        case .answered(let latency):
            let seconds = latency / .seconds(1)
            if let usual, seconds > usual * settings.latencyTolerance, seconds > 1 {
                shrink(to: 0.9, running: running)
            } else if running + 1 >= current {
                // Only a limit that was reached has been tried out.
                window = min(window + 1 / window, Double(settings.maximum))
            }
            usual = usual.map { $0 * 0.98 + seconds * 0.02 } ?? seconds
        }
    }

    private mutating func shrink(to share: Double, running: Int) {
        window = max(window * share, Double(settings.minimum))
        ignored = running
    }
}
