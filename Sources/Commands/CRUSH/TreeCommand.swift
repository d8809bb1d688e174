import ArgumentParser
import CRUSH
import Console

/// `holdfast crush tree`: the failure domains of a map.
struct TreeCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Print a CRUSH map's tree of failure domains.",
        usage: "holdfast crush tree <file> [--show-shadow] [-o json]",
        discussion: """
            As `ceph osd crush tree`, of a map in a file. Each weight set has a column.

            EXAMPLES:
              ceph osd getcrushmap | holdfast crush tree -
              holdfast crush tree map.bin --show-shadow
              holdfast crush tree map.bin -o json | jq '.nodes[] | select(.type == "host") | .name'

            EXIT CODES:
              0 done   1 this is no CRUSH map   2 there is no such file
            """)

    @Argument(help: "The map; - is standard input.", completion: .file())
    var file: String

    @Flag(help: "With the shadow trees of device classes.")
    var showShadow = false

    @Option(name: .shortAndLong, help: "table or json")
    var output: Output = .table

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    func perform(in session: Session) async throws {
        let read = try CrushMapFile.read(file, in: session)
        try read.warn(about: file, in: session)
        let report = TreeReport(
            of: CrushTree(of: read.map, showingShadows: showShadow), pools: read.map.chooseArgs.keys)
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(report) + "\n")
        case .table: try session.streams.answer(report.text)
        }
    }
}
