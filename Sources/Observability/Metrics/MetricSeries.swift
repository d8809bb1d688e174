import CoreMetrics
import Synchronization

/// A number that only rises. Integer and floating-point counters of swift-metrics are the same thing to Prometheus.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Amounts that are negative or not a number are ignored: a counter that falls looks like a restart.
    func increment(by amount: Double) {
        guard amount > 0 else { return }
        bits.update { $0 + amount }
    }

    func reset() { bits.store(0, ordering: .relaxed) }
}

/// A number that rises and falls: a swift-metrics meter, or a recorder that does not aggregate.
final class GaugeSeries: MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { bits.update { $0 + amount } }
    func decrement(by amount: Double) { bits.update { $0 - amount } }
}

/// Observations counted into fixed buckets. Timers record seconds.
final class HistogramSeries: TimerHandler, RecorderHandler {
    /// What one look at a histogram sees; its numbers belong together.
    struct Snapshot: Equatable, Sendable {
        /// Observations per bucket, not cumulative; one more than there are bounds, the last for what is above all.
        var counts: [UInt64]
        /// The sum of all observations.
        var sum: Double
    }

    /// Upper bounds, rising; `+Inf` is implied.
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    /// Counts one observation; what is not a number is ignored, since it would spoil the sum for ever.
    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }
}

extension Atomic<UInt64> {
    /// Replaces the Double whose bits this holds, again until no other thread was in between.
    fileprivate func update(_ change: (Double) -> Double) {
        var seen = load(ordering: .relaxed)
        while true {
            let next = change(Double(bitPattern: seen)).bitPattern
            let (exchanged, original) = weakCompareExchange(
                expected: seen, desired: next, successOrdering: .relaxed, failureOrdering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }
}
