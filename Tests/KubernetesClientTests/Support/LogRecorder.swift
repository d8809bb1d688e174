import Logging
import Synchronization

/// Keeps what was logged.
final class LogRecorder: LogHandler, Sendable {
    /// A line, without its metadata.
    struct Line: Hashable, Sendable {
        var level: Logger.Level
        var message: String
    }

    private struct State {
        var lines: [Line] = []
        var warnings: [String] = []
    }

    private let state = Mutex(State())

    /// Every line so far.
    var lines: [Line] { state.withLock { $0.lines } }
    /// The API server's warnings, as the metadata carries them.
    var warnings: [String] { state.withLock { $0.warnings } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        state.withLock { state in
            state.lines.append(Line(level: event.level, message: "\(event.message)"))
            if case .string(let text) = event.metadata?["warning"] { state.warnings.append(text) }
        }
    }
}
