import Audit
import AuditReport
import Foundation
import KubernetesModel
import Resilience
import StateFixtures
import Testing

/// What each format promises.
struct FormatTests {
    @Test func textBeginsWithTheVerdictAndEndsWithTheTotals() async {
        let report = await Reports.hostileReport()
        let lines = TextReport.text(of: report).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasPrefix("STOP  machine: the loss of"))
        #expect(lines[1].contains("host: "))
        #expect(lines.last == "" && lines[lines.count - 2] == Substring(report.totals))
    }

    @Test func textHasNoControlCharactersOfTheCluster() async {
        let text = TextReport.text(of: await Reports.hostileReport(), isWide: true)
        #expect(text.contains("<script>alert(1)</script>"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func jsonHasTheDocumentedFields() async throws {
        let report = await Reports.hostileReport()
        let json = try JSONValue(json: try JSONReport.text(of: report))
        #expect(json["apiVersion"] == "holdfast.io/v1alpha1")
        #expect(json["kind"] == "AuditReport")
        let top = try #require(json.objectValue).keys
        #expect(
            Set(top) == [
                "apiVersion", "kind", "cluster", "profile", "selfCheck", "verdicts", "totals", "findings", "machines",
                "domains", "missing", "notExamined",
            ])
        let first = try #require(json["findings"]?.arrayValue?.first)
        for key in ["check", "severity", "subject", "message", "evidence", "remedy", "basis", "page"] {
            #expect(first[key] != nil, "\(key)")
        }
        #expect(json["findings"]?.arrayValue?.count == report.findings.count + report.accepted.count)
        #expect(json["machines"]?.arrayValue?.count == 3)
    }

    @Test func sarifIsStructured() async throws {
        let report = await Reports.hostileReport()
        let json = try JSONValue(json: try SARIFReport.text(of: report))
        #expect(json["version"] == "2.1.0")
        let run = try #require(json["runs"]?[0])
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.arrayValue).compactMap { $0["id"]?.stringValue }
        #expect(rules == Set(rules).sorted())
        for result in run["results"]?.arrayValue ?? [] {
            let index = try #require(result["ruleIndex"]?.integerValue)
            #expect(rules[Int(index)] == result["ruleId"]?.stringValue)
            #expect(["error", "warning", "note"].contains(result["level"]?.stringValue))
            #expect(result["partialFingerprints"]?["checkAndSubject/v1"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func junitCountsWhatItHolds() async {
        let report = await Reports.hostileReport()
        let text = JUnitReport.text(of: report, failingFrom: .critical)
        func count(_ piece: String) -> Int { text.components(separatedBy: piece).count - 1 }
        #expect(count("<testcase ") == count("</testcase>"))
        #expect(count("<failure ") == report.count(.critical))
        #expect(text.contains("failures=\"\(report.count(.critical))\" errors=\"0\""))
        #expect(!text.contains("<script>"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func metricsNameEveryHost() async {
        let text = MetricsReport.text(of: await Reports.hostileReport(), at: 1_767_225_600)
        #expect(text.contains("holdfast_audit_host_survivable{host=\"host-0\"} 0\n"))
        #expect(text.contains("holdfast_audit_findings{check=\"E02\",severity=\"critical\"} 1\n"))
        #expect(text.contains("holdfast_audit_last_run_timestamp_seconds 1767225600\n"))
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
        }
    }

    @Test func acceptedFindingsAreShownApartAndDoNotCount() async {
        let report = await Reports.report(of: SyntheticCluster(racks: 3).capture(), profile: .threeNode)
        let accepted = report.accepted
        #expect(accepted.allSatisfy { $0.acceptance?.source == "profile three-node" })
        #expect(report.findings.allSatisfy { $0.acceptance == nil })
        if let first = accepted.first {
            #expect(TextReport.text(of: report).contains("accepted by profile three-node"))
            #expect(JUnitReport.text(of: report, failingFrom: .info).contains("accepted (profile three-node"))
            #expect(HTMLReport.text(of: report).contains(first.check))
        }
    }
}
