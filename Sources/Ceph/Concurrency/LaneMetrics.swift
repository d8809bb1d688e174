import Metrics
import Vocabulary

/// What a lane tells about itself through swift-metrics. Labels carry the lane's name.
struct LaneMetrics: Sendable {
    private let waiting: Gauge
    private let running: Gauge
    private let waitTime: Metrics.Timer
    private let runTime: Metrics.Timer
    private let refused: Counter
    private let late: Counter

    init(lane: String) {
        let labels = [("lane", lane)]
        waiting = Gauge(label: "holdfast_ceph_lane_waiting", dimensions: labels)
        running = Gauge(label: "holdfast_ceph_lane_running", dimensions: labels)
        waitTime = Metrics.Timer(label: "holdfast_ceph_lane_wait_seconds", dimensions: labels)
        runTime = Metrics.Timer(label: "holdfast_ceph_lane_run_seconds", dimensions: labels)
        refused = Counter(label: "holdfast_ceph_lane_overloaded_total", dimensions: labels)
        late = Counter(label: "holdfast_ceph_lane_late_results_total", dimensions: labels)
    }

    func depth(waiting: Int, running: Int) {
        self.waiting.record(waiting)
        self.running.record(running)
    }

    func started(after wait: Duration) {
        waitTime.recordNanoseconds(wait.nanoseconds)
    }

    func finished(after run: Duration) {
        runTime.recordNanoseconds(run.nanoseconds)
    }

    func overloaded() {
        refused.increment()
    }

    func lateResult() {
        late.increment()
    }
}

extension Duration {
    /// Whole nanoseconds, as far as 64 bits reach.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product + attoseconds / 1_000_000_000
    }
}
