/// How many PGs of each pool each OSD or host has, coloured by how far that is from what its weight would give it.
enum HTMLHeatMap {
    /// With more rows than this groups are folded.
    private static let limit = 80

    static func add(_ map: HeatMap, to page: inout String) {
        guard !map.rows.isEmpty, !map.pools.isEmpty else { return }
        page +=
            "<h2 id=\"heat\">PGs per \(map.isByHost ? "host" : "OSD") and pool</h2><p class=\"soft\">The number is how many PGs are there; "
            + "the colour is how far that is from its share by weight.</p>\n<div class=\"key\">"
        for (style, label) in [
            ("l3", "over 40 % too few"), ("l2", "15 to 40 % too few"), ("l1", "5 to 15 % too few"), ("z", "within 5 %"),
            ("h1", "5 to 15 % too many"), ("h2", "15 to 40 % too many"), ("h3", "over 40 % too many"),
        ] {
            page += "<span><i class=\"\(style)\"></i>\(label)</span>"
        }
        page += "</div>\n"
        let isFolded = map.rows.count > limit
        let groups = Dictionary(grouping: map.rows.indices) { map.rows[$0].group }
        let order = groups.keys.sorted { (groups[$0]?.first ?? 0) < (groups[$1]?.first ?? 0) }
        if isFolded {
            page += "<div class=\"card\">"
            for group in order {
                let rows = (groups[group] ?? []).map { map.rows[$0] }
                page +=
                    "<details><summary>\(Markup.escaped(group.isEmpty ? "no group" : group)) <span class=\"soft small\">"
                    + "\(rows.count) \(map.isByHost ? "hosts" : "OSDs"), worst \(worst(rows))</span></summary>"
                open(map, to: &page)
                for row in rows { add(row, of: map, to: &page) }
                page += "</tbody></table></div></details>"
            }
            page += "</div>\n"
        } else {
            open(map, to: &page)
            for group in order {
                if order.count > 1 {
                    page +=
                        "<tr><th class=\"group\" colspan=\"\(map.pools.count + 2)\">\(Markup.escaped(group))</th></tr>"
                }
                for index in groups[group] ?? [] { add(map.rows[index], of: map, to: &page) }
            }
            page += "</tbody></table></div>\n"
        }
        if map.omittedPools > 0 {
            page += "<p class=\"small soft\">\(map.omittedPools) pools with the fewest PGs are not shown.</p>\n"
        }
    }

    private static func open(_ map: HeatMap, to page: inout String) {
        page +=
            "<div class=\"scroll\"><table class=\"heat\"><thead><tr><th>\(map.isByHost ? "Host" : "OSD")</th>"
            + map.pools.map { "<th class=\"n\">\(Markup.escaped($0))</th>" }.joined()
            + "<th class=\"n\">all</th></tr></thead><tbody>"
    }

    private static func add(_ row: HeatMap.Row, of map: HeatMap, to page: inout String) {
        page += "<tr><th>\(Markup.escaped(row.name))</th>"
        for cell in row.cells {
            guard let cell else {
                page += "<td class=\"x\">&middot;</td>"
                continue
            }
            page += "<td class=\"\(style(cell))\" title=\"\(Figure.tenths(cell.ideal)) by weight\">\(cell.count)</td>"
        }
        page += "<td class=\"n\">\(Figure.grouped(row.total))</td></tr>"
    }

    private static func worst(_ rows: [HeatMap.Row]) -> String {
        let off = rows.flatMap(\.cells).compactMap { $0 }.filter { $0.ideal >= 1 }.map(\.deviation)
        guard let worst = off.max(by: { $0.magnitude < $1.magnitude }) else { return "not known" }
        return "\(worst < 0 ? "" : "+")\(Figure.percent(worst))"
    }

    /// A cell that should hold less than one PG is never far off.
    private static func style(_ cell: HeatMap.Cell) -> String {
        if cell.ideal <= 0 { return cell.count > 0 ? "h3" : "z" }
        if (Double(cell.count) - cell.ideal).magnitude < 1 { return "z" }
        switch cell.deviation {
        case ..<(-0.4): return "l3"
        case ..<(-0.15): return "l2"
        case ..<(-0.05): return "l1"
        case ...0.05: return "z"
        case ...0.15: return "h1"
        case ...0.4: return "h2"
        default: return "h3"
        }
    }
}
