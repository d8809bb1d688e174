import Console
import Resilience
import Vocabulary

/// What losses do, as people read it.
enum LossText {
    /// One loss: pool by pool, then what it means for OSDs and monitors.
    static func detail(_ report: LossReport, _ palette: Palette) -> String {
        var table = Table(
            "pool", "degraded", "below min_size", "lost", "remapped", "misplaced", "no home", "to copy")
        for pool in report.pools { table.append(row(pool.name, pool.counts)) }
        if report.pools.count > 1 { table.append(row("(all)", report.total)) }
        return "Loss of \(report.scenario): \(verdict(report))\n\n" + table.rendered(palette) + "\n"
            + lines(report).map { $0 + "\n" }.joined()
    }

    /// A row a loss.
    static func overview(_ reports: [LossReport], _ palette: Palette) -> String {
        var table = Table(
            "loss", "degraded", "below min_size", "lost", "lost data", "no home", "fullest osd", "mons left", "to copy",
            "about", "result")
        for report in reports {
            let total = report.total
            table.append([
                .init(report.scenario.domains.map { $0.description }.joined(separator: " + ")),
                .init("\(total.degraded.pgs)"), cell(total.belowMinSize.pgs, .bad), cell(total.lost.pgs, .bad),
                .init(RoundedText.bytes(total.lost.bytes)), cell(total.homeless.pgs, .warning),
                fill(report.load), mons(report.quorum), .init(RoundedText.bytes(total.bytesToMove)),
                .init(report.recovery.duration.map(RoundedText.duration) ?? "-"), result(report),
            ])
        }
        return table.rendered(palette)
    }

    /// A change: pool by pool, then what it means for OSDs.
    static func change(_ report: ChangeReport, _ title: String, _ palette: Palette) -> String {
        var table = Table("pool", "remapped", "misplaced", "no home", "below min_size", "copies", "to copy")
        func row(_ name: String, _ counts: LossCounts) -> [Table.Cell] {
            [
                .init(name), .init("\(counts.remapped.pgs)"), .init("\(counts.misplaced.pgs)"),
                cell(counts.homeless.pgs, .warning), cell(counts.stopped.pgs, .bad), .init("\(counts.copiesToMove)"),
                .init(RoundedText.bytes(counts.bytesToMove)),
            ]
        }
        for pool in report.pools { table.append(row(pool.name, pool.counts)) }
        if report.pools.count > 1 { table.append(row("(all)", report.total)) }
        var lines = loadLines(report.load, before: report.loadBefore)
        lines.append(recoveryLine(report.recovery))
        return "\(title)\n\n" + table.rendered(palette) + "\n" + lines.map { $0 + "\n" }.joined()
    }

    private static func row(_ name: String, _ counts: LossCounts) -> [Table.Cell] {
        [
            .init(name), .init("\(counts.degraded.pgs)"), cell(counts.belowMinSize.pgs, .bad),
            cell(counts.lost.pgs, .bad), .init("\(counts.remapped.pgs)"), .init("\(counts.misplaced.pgs)"),
            cell(counts.homeless.pgs, .warning), .init(RoundedText.bytes(counts.bytesToMove)),
        ]
    }

    /// What a loss comes to, in a clause.
    static func verdict(_ report: LossReport) -> String {
        var parts: [String] = []
        let total = report.total
        if report.losesData {
            parts.append("\(total.lost.pgs) PGs lose data (\(RoundedText.bytes(total.lost.bytes)))")
        }
        if total.belowMinSize.pgs > 0 { parts.append("\(total.belowMinSize.pgs) PGs stop (below min_size)") }
        if report.quorum?.holds == false { parts.append("the monitors lose quorum") }
        if parts.isEmpty { parts.append("survived") }
        if total.cannotRemap {
            parts.append("nothing can be copied elsewhere: no spare domain")
        } else if total.homeless.pgs > 0 {
            parts.append("\(total.homeless.pgs) PGs find no new home")
        }
        if !report.load.aboveFull.isEmpty {
            parts.append("recovery fills \(report.load.aboveFull.count) OSDs above full")
        } else if !report.load.aboveBackfillFull.isEmpty {
            parts.append("recovery stalls: \(report.load.aboveBackfillFull.count) OSDs above backfillfull")
        }
        if report.isSurvived, report.heals { parts.append("heals by itself") }
        return parts.joined(separator: "; ")
    }

    private static func lines(_ report: LossReport) -> [String] {
        var lines = loadLines(report.load, before: nil)
        if let quorum = report.quorum {
            let lost = quorum.lost.isEmpty ? "none is lost" : "lost: \(quorum.lost.joined(separator: ", "))"
            lines.append(
                "monitors:         \(quorum.left) of \(quorum.monitors) left, \(quorum.needed) make a quorum; \(lost)")
            if !quorum.unplaced.isEmpty {
                lines.append("                  host not known: \(quorum.unplaced.joined(separator: ", "))")
            }
        }
        lines.append(recoveryLine(report.recovery))
        return lines
    }

    private static func loadLines(_ load: OSDLoad, before: OSDLoad?) -> [String] {
        var lines: [String] = []
        if let fullest = load.fullest {
            let was = before?.fullest.map { ", now \($0.osd) at \(RoundedText.percent($0.fill))" } ?? ""
            let over = [
                ("nearfull", load.aboveNearFull.count), ("backfillfull", load.aboveBackfillFull.count),
                ("full", load.aboveFull.count),
            ].filter { $0.1 > 0 }.map { "; \($0.1) OSDs above \($0.0)" }.joined()
            lines.append(
                "fullest OSD:      \(fullest.osd) at \(RoundedText.percent(fullest.fill)) afterwards\(was)\(over)")
        }
        if let most = load.mostPGs {
            let over = load.abovePGLimit.isEmpty ? "" : "; \(load.abovePGLimit.count) OSDs above their limit"
            lines.append("most PGs:         \(most.osd) with \(most.pgs)\(over)")
        }
        return lines
    }

    private static func recoveryLine(_ recovery: RecoveryEstimate) -> String {
        guard let duration = recovery.duration else { return "to copy:          nothing" }
        return "to copy:          \(RoundedText.bytes(recovery.bytes)), at least \(RoundedText.duration(duration))"
            + " (rule of thumb)"
    }

    private static func cell(_ count: Int, _ style: Style) -> Table.Cell {
        .init("\(count)", count > 0 ? style : .plain)
    }

    private static func fill(_ load: OSDLoad) -> Table.Cell {
        guard let fullest = load.fullest else { return .init("?") }
        let style: Style =
            !load.aboveBackfillFull.isEmpty ? .bad : !load.aboveNearFull.isEmpty ? .warning : .plain
        return .init(RoundedText.percent(fullest.fill), style)
    }

    private static func mons(_ quorum: QuorumLoss?) -> Table.Cell {
        guard let quorum else { return .init("?") }
        return .init("\(quorum.left)/\(quorum.monitors)", quorum.holds ? .plain : .bad)
    }

    private static func result(_ report: LossReport) -> Table.Cell {
        if report.losesData { return .init("data lost", .bad) }
        if report.stopsService { return .init("stops", .bad) }
        return report.heals ? .init("heals", .good) : .init("survives", .warning)
    }
}
