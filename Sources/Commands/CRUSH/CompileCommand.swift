import ArgumentParser
import CRUSH
import Console

/// `holdfast crush compile`: a text as a binary map.
struct CompileCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Make a binary CRUSH map of its text.",
        usage: "holdfast crush compile <file> -o <file> [--as-crushtool 16|18|20]",
        discussion: """
            Reads what crushtool reads, and what `holdfast crush decompile` prints. Nothing is written if the text has
            an error; its place is told as file:line:column.

            EXAMPLES:
              holdfast crush compile map.txt -o map.bin && ceph osd setcrushmap -i map.bin
              holdfast crush compile map.txt -o map.bin --as-crushtool 16

            EXIT CODES:
              0 done   1 the text has an error   2 there is no such file
            """)

    @Argument(help: "The text; - is standard input.", completion: .file())
    var file: String

    @Option(
        name: [.customShort("o"), .customLong("output-file")], help: "Write the map to this file.",
        completion: .file())
    var outputFile: String

    @Option(
        name: .customLong("as-crushtool"),
        help: ArgumentHelp("Write the bytes that crushtool of this release writes.", valueName: "16|18|20"),
        completion: .list(["16", "18", "20"]), transform: crushToolRelease)
    var release: CrushToolRelease?

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { .text }

    func perform(in session: Session) async throws {
        let text = try CrushMapFile.contents(of: file, in: session)
        let map: CrushMap
        do {
            map = try CrushMap(compiling: text, as: release)
        } catch {
            throw Failure(.failure, code: "InvalidMap", "\(CrushMapFile.displayName(file)):\(error)")
        }
        try CrushMapFile.write(map.encoded(), to: outputFile)
    }
}
