import Audit
import Resilience

/// The report as SARIF 2.1.0: rules without doubles, logical locations, and fingerprints that stay the same from run to run.
public enum SARIFReport {
    /// The document.
    ///
    /// - Throws: `EncodingError`, for what JSON cannot hold.
    public static func text(of report: Report) throws -> String {
        try JSONReport.text(encoding: Log(of: report))
    }

    private struct Text: Encodable {
        var text: String
    }

    private struct Log: Encodable {
        enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case version, runs
        }

        var schema = "https://json.schemastore.org/sarif-2.1.0.json"
        var version = "2.1.0"
        var runs: [Run]

        init(of report: Report) { runs = [Run(of: report)] }
    }

    private struct Run: Encodable {
        struct Tool: Encodable {
            var driver: Driver
        }
        struct Driver: Encodable {
            var name = "holdfast"
            var version: String
            var rules: [Rule]
        }
        struct Invocation: Encodable {
            var executionSuccessful = true
            var endTimeUtc: String
        }

        var tool: Tool
        var invocations: [Invocation]
        var results: [Result]

        init(of report: Report) {
            let findings = report.findings + report.accepted
            let ids = Set(findings.map(\.check)).sorted()
            let numbers = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($0.element, $0.offset) })
            tool = Tool(
                driver: Driver(
                    version: report.header.holdfast,
                    rules: ids.map { Rule(id: $0, title: report.titles[$0]) }))
            invocations = [Invocation(endTimeUtc: report.header.takenAt)]
            results = findings.map { Result($0, rule: numbers[$0.check] ?? 0) }
        }
    }

    private struct Rule: Encodable {
        var id: String
        var name: String
        var shortDescription: Text
        var help: Text

        init(id: String, title: String?) {
            self.id = id
            name = id
            shortDescription = Text(text: title ?? id)
            help = Text(text: "See \(Report.page(of: id)), or: holdfast audit explain \(id)")
        }
    }

    private struct Result: Encodable {
        struct Location: Encodable {
            var logicalLocations: [Logical]
        }
        struct Logical: Encodable {
            var name: String
            var fullyQualifiedName: String
            var kind: String
        }
        struct Suppression: Encodable {
            var kind = "external"
            var status = "accepted"
            var justification: String
        }
        struct Properties: Encodable {
            var basis: String
            var evidence: [String: String]
            var remedy: [String]
        }

        var ruleId: String
        var ruleIndex: Int
        var level: String
        var kind = "fail"
        var message: Text
        var locations: [Location]
        var partialFingerprints: [String: String]
        var suppressions: [Suppression]?
        var properties: Properties

        init(_ finding: Finding, rule: Int) {
            ruleId = finding.check
            ruleIndex = rule
            level =
                switch finding.severity {
                case .critical: "error"
                case .warning: "warning"
                case .info: "note"
                }
            message = Text(text: finding.message)
            let subject = finding.subject
            locations = [
                Location(logicalLocations: [
                    Logical(
                        name: subject.name.isEmpty ? subject.kind : subject.name,
                        fullyQualifiedName: subject.name.isEmpty ? subject.kind : "\(subject.kind)/\(subject.name)",
                        kind: subject.kind)
                ])
            ]
            partialFingerprints = ["checkAndSubject/v1": finding.key]
            suppressions = finding.acceptance.map { [Suppression(justification: "\($0.source): \($0.reason)")] }
            properties = Properties(
                basis: finding.basis.rawValue,
                evidence: Dictionary(finding.evidence.map { ($0.name, $0.value) }) { first, _ in first },
                remedy: finding.remedy)
        }
    }
}
