import ArgumentParser
import ClusterState
import Console

/// `holdfast state show`: what is in a state file, or would be in one that is taken now.
struct StateShowCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell what is in a state file, or would be in one that is taken now.",
        usage: """
            holdfast state show <file> [-o json]
            holdfast state show [--kube] [<options>] [-o json]
            """,
        discussion: """
            Without a file the clusters are asked, and nothing is written: see what a client may read before it takes \
            captures.

            EXAMPLES:
              holdfast state show state.tar.gz
              holdfast state show state.tar.gz -o json | jq .missing
              holdfast state show --kube --id holdfast-audit
              tar xzf state.tar.gz && osdmaptool ceph/osdmap.bin --print

            EXIT CODES:
              0 shown, though parts may be missing   1 no state file, or damaged   2 no such file
              4 unreachable or timed out   5 not allowed to read the OSDMap
            """)

    @Argument(help: "The file; without it the clusters are asked.")
    var file: String?

    @Option(name: .shortAndLong, help: "table or json")
    var output: Output = .table

    @OptionGroup var live: LiveSource
    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    mutating func validate() throws {
        if file != nil { try live.validateUnused() }
    }

    func perform(in session: Session) async throws {
        let capture =
            if let file { try StateFilePath(path: file).read() } else { try await live.capture(in: session) }
        let summary = StateSummary(of: capture)
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(summary) + "\n")
        case .table: try session.streams.answer(summary.table.rendered(session.streams.outputPalette))
        }
    }
}
