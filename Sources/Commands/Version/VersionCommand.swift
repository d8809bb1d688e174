import ArgumentParser
import Ceph
import Console
import Vocabulary

/// `holdfast version`.
struct VersionCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the versions of holdfast and of the Ceph libraries that it runs with.",
        discussion: """
            EXAMPLES:
              holdfast version
              holdfast version -o json
            """)

    @Option(name: .shortAndLong, help: "table or json")
    var output: Output = .table

    @OptionGroup var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    func perform(in session: Session) async throws {
        let versions = VersionPayload(librados: "\(LibraryVersion.librados())", librbd: "\(LibraryVersion.librbd())")
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(versions) + "\n")
        case .table: try session.streams.answer(versions.table.rendered(session.streams.outputPalette))
        }
    }
}

/// The versions, as programs read them.
struct VersionPayload: Encodable {
    let apiVersion = "holdfast.io/v1alpha1"
    let kind = "Version"
    var holdfast = HoldfastVersion.current
    let librados: String
    let librbd: String

    /// The versions, as people read them.
    var table: Table {
        var table = Table("component", "version")
        table.append(["holdfast", .init(holdfast)])
        table.append(["librados", .init(librados)])
        table.append(["librbd", .init(librbd)])
        return table
    }
}
