import Audit
import ClusterState
import Resilience

/// The report for a terminal: the verdict first, then the machines, then what was found, worst first, and the totals last.
public enum TextReport {
    /// What a piece of text stands for; whoever has a terminal gives it a colour.
    public enum Mark: Hashable, Sendable {
        case heading, good, limited, bad, faint
    }

    /// The text.
    ///
    /// - Parameters:
    ///   - isWide: with the evidence of each finding, and every machine.
    ///   - paint: makes a mark visible; without it the text is plain. Words alone say all that colours say.
    public static func text(
        of report: Report, isWide: Bool = false, paint: (Mark, String) -> String = { _, text in text }
    ) -> String {
        var lines = report.verdicts.map { verdict in
            "\(paint(verdict.grade.mark, verdict.grade.word))  \(paint(.heading, printable(verdict.domain))): \(printable(verdict.sentence))"
        }
        if report.verdicts.isEmpty { lines.append("nothing is known of failure domains") }
        lines += ["", header(report.header), "self-check: \(report.selfCheck)"]
        lines += report.selfCheck.examples.map { "  \($0)" }
        lines += [""] + machines(report.machines, isWide: isWide, paint)
        lines += report.findings.flatMap { finding($0, isWide: isWide, paint) }
        if !report.accepted.isEmpty {
            lines += [paint(.heading, "ACCEPTED"), ""] + report.accepted.flatMap { finding($0, isWide: isWide, paint) }
        }
        if !report.missing.isEmpty {
            lines.append(paint(.heading, "NOT READ"))
            lines += report.missing.map { "  \($0.part.rawValue): \($0.detail); \($0.remedy)" } + [""]
        }
        if !report.notExamined.isEmpty {
            let byReason = Dictionary(grouping: report.notExamined, by: \.reason).sorted { $0.key < $1.key }
            lines.append(paint(.heading, "NOT EXAMINED"))
            lines += byReason.map { reason, checks in
                "  \(checks.map(\.check).sorted().joined(separator: " ")): \(reason)"
            }
            lines.append("")
        }
        return lines.joined(separator: "\n") + "\n" + report.totals + "\n"
    }

    private static func header(_ header: Report.Header) -> String {
        var parts: [String] = []
        if let fsid = header.fsid {
            parts.append("cluster \(fsid), epoch \(header.epoch ?? 0), Ceph \(header.release ?? "")")
            parts.append("\(header.hosts) hosts, \(header.osds) OSDs, \(header.pools) pools, \(header.pgs) PGs")
        }
        if let version = header.kubernetes { parts.append("Kubernetes \(version)") }
        return (parts + ["profile \(header.profile)", "taken \(header.takenAt)"]).joined(separator: "; ")
    }

    /// All machines, or with many of them those whose loss is not survived.
    private static func machines(_ matrix: JointMatrix, isWide: Bool, _ paint: (Mark, String) -> String) -> [String] {
        let rows = isWide || matrix.rows.count <= 24 ? matrix.rows : Array(matrix.fatal.prefix(24))
        guard !rows.isEmpty else { return [] }
        let header = ["WITHOUT", "", "PGS STOPPED", "PGS LOST", "FULLEST", "QUORUMS", "DOWN", "VOLUMES", "DRAIN NOW"]
        let cells = rows.map { row -> [String] in
            let lost = row.quorums.filter { $0.held && !$0.holds }.map(\.system)
            let down = row.workloads.filter(\.isCritical).count
            return [
                printable(row.machine), row.isSurvived ? "OK" : row.loss?.losesData ?? false ? "LOSS" : "STOP",
                row.loss.map { "\($0.total.belowMinSize.pgs)" } ?? "-", row.loss.map { "\($0.total.lost.pgs)" } ?? "-",
                row.loss?.load.fullest.map { Figure.percent($0.fill) } ?? "-",
                lost.isEmpty ? (row.quorums.isEmpty ? "-" : "hold") : "\(lost.joined(separator: "+")) lost",
                "\(down) of \(row.workloads.count)", "\(row.volumes.count)\(row.volumesAreExact ? "" : "~")",
                row.drain.isSafe ? "yes" : "no",
            ]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> [String] {
            row.enumerated().map { $0.element + String(repeating: " ", count: widths[$0.offset] - $0.element.count) }
        }
        var lines = [paint(.heading, line(header).joined(separator: "  "))]
        for (row, cell) in zip(rows, cells) {
            var padded = line(cell)
            padded[1] = paint(row.isSurvived ? .good : .bad, padded[1])
            lines.append(padded.joined(separator: "  "))
        }
        if rows.count < matrix.rows.count {
            lines.append("\(matrix.rows.count - rows.count) machines are not shown; -o wide shows all")
        }
        if matrix.rows.contains(where: { !$0.volumesAreExact && !$0.volumes.isEmpty }) {
            lines.append(paint(.faint, "~ only some PGs of their pools stop: a small volume may have no data there"))
        }
        return lines + [""]
    }

    private static func finding(_ found: Finding, isWide: Bool, _ paint: (Mark, String) -> String) -> [String] {
        var finding = found
        finding.subject.name = printable(found.subject.name)
        finding.message = printable(found.message)
        finding.evidence = found.evidence.map { Finding.Evidence(printable($0.name), printable($0.value)) }
        finding.remedy = found.remedy.map(printable)
        let mark: Mark =
            switch finding.severity {
            case .critical: .bad
            case .warning: .limited
            case .info: .faint
            }
        var lines = [
            "\(paint(mark, finding.severity.rawValue.uppercased())) \(finding.check)  \(finding.subject)  "
                + paint(.faint, "[\(finding.basis.rawValue)]"),
            "  \(finding.message)",
        ]
        if let acceptance = finding.acceptance {
            lines.append("  accepted by \(acceptance.source): \(acceptance.reason)")
        }
        if isWide { lines += finding.evidence.map { paint(.faint, "    \($0.name): \($0.value)") } }
        lines += finding.remedy.map { "    \($0)" }
        return lines + [""]
    }

    /// A text without control characters: names may hold anything, and a terminal must not obey them.
    private static func printable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }
}

extension Report.Verdict.Grade {
    /// The word that stands for it.
    public var word: String {
        switch self {
        case .survives: "OK  "
        case .limited: "WARN"
        case .stops: "STOP"
        case .loses: "LOSS"
        }
    }

    var mark: TextReport.Mark {
        switch self {
        case .survives: .good
        case .limited: .limited
        case .stops, .loses: .bad
        }
    }
}
