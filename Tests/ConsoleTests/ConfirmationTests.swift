import Console
import Testing

@Suite struct ConfirmationTests {
    let question = Confirmation(consequence: "3 images go", expected: "rbd")

    private func console() -> StandardStreams {
        StandardStreams(output: .memory(), story: .memory(isTerminal: true), environment: [:])
    }

    @Test func theWordGoesOn() throws {
        let console = console()
        try question.ask(on: console, inputIsTerminal: true) { "rbd" }
        #expect(console.story.contents == "warning: 3 images go\nType rbd to go on: ")
    }

    @Test(arguments: ["yes", "RBD", "rbd ", "", nil]) func anythingElseStops(answer: String?) {
        let failure = #expect(throws: Failure.self) {
            try question.ask(on: console(), inputIsTerminal: true) { answer }
        }
        #expect(failure?.status == .conflict)
    }

    @Test func nobodyToAsk() {
        let failure = #expect(throws: Failure.self) {
            try question.ask(on: console(), inputIsTerminal: false) {
                Issue.record("stdin was read")
                return "rbd"
            }
        }
        #expect(failure?.status == .usage)
        #expect(failure?.hint?.contains("--yes") == true)
    }
}
