import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// Where PGs and bytes lie, and whether they find room after a loss.
enum DistributionChecks {
    static let all = sharing + placementGroups + capacity + balance + marking

    /// A finding about the cluster as a whole, or about a subject.
    static func finding(
        _ check: String, _ severity: Severity, _ subject: Finding.Subject = .cluster, _ message: String,
        _ evidence: [(String, String)] = [], _ remedy: [String], basis: Finding.Basis = .exact
    ) -> Finding {
        Finding(
            check: check, severity: severity, subject: subject, message: message,
            evidence: evidence.map { .init($0.0, $0.1) }, remedy: remedy, basis: basis)
    }

    /// The reports of the loss of each host that has OSDs.
    static func hostReports(_ context: AuditContext) -> [(host: String, report: LossReport)] {
        (context.matrix?.level("host")?.reports ?? []).compactMap { report in
            report.scenario.domains.first.map { ($0.name, report) }
        }
    }

    /// `1 PG`, `3 PGs`.
    static func pgs(_ count: Int) -> String { count == 1 ? "1 PG" : "\(count) PGs" }
}
