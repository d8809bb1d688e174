/// Asks a person to type a word before something that cannot be taken back.
public struct Confirmation: Sendable {
    /// What is about to happen, with numbers: printed before the question.
    public let consequence: String
    /// What has to be typed, letter by letter: the name of what is lost.
    public let expected: String

    /// A question.
    public init(consequence: String, expected: String) {
        self.consequence = consequence
        self.expected = expected
    }

    /// Asks on stderr and reads one line. Returns when the expected word was typed; throws ``Failure`` with
    /// ``CommandStatus/conflict`` when something else was, and with ``CommandStatus/usage`` when stdin is no terminal,
    /// because then nobody can answer and `--yes` has to be given.
    public func ask(
        on console: StandardStreams, inputIsTerminal: Bool, readLine: () -> String?
    ) throws {
        guard inputIsTerminal else {
            throw Failure(
                .usage, code: "ConfirmationNeeded", "\(consequence); stdin is no terminal, so nobody can confirm it",
                hint: "give --yes to go on without being asked")
        }
        try console.warn(consequence)
        try console.story.write("Type \(expected.printable) to go on: ")
        guard let answer = readLine(), answer == expected else {
            throw Failure(.conflict, code: "NotConfirmed", "not confirmed; nothing was changed")
        }
    }
}
