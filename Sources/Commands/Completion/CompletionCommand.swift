import ArgumentParser
import Console

/// `holdfast completion bash|zsh|fish`.
struct CompletionCommand: SessionCommand {
    /// The shells that swift-argument-parser writes scripts for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes commands and options in a shell.",
        discussion: """
            EXAMPLES:
              source <(holdfast completion bash)
              holdfast completion zsh > "${fpath[1]}/_holdfast"
              holdfast completion fish > ~/.config/fish/completions/holdfast.fish
            """)

    @Argument(help: "bash, zsh or fish")
    var shell: Shell

    @OptionGroup var options: OutputOptions

    var errorForm: Failure.Form { .text }

    func perform(in session: Session) async throws {
        try session.streams.answer(
            HoldfastCommand.completionScript(for: CompletionShell(rawValue: shell.rawValue) ?? .bash) + "\n")
    }
}
