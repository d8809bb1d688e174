public import ArgumentParser
import Vocabulary

/// The command line tool: `holdfast NOUN|VERB ...`.
public struct HoldfastCommand: AsyncParsableCommand {
    /// Name, help and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "Ceph block storage for Kubernetes.",
        discussion: """
            stdout is the answer, stderr is the story.

            EXIT CODES:
              0 done   1 failed   2 not found   3 conflict or precondition
              4 unreachable or timed out   5 not allowed   64 wrong usage   130 interrupted
            """,
        version: HoldfastVersion.current,
        subcommands: [
            StatusCommand.self, ProvisionCommand.self, StateCommand.self, CrushCommand.self, WhatIfCommand.self,
            AuditCommand.self,
            VersionCommand.self, CompletionCommand.self,
        ])

    /// The root command.
    public init() {}
}
