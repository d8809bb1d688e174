import Resilience

/// The first lines of an audit: what can be lost, in plain words.
enum Verdict {
    /// A line for each type of failure domain, then what is wrong before anything is lost.
    static func lines(_ context: AuditContext, _ findings: [Finding]) -> [String] {
        guard let matrix = context.matrix, let snapshot = context.snapshot else {
            return ["nothing is known about Ceph: only Kubernetes was looked at"]
        }
        var lines = matrix.levels.filter { $0.type != "osd" }.map(\.verdict.description)
        let before = snapshot.before
        if before.lost.pgs > 0 { lines.append("data are missing already, in \(before.lost.pgs) PGs") }
        if before.belowMinSize.pgs > 0 { lines.append("\(before.belowMinSize.pgs) PGs do not serve already") }
        if before.degraded.pgs > 0 { lines.append("\(before.degraded.pgs) PGs have too few copies before any loss") }
        if context.selfCheck.result == .mismatch { lines.append("\(context.selfCheck)") }
        return lines
    }
}
