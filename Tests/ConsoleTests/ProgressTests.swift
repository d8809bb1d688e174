import Console
import Testing

@Suite struct ProgressTests {
    let start = ContinuousClock.now

    @Test func aTerminalIsRedrawnTenTimesASecond() {
        var meter = ProgressMeter(title: "Creating", total: 1_000, unit: "claims", isTerminal: true)
        var drawn = 0
        for step in 1...1_000 {
            // One claim a millisecond: a second in all.
            if meter.advance(now: start.advanced(by: .milliseconds(step))) != .none { drawn += 1 }
        }
        #expect((10...11).contains(drawn), "\(drawn) redraws")
        #expect(meter.text == "Creating: 1000 of 1000 claims (100 %)")
    }

    @Test func theLastStepIsAlwaysDrawn() {
        var meter = ProgressMeter(title: "T", total: 2, unit: "claims", isTerminal: true)
        #expect(meter.advance(now: start) == .redraw("T: 1 of 2 claims (50 %)"))
        #expect(meter.advance(now: start) == .redraw("T: 2 of 2 claims (100 %)"))
    }

    @Test func aLogGetsALineForEachTenth() {
        var meter = ProgressMeter(title: "T", total: 200, unit: "claims", isTerminal: false)
        var lines: [String] = []
        for _ in 0..<200 {
            if case .line(let text) = meter.advance(now: start) { lines.append(text) }
        }
        #expect(lines.count == 10)
        #expect(lines.first == "T: 20 of 200 claims (10 %)")
        #expect(lines.last == "T: 200 of 200 claims (100 %)")
    }

    @Test func nothingToDoIsNotDrawn() {
        var meter = ProgressMeter(title: "T", total: 0, unit: "claims", isTerminal: true)
        #expect(meter.advance(now: start) == .none)
    }

    @Test func theLineIsClippedReplacedAndCleared() throws {
        let console = StandardStreams(
            output: .memory(), story: .memory(isTerminal: true, columns: 10), environment: [:])
        let line = ProgressLine("Creating", total: 2, unit: "claims", on: console)
        try line.advance(now: start)
        #expect(console.story.contents == "\r\u{1B}[KCreating:")
        try line.note("a\tb")
        #expect(console.story.contents.hasSuffix("\r\u{1B}[Ka\\tb\nCreating:"))
        try line.finish()
        #expect(console.story.contents.hasSuffix("\r\u{1B}[K"))
        let before = console.story.contents
        try line.finish()
        #expect(console.story.contents == before)
    }

    @Test func quietDrawsNothing() throws {
        let console = StandardStreams(
            output: .memory(), story: .memory(isTerminal: true), environment: [:], isQuiet: true)
        let line = ProgressLine("Creating", total: 1, unit: "claims", on: console)
        try line.advance(now: start)
        try line.note("a")
        try line.finish()
        try console.note("b")
        #expect(console.story.contents == "")
        try console.warn("c")
        #expect(console.story.contents == "warning: c\n")
    }
}
