import Audit
import ClusterState
import Resilience

/// The report as one HTML file: no script, no font, no picture from elsewhere; light and dark; fit to be printed.
///
/// What grows with the cluster is folded or added up by host, so that the page of 10,000 OSDs stays below 8 MB. All text from
/// the cluster is escaped.
public enum HTMLReport {
    /// The page.
    public static func text(of report: Report) -> String {
        var page = ""
        page.reserveCapacity(1 << 20)
        page += """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="generator" content="holdfast \(Markup.escaped(report.header.holdfast))">
            <title>Failure-domain audit\(report.header.fsid.map { " of \(Markup.escaped($0))" } ?? "")</title>
            <style>\(HTMLStyle.text)</style></head><body><main>

            """
        addHead(report, to: &page)
        HTMLMachines.add(report.machines, to: &page)
        if let tree = report.tree { HTMLTree.add(tree, to: &page) }
        if let heatMap = report.heatMap { HTMLHeatMap.add(heatMap, to: &page) }
        if let losses = report.losses { HTMLLosses.add(losses, to: &page) }
        HTMLFindings.add(report, to: &page)
        addNotSeen(report, to: &page)
        page += "</main></body></html>\n"
        return page
    }

    private static func addHead(_ report: Report, to page: inout String) {
        let header = report.header
        let title =
            report.verdicts.first { $0.domain == "host" || $0.domain == "machine" }.map {
                $0.grade == .survives || $0.grade == .limited
                    ? "Any one host can be lost" : "Not every host can be lost"
            } ?? "Failure-domain audit"
        page += "<header><h1>\(title)</h1><p class=\"soft\">"
        var facts: [String] = []
        if let fsid = header.fsid {
            facts.append(
                "Ceph \(header.release ?? "") <span class=\"mono\">\(Markup.escaped(fsid))</span>, epoch \(header.epoch ?? 0)"
            )
        }
        if let version = header.kubernetes { facts.append("Kubernetes \(Markup.escaped(version))") }
        facts.append("taken \(Markup.escaped(header.takenAt))")
        facts.append("profile \(Markup.escaped(header.profile))")
        page += facts.joined(separator: " &middot; ") + "</p></header>\n<div class=\"verdicts\">"
        for verdict in report.verdicts {
            page +=
                "<div class=\"verdict \(verdict.grade.style)\"><span class=\"tag \(verdict.grade.tag)\">\(verdict.grade.label)</span>"
                + "<p><span class=\"domain\">\(Markup.escaped(verdict.domain))</span>: \(Markup.escaped(verdict.sentence)).</p></div>"
        }
        page += "</div>\n"
        page +=
            "<nav><a href=\"#machines\">Machines</a><a href=\"#tree\">Failure domains</a><a href=\"#heat\">PGs</a>"
            + "<a href=\"#losses\">Losses</a><a href=\"#findings\">Findings</a></nav>\n<div class=\"tiles\">"
        var tiles = [
            ("\(report.count(.critical))", "critical"), ("\(report.count(.warning))", "warnings"),
            ("\(report.count(.info))", "notes"), ("\(report.accepted.count)", "accepted"),
        ]
        if header.fsid != nil {
            tiles += [
                (Figure.grouped(header.hosts), "hosts"), (Figure.grouped(header.osds), "OSDs"),
                (Figure.grouped(header.pools), "pools"), (Figure.grouped(header.pgs), "PGs"),
            ]
        }
        for tile in tiles { page += "<div class=\"tile\"><b>\(tile.0)</b><span>\(tile.1)</span></div>" }
        let check = report.selfCheck
        let tag =
            switch check.result {
            case .confirmed: ("t-good", "self-check passed")
            case .mismatch: ("t-bad", "self-check failed")
            case .inconclusive: ("t-none", "self-check inconclusive")
            }
        page +=
            "</div>\n<p class=\"small soft\"><span class=\"tag \(tag.0)\">\(tag.1)</span> \(Markup.escaped(check.description)).</p>\n"
        if !check.examples.isEmpty {
            page += "<pre>" + check.examples.map { Markup.escaped($0.description) }.joined(separator: "\n") + "</pre>\n"
        }
    }

    private static func addNotSeen(_ report: Report, to page: inout String) {
        guard !report.missing.isEmpty || !report.notExamined.isEmpty else { return }
        page +=
            "<h2 id=\"unseen\">Not seen</h2><p class=\"soft\">What could not be read, and checks that were not made.</p>\n"
        if !report.missing.isEmpty {
            page += "<div class=\"card\"><ul class=\"plain\">"
            for part in report.missing {
                page +=
                    "<li><span class=\"mono\">\(Markup.escaped(part.part.rawValue))</span>: \(Markup.escaped(part.detail)). "
                    + "\(Markup.escaped(part.remedy))</li>"
            }
            page += "</ul></div>\n"
        }
        let byReason = Dictionary(grouping: report.notExamined, by: \.reason).sorted { $0.key < $1.key }
        guard !byReason.isEmpty else { return }
        page += "<div class=\"card\"><ul class=\"plain\">"
        for (reason, checks) in byReason {
            page +=
                "<li><span class=\"mono\">\(Markup.escaped(checks.map(\.check).sorted().joined(separator: " ")))</span>: "
                + "\(Markup.escaped(reason))</li>"
        }
        page += "</ul></div>\n"
    }
}

extension Report.Verdict.Grade {
    fileprivate var style: String {
        switch self {
        case .survives: "good"
        case .limited: "limited"
        case .stops, .loses: "bad"
        }
    }

    fileprivate var tag: String {
        switch self {
        case .survives: "t-good"
        case .limited: "t-warn"
        case .stops, .loses: "t-bad"
        }
    }

    fileprivate var label: String {
        switch self {
        case .survives: "&#10003; survives"
        case .limited: "&#9651; survives, with limits"
        case .stops: "&#10005; stops"
        case .loses: "&#10005; loses data"
        }
    }
}
