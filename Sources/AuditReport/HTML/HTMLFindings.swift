import Resilience

/// Findings with what they rest on and how they are mended; accepted ones apart.
enum HTMLFindings {
    /// So many of one check are shown unfolded; the rest is a list of subjects.
    private static let perCheck = 8

    static func add(_ report: Report, to page: inout String) {
        page += "<h2 id=\"findings\">Findings</h2>\n"
        if report.findings.isEmpty {
            page +=
                "<div class=\"card\"><span class=\"tag t-good\">&#10003; none</span> Nothing was found that counts.</div>\n"
        }
        add(report.findings, report, to: &page)
        guard !report.accepted.isEmpty else { return }
        page +=
            "<h2 id=\"accepted\">Accepted</h2><p class=\"soft\">Found, and accepted by the profile or the baseline. They do not count.</p>\n"
        add(report.accepted, report, to: &page)
    }

    private static func add(_ findings: [Finding], _ report: Report, to page: inout String) {
        var shown: [String: Int] = [:]
        var folded: [(check: String, findings: [Finding])] = []
        for finding in findings {
            let key = finding.check
            shown[key, default: 0] += 1
            if shown[key, default: 0] <= perCheck {
                add(finding, title: report.titles[key], to: &page)
            } else if let last = folded.firstIndex(where: { $0.check == key }) {
                folded[last].findings.append(finding)
            } else {
                folded.append((key, [finding]))
            }
        }
        for group in folded {
            page +=
                "<div class=\"card\"><details><summary><span class=\"mono\">\(Markup.escaped(group.check))</span> "
                + "\(Figure.grouped(group.findings.count)) more of the same</summary><ul class=\"plain small\">"
            for finding in group.findings.prefix(2000) {
                page +=
                    "<li><b>\(Markup.escaped(finding.subject.description))</b>: \(Markup.escaped(finding.message))</li>"
            }
            if group.findings.count > 2000 {
                page += "<li>and \(group.findings.count - 2000) more; see the JSON report</li>"
            }
            page += "</ul></details></div>\n"
        }
    }

    private static func add(_ finding: Finding, title: String?, to page: inout String) {
        let style: (card: String, tag: String) =
            switch finding.severity {
            case .critical: ("bad", "t-bad")
            case .warning: ("limited", "t-warn")
            case .info: ("", "t-info")
            }
        page +=
            "<article class=\"card finding \(finding.acceptance == nil ? style.card : "")\"><p class=\"meta\">"
            + "<span class=\"tag \(style.tag)\">\(finding.severity.rawValue)</span><span class=\"mono\">\(Markup.escaped(finding.check))</span>"
            + "<span>\(Markup.escaped(finding.subject.description))</span><span class=\"tag t-none\">\(finding.basis.rawValue)</span>"
        if let title { page += "<span>\(Markup.escaped(title))</span>" }
        page += "</p><h3>\(Markup.escaped(finding.message))</h3>"
        if let acceptance = finding.acceptance {
            page +=
                "<p class=\"small\"><span class=\"tag t-none\">accepted</span> by \(Markup.escaped(acceptance.source)): "
                + "\(Markup.escaped(acceptance.reason))</p>"
        }
        let evidence = finding.evidence.filter { !$0.value.isEmpty }
        if !evidence.isEmpty {
            page +=
                "<dl>"
                + evidence.map { "<dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd>" }.joined()
                + "</dl>"
        }
        if !finding.remedy.isEmpty {
            page += "<pre>\(Markup.escaped(finding.remedy.joined(separator: "\n")))</pre>"
        }
        page += "</article>\n"
    }
}
