import ArgumentParser
import AuditReport
import Console
import Foundation
import KubernetesModel
import Resilience

/// The forms of a report.
enum AuditOutput: String, CaseIterable, ExpressibleByArgument {
    case table, wide, json, yaml, junit, sarif, html, metrics

    /// The report in this form.
    func text(of report: Report, failingFrom threshold: Severity, palette: Palette) throws -> String {
        switch self {
        case .table, .wide:
            TextReport.text(of: report, isWide: self == .wide) { mark, text in palette.paint(text, mark.style) }
        case .json: try JSONReport.text(of: report)
        case .yaml: try YAMLText.document(JSONValue(json: try JSONReport.text(of: report)))
        case .junit: JUnitReport.text(of: report, failingFrom: threshold)
        case .sarif: try SARIFReport.text(of: report)
        case .html: HTMLReport.text(of: report)
        case .metrics: MetricsReport.text(of: report, at: Int64(Date().timeIntervalSince1970))
        }
    }
}

extension TextReport.Mark {
    fileprivate var style: Style {
        switch self {
        case .heading: .plain
        case .good: .good
        case .limited: .warning
        case .bad: .bad
        case .faint: .faint
        }
    }
}

/// A form and the file that it goes to: `html=report.html`.
struct AuditCopy: ExpressibleByArgument {
    var form: AuditOutput
    var file: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let form = AuditOutput(rawValue: parts[0]) else { return nil }
        self.form = form
        file = parts[1]
    }
}
