import Synchronization

/// Progress of a long piece of work on stderr, below the story that is told meanwhile. Safe from any thread.
///
/// The cursor is never hidden, so there is nothing to restore if the process is killed; ``finish()`` clears the line.
public final class ProgressLine: Sendable {
    private struct State {
        var meter: ProgressMeter
        /// What stands on the terminal's last line; empty when nothing does.
        var drawn = ""
    }

    private let console: StandardStreams
    private let state: Mutex<State>

    /// A line that is not drawn before the first ``advance(by:now:)``.
    public init(_ title: String, total: Int, unit: String, on console: StandardStreams) {
        self.console = console
        let meter = ProgressMeter(title: title, total: total, unit: unit, isTerminal: console.story.isTerminal)
        state = Mutex(State(meter: meter))
    }

    /// `count` more are done. Draws at most ten times a second.
    public func advance(by count: Int = 1, now: ContinuousClock.Instant = .now) throws(StreamError) {
        guard !console.isQuiet else { return }
        try state.withLock { state throws(StreamError) in
            switch state.meter.advance(by: count, now: now) {
            case .none: return
            case .line(let text): try console.story.write(text + "\n")
            case .redraw(let text):
                state.drawn = clipped(text)
                try console.story.write("\r\u{1B}[K" + state.drawn)
            }
        }
    }

    /// Writes a line of the story above the progress line.
    public func note(_ text: String) throws(StreamError) {
        guard !console.isQuiet else { return }
        try state.withLock { state throws(StreamError) in
            let clear = state.drawn.isEmpty ? "" : "\r\u{1B}[K"
            try console.story.write(clear + text.printable + "\n" + state.drawn)
        }
    }

    /// Clears the line. Further calls draw again.
    public func finish() throws(StreamError) {
        try state.withLock { state throws(StreamError) in
            guard !state.drawn.isEmpty else { return }
            state.drawn = ""
            try console.story.write("\r\u{1B}[K")
        }
    }

    /// No longer than the terminal is wide: a line that wraps could not be replaced.
    private func clipped(_ text: String) -> String {
        guard let columns = console.story.columns, displayWidth(text) >= columns else { return text }
        var result = ""
        var width = 0
        for character in text {
            width += displayWidth(String(character))
            if width >= columns { break }
            result.append(character)
        }
        return result
    }
}
