import ArgumentParser
import Audit
import Console
import Resilience

/// `holdfast audit explain`: the page of a check, or the list of all.
struct AuditExplainCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what a check looks at, why it matters and what to do.",
        usage: "holdfast audit explain [<id>]",
        discussion: """
            Without an id all checks are listed.

            EXAMPLES:
              holdfast audit explain P04
              holdfast audit explain

            EXIT CODES:
              0 printed   2 there is no such check
            """)

    @Argument(help: "The check's id.", completion: .list(Catalogue.checks.map(\.id)))
    var id: String?

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { .text }

    func perform(in session: Session) async throws {
        guard let id else {
            var table = Table("CHECK", "SEVERITY", "BASIS", "TITLE")
            for check in Catalogue.checks {
                table.append([
                    Table.Cell(check.id), Table.Cell(check.severity.rawValue), Table.Cell(check.basis.rawValue),
                    Table.Cell(check.title),
                ])
            }
            try session.streams.answer(table.rendered(session.streams.outputPalette))
            return
        }
        guard let check = Catalogue.check(id) else {
            throw Failure(
                .notFound, code: "NotFound", "there is no check \"\(id)\"", hint: "list them: holdfast audit explain")
        }
        try session.streams.answer(check.page)
    }
}
