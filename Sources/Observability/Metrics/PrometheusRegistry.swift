public import CoreMetrics
import Synchronization

/// A backend for swift-metrics that Prometheus can scrape.
///
/// Counters and floating-point counters become counters, meters and plain recorders gauges, aggregating recorders and
/// timers histograms (timers in seconds, whatever unit the library prefers to show). Names and labels are brought to
/// Prometheus' spelling. The same label with the same dimensions is one series, however many handles a program makes.
///
/// Each metric holds at most ``seriesLimit`` series, so that a label with unbounded values (a claim's name, say) cannot
/// eat the process: what comes later works but is not exposed, and is counted in
/// `metrics_dropped_series_total{metric,reason="limit"}`; a name asked for as two different types counts there with
/// `reason="type"`.
///
/// Safe from any thread. Recording into a counter or gauge is one atomic exchange, into a histogram one short lock;
/// making a handle takes the registry's lock. Nothing is global: the executable hands it to `MetricsSystem.bootstrap`.
public final class PrometheusRegistry: MetricsFactory {
    /// Upper bounds of the buckets, in seconds: from a librados round trip (1 ms) to a claim that waits for minutes.
    public static let defaultBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
    ]

    /// The most series that one metric may hold.
    public let seriesLimit: Int
    private let buckets: [Double]
    private let families = Mutex<[String: MetricFamily]>([:])
    private let help = Mutex<[String: String]>([
        PrometheusRegistry.droppedName: "Metric handles that are not exposed: series limit reached, or type conflict."
    ])

    static let droppedName = "metrics_dropped_series_total"

    /// An empty registry. `buckets` are sorted, and bounds that are not finite left out: `+Inf` is always there.
    public init(buckets: [Double] = PrometheusRegistry.defaultBuckets, seriesLimit: Int = 500) {
        self.buckets = Set(buckets.filter(\.isFinite)).sorted()
        self.seriesLimit = max(1, seriesLimit)
    }

    /// Says what a metric means; shown as its `HELP` line. `name` may be in the library's spelling.
    public func describe(_ name: String, _ text: String) {
        help.withLock { $0[MetricNames.metric(name)] = text }
    }

    /// The counter of these labels, made when there is none.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    /// The counter of these labels, made when there is none; shared with the integer counter of the same name.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    /// The gauge of these labels, made when there is none.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// The histogram of these labels if `aggregate`, else their gauge, made when there is none.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) }
        return gauge(label, dimensions)
    }

    /// The histogram of these labels, in seconds, made when there is none.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    /// The series leaves the exposition; other handles to it go on recording unseen.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// The series leaves the exposition; other handles to it go on recording unseen.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// The series leaves the exposition; other handles to it go on recording unseen.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// The series leaves the exposition; other handles to it go on recording unseen.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// The series leaves the exposition; other handles to it go on recording unseen.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

extension PrometheusRegistry {
    private func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let found = series(name, dimensions, .counter, make: { .counter(CounterSeries()) })
        if case .counter(let counter) = found { return counter }
        return CounterSeries()
    }

    private func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let found = series(name, dimensions, .gauge, make: { .gauge(GaugeSeries()) })
        if case .gauge(let gauge) = found { return gauge }
        return GaugeSeries()
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let bounds = buckets
        let found = series(name, dimensions, .histogram, make: { .histogram(HistogramSeries(bounds: bounds)) })
        if case .histogram(let histogram) = found { return histogram }
        return HistogramSeries(bounds: bounds)
    }

    /// The series of these labels, made when there is none; nil when it may not be exposed.
    private func series(
        _ name: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind, make: () -> MetricFamily.Series
    ) -> MetricFamily.Series? {
        let name = MetricNames.metric(name)
        let labels = Labels(dimensions)
        return families.withLock { families in
            let family = families[name]
            if let family, family.kind != kind {
                Self.countDropped(metric: name, reason: "type", in: &families)
                return nil
            }
            if let series = family?.series[labels] { return series }
            guard family?.series.count ?? 0 < seriesLimit else {
                Self.countDropped(metric: name, reason: "limit", in: &families)
                return nil
            }
            let made = make()
            families[name, default: MetricFamily(kind: kind)].series[labels] = made
            return made
        }
    }

    private static func countDropped(metric: String, reason: String, in families: inout [String: MetricFamily]) {
        let labels = Labels([("metric", metric), ("reason", reason)])
        var family = families[droppedName] ?? MetricFamily(kind: .counter)
        // A program that uses this very name for something else loses the count, not the metric.
        guard family.kind == .counter else { return }
        if case .counter(let counter) = family.series[labels] {
            counter.increment(by: 1.0)
            return
        }
        let counter = CounterSeries()
        counter.increment(by: 1.0)
        family.series[labels] = .counter(counter)
        families[droppedName] = family
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value.object === handler })?.key else { continue }
                families[name]?.series[labels] = nil
                if family.series.count == 1 { families[name] = nil }
                return
            }
        }
    }
}

extension PrometheusRegistry {
    /// The text format 0.0.4 of every series, metrics and series in the order of their names, with the process's own
    /// metrics where /proc can be read. Pure apart from that reading; no recording waits for it.
    public func exposition() -> String {
        let texts = help.withLock { $0 }
        let current = families.withLock { $0 }
        var text = PrometheusText()
        for (name, family) in current.sorted(by: { $0.key < $1.key }) {
            text.append(family, name: name, help: texts[name])
        }
        if let process = ProcessStatistics.current() { text.append(process) }
        return text.text
    }
}

/// A metric with all its series.
struct MetricFamily: Sendable {
    /// Prometheus' types that swift-metrics leads to.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// One set of labels and what is recorded under it.
    enum Series: Sendable {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)

        var object: AnyObject {
            switch self {
            case .counter(let series): series
            case .gauge(let series): series
            case .histogram(let series): series
            }
        }
    }

    var kind: Kind
    var series: [Labels: Series] = [:]
}
