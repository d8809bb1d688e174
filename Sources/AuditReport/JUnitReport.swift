import Audit
public import Resilience

/// The report as JUnit XML: a suite for each kind of subject, a case for each finding, for CI that shows test results.
///
/// A finding at or above the threshold is a failure; one below it, and an accepted one, is skipped with its text. A check
/// that could not be made is skipped too. A run without findings has one case that passes.
public enum JUnitReport {
    /// The document.
    ///
    /// - Parameter threshold: from which severity on a finding is a failure.
    public static func text(of report: Report, failingFrom threshold: Severity) -> String {
        let all = report.findings + report.accepted
        let suites = Dictionary(grouping: all, by: \.subject.kind).sorted { $0.key < $1.key }
        let failures = report.findings.filter { $0.severity >= threshold }.count
        let notMade = report.notExamined
        let tests = max(1, all.count) + notMade.count
        let skipped = all.count - failures + notMade.count
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="holdfast audit" tests="\#(tests)" failures="\#(failures)" errors="0" skipped="\#(skipped)" time="0">"#,
        ]
        for (kind, findings) in suites {
            lines += suite(kind, findings, threshold, at: report.header.takenAt)
        }
        if all.isEmpty {
            lines += opening("audit", tests: 1, failures: 0, skipped: 0, at: report.header.takenAt)
            lines += [#"    <testcase name="no findings" classname="holdfast.audit" time="0"/>"#, "  </testsuite>"]
        }
        if !notMade.isEmpty {
            lines += opening(
                "not examined", tests: notMade.count, failures: 0, skipped: notMade.count, at: report.header.takenAt)
            for check in notMade {
                lines += [
                    #"    <testcase name="\#(Markup.escaped(check.check))" classname="holdfast.not-examined" time="0">"#,
                    #"      <skipped message="\#(Markup.escaped(check.reason))"/>"#, "    </testcase>",
                ]
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private static func opening(_ name: String, tests: Int, failures: Int, skipped: Int, at time: String) -> [String] {
        // The usual schema has times without a zone.
        let stamp = time.prefix(19)
        return [
            #"  <testsuite name="\#(Markup.escaped(name))" tests="\#(tests)" failures="\#(failures)" errors="0" "#
                + #"skipped="\#(skipped)" time="0" timestamp="\#(stamp)" hostname="holdfast">"#
        ]
    }

    private static func suite(_ kind: String, _ findings: [Finding], _ threshold: Severity, at time: String) -> [String]
    {
        func fails(_ finding: Finding) -> Bool { finding.acceptance == nil && finding.severity >= threshold }
        let failures = findings.filter(fails).count
        var lines = opening(
            kind, tests: findings.count, failures: failures, skipped: findings.count - failures, at: time)
        for finding in findings {
            let name = Markup.escaped("\(finding.check) \(finding.subject)")
            lines.append(
                #"    <testcase name="\#(name)" classname="holdfast.\#(Markup.escaped(finding.check))" time="0">"#)
            let message = Markup.escaped(finding.message)
            if fails(finding) {
                let details =
                    finding.evidence.map { "\($0.name): \($0.value)" } + finding.remedy.map { "> \($0)" }
                lines.append(
                    #"      <failure message="\#(message)" type="\#(finding.severity.rawValue)">"#
                        + Markup.escaped(details.joined(separator: "\n")) + "</failure>")
            } else {
                let why = finding.acceptance.map { "accepted (\($0.source): \($0.reason)): " } ?? ""
                lines.append(#"      <skipped message="\#(Markup.escaped(why))\#(message)"/>"#)
            }
            lines.append("    </testcase>")
        }
        return lines + ["  </testsuite>"]
    }
}
