import ArgumentParser

/// `holdfast state`: captures, to be analysed later or elsewhere.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Take and look at captures of a cluster's state.",
        discussion: "A capture is one file with all that an audit or a what-if looks at. Taking it changes nothing.",
        subcommands: [StateCaptureCommand.self, StateShowCommand.self])
}
