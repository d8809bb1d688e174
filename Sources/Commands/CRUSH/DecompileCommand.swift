import ArgumentParser
import CRUSH
import Console

/// `holdfast crush decompile`: a map as text.
struct DecompileCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "decompile",
        abstract: "Print a CRUSH map as text.",
        usage: "holdfast crush decompile <file> [-o <file>] [--as-crushtool 16|18|20]",
        discussion: """
            The text is in crushtool's language, with every weight exact; comments that begin with #@ hold what the
            language has no words for. `holdfast crush compile` makes the same bytes of it, and crushtool reads it too.

            EXAMPLES:
              ceph osd getcrushmap | holdfast crush decompile -
              holdfast crush decompile map.bin -o map.txt
              holdfast crush decompile map.bin --as-crushtool 18

            EXIT CODES:
              0 done   1 this is no CRUSH map, or it cannot be written as text   2 there is no such file
            """)

    @Argument(help: "The map; - is standard input.", completion: .file())
    var file: String

    @Option(
        name: [.customShort("o"), .customLong("output-file")], help: "Write the text to this file.",
        completion: .file())
    var outputFile: String?

    @Option(
        name: .customLong("as-crushtool"),
        help: ArgumentHelp("Print byte for byte what crushtool of this release prints.", valueName: "16|18|20"),
        completion: .list(["16", "18", "20"]), transform: crushToolRelease)
    var release: CrushToolRelease?

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { .text }

    func perform(in session: Session) async throws {
        let read = try CrushMapFile.read(file, in: session)
        try read.warn(about: file, in: session)
        let text: String
        do {
            text = try read.map.text(release.map { .crushtool($0) } ?? .exact)
        } catch {
            throw Failure(.failure, code: "NoText", "\(CrushMapFile.displayName(file)): \(error)")
        }
        if release == nil { try warnOfLosses(read.map, text, in: session) }
        guard let outputFile else { return try session.streams.answer(text) }
        try CrushMapFile.write(Array(text.utf8), to: outputFile)
    }

    /// Compiles the text and tells what has become different on the way.
    private func warnOfLosses(_ map: CrushMap, _ text: String, in session: Session) throws {
        let again: CrushMap
        do {
            again = try CrushMap(compiling: Array(text.utf8))
        } catch {
            return try session.streams.warn("the text does not compile, as the map holds what has no words: \(error)")
        }
        guard again.encoded() != map.encoded() else { return }
        let differences = MapDifference.between(map, again)
        for difference in differences.prefix(20) { try session.streams.warn("lost in the text: \(difference)") }
        if differences.isEmpty { try session.streams.warn("the text compiles to other bytes for the same map") }
    }
}

/// Reads a release of crushtool.
///
/// - Throws: `ValidationError` that names those there are.
func crushToolRelease(_ text: String) throws -> CrushToolRelease {
    guard let release = Int(text).flatMap(CrushToolRelease.init(rawValue:)) else {
        throw ValidationError("\"\(text)\" is none of 16, 18, 20")
    }
    return release
}
