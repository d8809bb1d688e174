import ArgumentParser
import CRUSH
import Console

/// `holdfast crush diff`: in what two maps differ.
struct DiffCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    /// The answer as JSON.
    private struct Report: Encodable {
        var apiVersion = "holdfast.io/v1alpha1"
        var kind = "CrushDifferences"
        var differences: [MapDifference]
    }

    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell in what two CRUSH maps differ.",
        usage: "holdfast crush diff <first> <second> [-o json]",
        discussion: """
            Compares what decides where data lies, and names: tunables, types, devices with their classes, buckets with
            their items and weights, rules step by step, weight sets. The form of the files does not matter.

            EXAMPLES:
              holdfast crush diff before.bin after.bin
              ceph osd getcrushmap | holdfast crush diff map.txt -
              holdfast crush diff before.bin after.bin -o json | jq -r '.differences[].subject'

            EXIT CODES:
              0 the same   1 different, or no CRUSH map   2 there is no such file
            """)

    @Argument(help: "The first map; - is standard input.", completion: .file())
    var first: String

    @Argument(help: "The second map; - is standard input.", completion: .file())
    var second: String

    @Option(name: .shortAndLong, help: "text or json")
    var output: Output = .text

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    mutating func validate() throws {
        guard first != "-" || second != "-" else { throw ValidationError("standard input can be read once only") }
    }

    func perform(in session: Session) async throws {
        let before = try CrushMapFile.read(first, in: session)
        let after = try CrushMapFile.read(second, in: session)
        try before.warn(about: first, in: session)
        try after.warn(about: second, in: session)
        let differences = MapDifference.between(before.map, after.map)
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(Report(differences: differences)) + "\n")
        case .text: try session.streams.answer(differences.map { "\($0)\n" }.joined())
        }
        guard differences.isEmpty else {
            throw Failure(.failure, code: "Different", "the maps differ in \(differences.count) points")
        }
    }
}
