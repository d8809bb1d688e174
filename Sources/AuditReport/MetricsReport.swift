import Audit
import Resilience

/// The report as metrics in Prometheus' text format, for a scrape or a push after the audit has run in the cluster.
public enum MetricsReport {
    /// The metrics.
    ///
    /// - Parameter seconds: when the audit ended, in seconds since 1970.
    public static func text(of report: Report, at seconds: Int64) -> String {
        var lines: [String] = []
        func family(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) gauge"]
            for sample in samples {
                let labels = sample.labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
                lines.append("\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)")
            }
        }
        let counted = Dictionary(grouping: report.findings) { [$0.check, $0.severity.rawValue] }
        let accepted = Dictionary(grouping: report.accepted, by: \.check)
        family(
            "holdfast_audit_findings", "Findings that count, by check and severity.",
            counted.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
                ([("check", $0.key[0]), ("severity", $0.key[1])], "\($0.value.count)")
            })
        family(
            "holdfast_audit_findings_total", "Findings that count, by severity; zero too.",
            Severity.allCases.map { ([("severity", $0.rawValue)], "\(report.count($0))") })
        family(
            "holdfast_audit_accepted_findings", "Findings that a profile or baseline accepts, by check.",
            accepted.sorted { $0.key < $1.key }.map { ([("check", $0.key)], "\($0.value.count)") })
        family(
            "holdfast_audit_host_survivable", "Whether the host can be lost: 1 if data, quorums and services go on.",
            report.machines.rows.map { ([("host", $0.machine)], $0.isSurvived ? "1" : "0") })
        family(
            "holdfast_audit_host_stopped_pgs", "PGs that stop serving without the host.",
            report.machines.rows.compactMap { row in
                row.loss.map { ([("host", row.machine)], "\($0.total.belowMinSize.pgs)") }
            })
        family(
            "holdfast_audit_host_fullest_osd_ratio", "How full the fullest OSD is after recovery from the host's loss.",
            report.machines.rows.compactMap { row in
                row.loss?.load.fullest.map { ([("host", row.machine)], "\($0.fill)") }
            })
        family(
            "holdfast_audit_self_check",
            "Whether the native mapping agrees with the cluster's: 1 yes, 0 no, -1 not compared.",
            [([], report.selfCheck.result == .confirmed ? "1" : report.selfCheck.result == .mismatch ? "0" : "-1")])
        family("holdfast_audit_last_run_timestamp_seconds", "When the audit last ended.", [([], "\(seconds)")])
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
