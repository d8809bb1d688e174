import ArgumentParser

/// `holdfast audit`: which host can be lost, and what is wrong.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Find out which host can be lost, and what is wrong.",
        discussion: "Without a subcommand it audits; `holdfast audit explain ID` tells about a check.",
        subcommands: [AuditRunCommand.self, AuditExplainCommand.self],
        defaultSubcommand: AuditRunCommand.self)
}
