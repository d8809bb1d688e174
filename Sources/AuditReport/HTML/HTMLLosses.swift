import Resilience
import Vocabulary

/// The loss matrix: a row a failure domain, a column a pool.
enum HTMLLosses {
    /// With more rows than this those whose loss is survived are folded; with more pools only those that are hurt are shown.
    private static let limit = 40
    private static let poolLimit = 16

    static func add(_ losses: LossMatrix, to page: inout String) {
        let levels = losses.levels.reversed().filter { !$0.reports.isEmpty }
        guard !levels.isEmpty else { return }
        page +=
            "<h2 id=\"losses\">Loss matrix</h2><p class=\"soft\">What the loss of each failure domain does to each pool: <b>OK</b> is not "
            + "touched, <b>degraded</b> goes on with fewer copies, <b>stops</b> is below min_size, <b>lost</b> is gone.</p>\n"
        for level in levels {
            let bad = level.reports.filter { !$0.isSurvived }
            // Of single OSDs only those that matter: there may be ten thousand.
            let rows = level.type == "osd" && level.reports.count > limit ? bad : level.reports
            let isOpen = !bad.isEmpty || level.type == "host"
            page +=
                "<div class=\"card\"><details\(isOpen && rows.count <= 200 ? " open" : "")><summary><b>\(Markup.escaped(level.type))</b> "
                + "<span class=\"soft\">\(Figure.grouped(level.reports.count)), \(bad.isEmpty ? "each can be lost" : "\(Figure.grouped(bad.count)) cannot be lost")"
                + "</span></summary>"
            if rows.isEmpty {
                page += "<p class=\"soft small\">None of them stops anything.</p>"
            } else {
                table(rows, to: &page)
            }
            page += "</details></div>\n"
        }
    }

    private static func table(_ reports: [LossReport], to page: inout String) {
        var pools = reports.first?.pools.map(\.name) ?? []
        var indices = Array(pools.indices)
        if pools.count > poolLimit {
            let hurt = indices.filter { index in
                reports.contains { $0.pools.indices.contains(index) && $0.pools[index].counts.belowMinSize.pgs > 0 }
            }
            indices = Array((hurt.isEmpty ? indices : hurt).prefix(poolLimit))
        }
        let omitted = pools.count - indices.count
        pools = indices.map { pools[$0] }
        page +=
            "<div class=\"scroll\"><table><thead><tr><th>Without</th>"
            + pools.map { "<th>\(Markup.escaped($0))</th>" }.joined()
            + "<th>Monitors</th><th class=\"n\">To copy</th><th class=\"n\">Fullest after</th><th>Heals</th></tr></thead><tbody>"
        for report in reports {
            page += "<tr><th>\(Markup.escaped(report.scenario.domains.first?.name ?? ""))</th>"
            for index in indices {
                page +=
                    "<td>" + (report.pools.indices.contains(index) ? cell(report.pools[index].counts) : "") + "</td>"
            }
            page +=
                "<td>\(report.quorum.map { "<span class=\"tag \($0.holds ? "t-good" : "t-bad")\">\($0.left)/\($0.monitors)\($0.holds ? "" : " lost")</span>" } ?? "&ndash;")</td>"
                + "<td class=\"n\">\(Figure.bytes(report.total.bytesToMove.bytes))</td>"
                + "<td class=\"n\">\(report.load.fullest.map { Figure.percent($0.fill) } ?? "&ndash;")</td>"
                + "<td>\(heals(report))</td></tr>"
        }
        page += "</tbody></table></div>"
        if omitted > 0 { page += "<p class=\"small soft\">\(omitted) pools are not shown.</p>" }
    }

    private static func cell(_ counts: LossCounts) -> String {
        if counts.lost.pgs > 0 { return tag("t-bad", "lost", counts.lost.pgs) }
        if counts.belowMinSize.pgs > 0 { return tag("t-bad", "stops", counts.belowMinSize.pgs) }
        if counts.degraded.pgs > 0 { return tag("t-warn", "degraded", counts.degraded.pgs) }
        return "<span class=\"tag t-good\">OK</span>"
    }

    private static func tag(_ style: String, _ word: String, _ pgs: Int) -> String {
        "<span class=\"tag \(style)\">\(word)</span> <span class=\"small soft\">\(Figure.grouped(pgs))</span>"
    }

    private static func heals(_ report: LossReport) -> String {
        if report.heals { return "<span class=\"tag t-good\">yes</span>" }
        if report.total.homeless.pgs > 0 {
            return
                "<span class=\"tag t-warn\">no home</span> <span class=\"small soft\">\(Figure.grouped(report.total.homeless.pgs))</span>"
        }
        return "<span class=\"tag t-warn\">too full</span>"
    }
}
