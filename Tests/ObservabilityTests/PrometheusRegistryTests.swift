import CoreMetrics
import Testing

@testable import Observability

@Suite struct PrometheusRegistryTests {
    private func lines(_ registry: PrometheusRegistry, of metric: String) -> [String] {
        registry.exposition().split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(metric) || $0.hasPrefix("# HELP \(metric) ") || $0.hasPrefix("# TYPE \(metric) ") }
    }

    @Test func countersGaugesAndHistogramsAreWrittenInTheTextFormat() {
        let registry = PrometheusRegistry(buckets: [0.5, 0.1])
        registry.describe("claims.total", "Claims\nseen \\ served")
        Counter(label: "claims.total", dimensions: [("source", ""), ("class", "fast")], factory: registry)
            .increment(by: 3)
        Gauge(label: "queue", factory: registry).record(2.5)
        let timer = Timer(label: "took_seconds", dimensions: [("class", "fast")], factory: registry)
        timer.recordNanoseconds(50_000_000)
        timer.recordMilliseconds(100)
        timer.recordSeconds(7)

        #expect(
            lines(registry, of: "claims_total") == [
                #"# HELP claims_total Claims\nseen \\ served"#,
                "# TYPE claims_total counter",
                #"claims_total{class="fast",source=""} 3"#,
            ])
        #expect(lines(registry, of: "queue") == ["# TYPE queue gauge", "queue 2.5"])
        #expect(
            lines(registry, of: "took_seconds") == [
                "# TYPE took_seconds histogram",
                #"took_seconds_bucket{class="fast",le="0.1"} 2"#,
                #"took_seconds_bucket{class="fast",le="0.5"} 2"#,
                #"took_seconds_bucket{class="fast",le="+Inf"} 3"#,
                #"took_seconds_sum{class="fast"} 7.15"#,
                #"took_seconds_count{class="fast"} 3"#,
            ])
        #expect(registry.exposition().hasSuffix("\n"))
    }

    @Test(arguments: [
        ("controller_persistentvolumeclaim_provision_total", "controller_persistentvolumeclaim_provision_total"),
        ("http.server-requests", "http_server_requests"),
        ("1st", "_1st"), ("", "_"), ("a:b", "a:b"), ("größe", "gr__e"),
    ])
    func metricNamesAreSanitised(raw: String, expected: String) {
        #expect(MetricNames.metric(raw) == expected)
    }

    @Test(arguments: [
        ("class", "class"), ("le", "le_"), ("quantile", "quantile_"), ("__name__", "_name__"), ("a:b", "a_b"),
        ("9", "_9"),
    ])
    func labelNamesAreSanitised(raw: String, expected: String) {
        #expect(MetricNames.label(raw) == expected)
    }

    @Test func labelValuesAreEscaped() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("v", "a\"b\\c\nd")], factory: registry).increment()
        #expect(lines(registry, of: "c{") == [#"c{v="a\"b\\c\nd"} 1"#])
    }

    @Test(arguments: [
        (0, "0"), (-3, "-3"), (0.1, "0.1"), (1e21, "1e+21"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (9_007_199_254_740_991, "9007199254740991"),
    ])
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test func sameLabelsInAnyOrderAreOneSeries() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        FloatingPointCounter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment(by: 0.5)
        #expect(lines(registry, of: "c{") == [#"c{a="1",b="2"} 2.5"#])
    }

    @Test func countersNeverFall() {
        let registry = PrometheusRegistry()
        let counter = FloatingPointCounter(label: "c", factory: registry)
        counter.increment(by: 2)
        counter.increment(by: -1)
        counter.increment(by: Double.nan)
        #expect(lines(registry, of: "c ") == ["c 2"])
        counter.reset()
        #expect(lines(registry, of: "c ").last == "c 0")
    }

    @Test func metersRiseAndFall() {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "m", factory: registry)
        meter.set(5)
        meter.increment(by: 1.5)
        meter.decrement(by: 4)
        #expect(lines(registry, of: "m ").last == "m 2.5")
    }

    @Test func aggregatingRecordersAreHistograms() {
        let registry = PrometheusRegistry(buckets: [1])
        let recorder = Recorder(label: "r", factory: registry)
        recorder.record(1)
        recorder.record(2.0)
        recorder.record(Double.nan)
        #expect(
            lines(registry, of: "r_") == [
                #"r_bucket{le="1"} 1"#, #"r_bucket{le="+Inf"} 2"#, "r_sum 3", "r_count 2",
            ])
    }

    @Test func seriesBeyondTheLimitAreCountedAndNotExposed() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        for claim in 0..<10 {
            Counter(label: "c", dimensions: [("claim", "\(claim)")], factory: registry).increment()
        }
        #expect(lines(registry, of: "c{").count == 3)
        #expect(
            lines(registry, of: PrometheusRegistry.droppedName).last
                == #"metrics_dropped_series_total{metric="c",reason="limit"} 7"#)
    }

    @Test func aNameIsOneType() {
        let registry = PrometheusRegistry()
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(9)
        #expect(lines(registry, of: "x") == ["# TYPE x counter", "x 1"])
        #expect(
            lines(registry, of: PrometheusRegistry.droppedName).last
                == #"metrics_dropped_series_total{metric="x",reason="type"} 1"#)
    }

    @Test func destroyedSeriesLeaveAndMakeRoom() {
        let registry = PrometheusRegistry(seriesLimit: 1)
        Counter(label: "c", dimensions: [("a", "1")], factory: registry).destroy()
        Counter(label: "c", dimensions: [("a", "2")], factory: registry).increment()
        #expect(lines(registry, of: "c{") == [#"c{a="2"} 1"#])
    }

    @Test func concurrentUseLosesNothing() async {
        let registry = PrometheusRegistry(buckets: [0.5])
        await withDiscardingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    let timer = Timer(label: "t", factory: registry)
                    for _ in 0..<5_000 {
                        Counter(label: "c", dimensions: [("task", "\(task % 2)")], factory: registry).increment()
                        timer.recordSeconds(1)
                    }
                }
            }
        }
        #expect(lines(registry, of: "c{") == [#"c{task="0"} 20000"#, #"c{task="1"} 20000"#])
        #expect(lines(registry, of: "t_count") == ["t_count 40000"])
        #expect(lines(registry, of: "t_sum") == ["t_sum 40000"])
    }
}
