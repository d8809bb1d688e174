import Console
import Testing

@Suite struct ColourTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var mode = ColourMode.auto
        var terminal = true
        var environment = ["TERM": "xterm"]
        var expected: Bool
        var testDescription: String { "\(mode) terminal=\(terminal) \(environment)" }
    }

    @Test(arguments: [
        Case(expected: true),
        Case(terminal: false, expected: false),
        Case(environment: [:], expected: false),
        Case(environment: ["TERM": "dumb"], expected: false),
        Case(environment: ["TERM": "xterm", "NO_COLOR": "1"], expected: false),
        Case(environment: ["TERM": "xterm", "NO_COLOR": ""], expected: true),
        Case(terminal: false, environment: ["FORCE_COLOR": "1"], expected: true),
        Case(terminal: false, environment: ["FORCE_COLOR": "0"], expected: false),
        Case(terminal: false, environment: ["FORCE_COLOR": "1", "NO_COLOR": "1"], expected: false),
        Case(mode: .always, terminal: false, environment: ["NO_COLOR": "1"], expected: true),
        Case(mode: .never, environment: ["FORCE_COLOR": "1", "TERM": "xterm"], expected: false),
    ]) func decision(_ row: Case) {
        let palette = Palette(mode: row.mode, isTerminal: row.terminal, environment: row.environment)
        #expect(palette.isEnabled == row.expected)
    }

    @Test func eachStreamDecidesForItself() throws {
        let console = StandardStreams(
            output: .memory(), story: .memory(isTerminal: true), environment: ["TERM": "xterm"])
        #expect(!console.outputPalette.isEnabled)
        #expect(console.storyPalette.isEnabled)
        try console.warn("slow")
        #expect(console.story.contents == "\u{1B}[33mwarning:\u{1B}[0m slow\n")
        #expect(console.output.contents == "")
    }

    @Test func plainAndEmptyTextsAreLeftAlone() {
        let palette = Palette(isEnabled: true)
        #expect(palette.paint("x", .plain) == "x")
        #expect(palette.paint("", .bad) == "")
        #expect(palette.paint("x", .faint) == "\u{1B}[2mx\u{1B}[0m")
        #expect(Palette(isEnabled: false).paint("x", .bad) == "x")
    }
}
