import ArgumentParser
import ClusterState
import Console

/// `holdfast state show`: what is in a state file.
struct StateShowCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell what is in a state file.",
        usage: "holdfast state show <file> [-o json]",
        discussion: """
            EXAMPLES:
              holdfast state show state.tar.gz
              holdfast state show state.tar.gz -o json | jq .missing
              tar xzf state.tar.gz && osdmaptool ceph/osdmap.bin --print

            EXIT CODES:
              0 shown   1 no state file, or damaged   2 no such file
            """)

    @Argument(help: "The file.")
    var file: String

    @Option(name: .shortAndLong, help: "table or json")
    var output: Output = .table

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    func perform(in session: Session) async throws {
        let summary = StateSummary(of: try StateFilePath(path: file).read())
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(summary) + "\n")
        case .table: try session.streams.answer(summary.table.rendered(session.streams.outputPalette))
        }
    }
}
