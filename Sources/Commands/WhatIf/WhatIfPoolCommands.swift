import ArgumentParser
import CRUSH
import Console
import Resilience
import Vocabulary

/// `holdfast whatif rule-change`.
struct WhatIfRuleChangeCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule-change", abstract: "Tell what another CRUSH rule of a pool does.",
        discussion: "EXAMPLES:\n  holdfast whatif rule-change rbd by-rack\n\n\(exitCodes)")

    @Argument(help: "The pool.")
    var pool: String

    @Argument(help: "The rule's name.")
    var rule: String

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Giving pool \(pool) the rule \(rule)" }

    func change() -> PlannedChange { .rule(pool: pool, rule: rule) }
}

/// `holdfast whatif pool-size`.
struct WhatIfPoolSizeCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool-size", abstract: "Tell what another number of copies of a pool does.",
        discussion: "EXAMPLES:\n  holdfast whatif pool-size rbd 3 --min-size 2\n\n\(exitCodes)")

    @Argument(help: "The pool.")
    var pool: String

    @Argument(help: "How many copies.")
    var size: Int

    @Option(help: "With fewer a PG stops. Default: what Ceph sets, size - size / 2.")
    var minSize: Int?

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Giving pool \(pool) \(size) copies" }

    func change() -> PlannedChange { .poolSize(pool: pool, size: size, minSize: minSize) }
}

/// `holdfast whatif upmap`.
struct WhatIfUpmapCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "upmap", abstract: "Tell what an upmap of a PG does.",
        discussion: """
            As `ceph osd pg-upmap-items`: pairs of OSDs, from and to. Without pairs the PG's upmap is taken away.

            EXAMPLES:
              holdfast whatif upmap 1.2f 3 7

            \(exitCodes)
            """)

    @Argument(help: ArgumentHelp("The PG.", valueName: "pg"))
    var pg: String

    @Argument(help: ArgumentHelp("Pairs of OSDs: from, to.", valueName: "osd"))
    var osds: [OSDArgument] = []

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    mutating func validate() throws {
        guard PGID(pg) != nil else { throw ValidationError("\"\(pg)\" is no PG; write it as Ceph does: 1.2f") }
        guard osds.count.isMultiple(of: 2) else { throw ValidationError("OSDs come in pairs: from, to") }
    }

    var title: String { "Upmap of PG \(pg)" }

    func change() throws -> PlannedChange {
        guard let id = PGID(pg) else { throw Failure(.usage, code: "NoPG", "\"\(pg)\" is no PG") }
        let moves = stride(from: 0, to: osds.count, by: 2).map { place in
            OSDMap.UpmapItem(from: ItemID(osds[place].osd), to: ItemID(osds[place + 1].osd))
        }
        return .upmap(id, moves)
    }
}
