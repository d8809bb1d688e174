import ArgumentParser
import CRUSH
import Resilience

/// `holdfast whatif out`.
struct WhatIfOutCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "out", abstract: "Tell what marking OSDs out does.",
        discussion: "EXAMPLES:\n  holdfast whatif out 3 osd.4\n\n\(exitCodes)")

    @Argument(help: ArgumentHelp("The OSDs.", valueName: "osd"))
    var osds: [OSDArgument]

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Marking out \(osds.map { "\($0.osd)" }.joined(separator: ", "))" }

    func change() -> PlannedChange { .out(osds.map(\.osd)) }
}

/// `holdfast whatif in`.
struct WhatIfInCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "in", abstract: "Tell what marking OSDs in does.",
        discussion: "EXAMPLES:\n  holdfast whatif in 3\n\n\(exitCodes)")

    @Argument(help: ArgumentHelp("The OSDs.", valueName: "osd"))
    var osds: [OSDArgument]

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Marking in \(osds.map { "\($0.osd)" }.joined(separator: ", "))" }

    func change() -> PlannedChange { .in(osds.map(\.osd)) }
}

/// `holdfast whatif reweight`.
struct WhatIfReweightCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "reweight", abstract: "Tell what another reweight of an OSD does.",
        discussion: "EXAMPLES:\n  holdfast whatif reweight osd.3 0.85\n\n\(exitCodes)")

    @Argument(help: "The OSD.")
    var osd: OSDArgument

    @Argument(help: "The reweight, from 0 to 1.")
    var weight: WeightArgument

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Reweighting \(osd.osd) to \(weight.weight.value)" }

    func change() -> PlannedChange { .reweight(osd.osd, weight.weight) }
}

/// `holdfast whatif add-host`.
struct WhatIfAddHostCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-host", abstract: "Tell what a new host with OSDs does.",
        discussion: """
            EXAMPLES:
              holdfast whatif add-host node-7 --below rack-2 --osds 12 --weight 3.6 --device-class ssd

            \(exitCodes)
            """)

    @Argument(help: "The host's name.")
    var host: String

    @Option(help: ArgumentHelp("The bucket that it is put below.", valueName: "bucket"))
    var below = "default"

    @Option(help: ArgumentHelp("How many OSDs it has.", valueName: "count"))
    var osds: Int

    @Option(help: ArgumentHelp("The CRUSH weight of each: its TiB.", valueName: "weight"))
    var weight: WeightArgument

    @Option(help: ArgumentHelp("Their device class.", valueName: "class"))
    var deviceClass: String?

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Adding host \(host) with \(osds) OSDs below \(below)" }

    func change() -> PlannedChange {
        .addHost(
            name: host, below: below, osds: osds, .init(weight: weight.weight, deviceClass: deviceClass))
    }
}

/// `holdfast whatif add-osd`.
struct WhatIfAddOSDCommand: PlannedChangeCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-osd", abstract: "Tell what new OSDs in a host do.",
        discussion: """
            EXAMPLES:
              holdfast whatif add-osd node-3 --osds 2 --weight 3.6

            \(exitCodes)
            """)

    @Argument(help: "The host.")
    var host: String

    @Option(help: ArgumentHelp("How many OSDs.", valueName: "count"))
    var osds = 1

    @Option(help: ArgumentHelp("The CRUSH weight of each: its TiB.", valueName: "weight"))
    var weight: WeightArgument

    @Option(help: ArgumentHelp("Their device class.", valueName: "class"))
    var deviceClass: String?

    @OptionGroup var common: PlannedChangeOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var title: String { "Adding \(osds) OSDs to \(host)" }

    func change() -> PlannedChange {
        .addOSD(host: host, osds: osds, .init(weight: weight.weight, deviceClass: deviceClass))
    }
}
