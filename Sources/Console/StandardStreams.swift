/// The two streams of a command and how each is painted: stdout is the answer, stderr is the story.
public struct StandardStreams: Sendable {
    /// The answer: what was asked for, in the form asked for, and nothing else.
    public let output: TextStream
    /// The story: what happens, warnings, errors, progress.
    public let story: TextStream
    /// Colour on ``output``.
    public let outputPalette: Palette
    /// Colour on ``story``.
    public let storyPalette: Palette
    /// Whether ``note(_:)`` keeps still (`--quiet`). Warnings and errors are told all the same.
    public let isQuiet: Bool

    /// The streams, each with a decision of its own about colour (see ``Palette/init(mode:isTerminal:environment:)``).
    public init(
        output: TextStream, story: TextStream, colour: ColourMode = .auto, environment: [String: String],
        isQuiet: Bool = false
    ) {
        self.output = output
        self.story = story
        outputPalette = Palette(mode: colour, isTerminal: output.isTerminal, environment: environment)
        storyPalette = Palette(mode: colour, isTerminal: story.isTerminal, environment: environment)
        self.isQuiet = isQuiet
    }

    /// Prints the answer.
    public func answer(_ text: String) throws(StreamError) {
        try output.write(text)
    }

    /// Tells a step on stderr, on a line of its own.
    public func note(_ text: String) throws(StreamError) {
        if !isQuiet { try story.write(text.printable + "\n") }
    }

    /// Tells on stderr what is worth a look, even when quiet.
    public func warn(_ text: String) throws(StreamError) {
        try story.write(storyPalette.paint("warning:", .warning) + " " + text.printable + "\n")
    }

    /// Tells on stderr what failed and what to do next.
    public func report(_ failure: Failure, as form: Failure.Form = .text) throws(StreamError) {
        try story.write(failure.rendered(as: form, storyPalette))
    }
}
