import Audit
import Resilience

/// The joint matrix: what the loss of each machine does to storage and to what runs on it.
enum HTMLMachines {
    /// With more machines than this those whose loss is survived are folded.
    private static let limit = 40

    static func add(_ matrix: JointMatrix, to page: inout String) {
        guard !matrix.rows.isEmpty else { return }
        page +=
            "<h2 id=\"machines\">Lose one machine</h2><p class=\"soft\">For each machine: what stops while it is down, how full the "
            + "fullest OSD is after recovery, and whether it may be drained now.</p>\n"
        let fatal = matrix.fatal
        let calm = matrix.rows.filter(\.isSurvived)
        if matrix.rows.count <= limit {
            table(matrix.rows, to: &page)
        } else {
            if !fatal.isEmpty { table(Array(fatal.prefix(200)), to: &page) }
            if fatal.count > 200 {
                page += "<p class=\"soft\">and \(fatal.count - 200) more whose loss is not survived.</p>"
            }
            if !calm.isEmpty {
                page +=
                    "<div class=\"card\"><details><summary>\(Figure.grouped(calm.count)) machines whose loss is survived</summary>"
                table(calm, to: &page)
                page += "</details></div>\n"
            }
        }
    }

    private static func table(_ rows: [JointMatrix.Row], to page: inout String) {
        let hasPods = rows.contains { $0.node != nil }
        page +=
            "<div class=\"scroll\"><table><thead><tr><th>Without</th><th>Verdict</th><th class=\"n\">PGs stopped</th>"
            + "<th class=\"n\">PGs lost</th><th class=\"n\">Fullest OSD after</th><th>Quorums</th>"
        if hasPods { page += "<th>Services down</th><th class=\"n\">Volumes stopped</th>" }
        page += "<th>Drain now</th></tr></thead><tbody>"
        for row in rows { add(row, hasPods: hasPods, to: &page) }
        page += "</tbody></table></div>\n"
    }

    private static func add(_ row: JointMatrix.Row, hasPods: Bool, to page: inout String) {
        let verdict =
            row.loss?.losesData ?? false
            ? ("t-bad", "&#10005; loses data")
            : row.isSurvived ? ("t-good", "&#10003; survives") : ("t-bad", "&#10005; stops")
        page += "<tr><th>\(Markup.escaped(row.machine))"
        if let node = row.node, node != row.machine {
            page +=
                "<div class=\"small soft\">node \(Markup.escaped(node)), by \(Markup.escaped(row.joinedBy ?? ""))</div>"
        } else if row.host == nil {
            page += "<div class=\"small soft\">no OSDs</div>"
        }
        page += "</th><td><span class=\"tag \(verdict.0)\">\(verdict.1)</span></td>"
        page += number(row.loss.map { $0.total.belowMinSize.pgs }) + number(row.loss.map { $0.total.lost.pgs })
        page += "<td class=\"n\">\(row.loss?.load.fullest.map { Figure.percent($0.fill) } ?? "&ndash;")</td><td>"
        page += row.quorums.isEmpty ? "&ndash;" : row.quorums.map(quorum).joined(separator: " ")
        page += "</td>"
        if hasPods {
            page += "<td>" + services(row) + "</td><td class=\"n\">" + volumes(row) + "</td>"
        }
        page += "<td>"
        if row.drain.isSafe {
            page += "<span class=\"tag t-good\">yes</span>"
        } else {
            page +=
                "<details><summary><span class=\"tag t-warn\">no</span></summary><ul class=\"plain small\">"
                + row.drain.reasons.prefix(12).map { "<li>\(Markup.escaped($0))</li>" }.joined() + "</ul></details>"
        }
        page += "</td></tr>"
    }

    private static func number(_ count: Int?) -> String {
        "<td class=\"n\">\(count.map(Figure.grouped) ?? "&ndash;")</td>"
    }

    private static func quorum(_ quorum: JointMatrix.Quorum) -> String {
        let style = quorum.holds ? quorum.margin == 0 ? "t-none" : "t-good" : quorum.held ? "t-bad" : "t-warn"
        let word = quorum.holds ? "" : " lost"
        let title =
            "\(quorum.name.isEmpty ? quorum.system : quorum.name): \(quorum.left) of \(quorum.members) left, \(quorum.needed) needed"
        return "<span class=\"tag \(style)\" title=\"\(Markup.escaped(title))\">\(Markup.escaped(quorum.system)) "
            + "\(quorum.left)/\(quorum.members)\(word)</span>"
    }

    private static func services(_ row: JointMatrix.Row) -> String {
        let critical = row.workloads.filter(\.isCritical)
        let names = critical.map(\.name) + row.webhooks
        guard !names.isEmpty else {
            return row.workloads.isEmpty ? "&ndash;" : "<span class=\"soft\">\(row.workloads.count) of no weight</span>"
        }
        let list =
            critical.map { workload in
                "<li>\(Markup.escaped(workload.name))"
                    + (workload.cascade.isEmpty
                        ? ""
                        : "<div class=\"soft\">through \(Markup.escaped(workload.cascade.joined(separator: " \u{2192} ")))</div>")
                    + "</li>"
            } + row.webhooks.map { "<li>\(Markup.escaped($0)) refuses</li>" }
        return
            "<details><summary><span class=\"tag t-bad\">\(names.count) down</span></summary><ul class=\"plain small\">"
            + list.prefix(20).joined() + (list.count > 20 ? "<li>and \(list.count - 20) more</li>" : "")
            + "</ul></details>"
    }

    private static func volumes(_ row: JointMatrix.Row) -> String {
        guard !row.volumes.isEmpty else { return "0" }
        let names = row.volumes.prefix(50).map { "<li>\(Markup.escaped($0))</li>" }.joined()
        let more = row.volumes.count > 50 ? "<li>and \(row.volumes.count - 50) more</li>" : ""
        let note =
            row.volumesAreExact
            ? "" : "<li class=\"soft\">only some PGs of their pools stop: a small one may go on</li>"
        return "<details><summary>\(row.volumesAreExact ? "" : "up to ")\(Figure.grouped(row.volumes.count))</summary>"
            + "<ul class=\"plain small\">\(names)\(more)\(note)</ul></details>"
    }
}
