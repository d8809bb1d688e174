import ClusterState
import Resilience
import Vocabulary

/// Monitors, managers and the other daemons beside the OSDs.
///
/// M09 of the catalogue (hosts whose only network is one switch) is not there: neither Ceph nor Kubernetes knows switches.
enum DaemonChecks {
    static let all = monitors + standbys + clients + versions

    /// A finding about the cluster as a whole, or about a subject.
    static func finding(
        _ check: String, _ severity: Severity, _ subject: Finding.Subject, _ message: String,
        _ evidence: [(String, String)], _ remedy: [String], basis: Finding.Basis = .exact
    ) -> Finding {
        Finding(
            check: check, severity: severity, subject: subject, message: message,
            evidence: evidence.map { .init($0.0, $0.1) }, remedy: remedy, basis: basis)
    }

    /// Daemons by machine as text: `host-1: a, b`.
    static func text(_ placed: [String: [String]]) -> String {
        placed.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.joined(separator: ", "))" }.limited(to: 12)
            .joined(separator: "; ")
    }
}
