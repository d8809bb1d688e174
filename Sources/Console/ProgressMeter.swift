/// Decides when progress is drawn: pure, told the time. ``ProgressLine`` does the drawing.
///
/// On a terminal one line is redrawn at most ten times a second. Elsewhere a plain line is written each time another
/// tenth is done, so that a log shows life and stays short.
public struct ProgressMeter: Sendable {
    /// What the caller is to write.
    public enum Action: Equatable, Sendable {
        /// Nothing now.
        case none
        /// Replace the terminal's current line with this text.
        case redraw(String)
        /// Write this text as a line of its own.
        case line(String)
    }

    /// The least time between two redraws.
    public static let interval = Duration.milliseconds(100)

    private let title: String
    private let unit: String
    private let total: Int
    private let isTerminal: Bool
    private var done = 0
    private var lastDrawn: ContinuousClock.Instant?
    private var tenthsTold = 0

    /// A meter that counts to `total`; `unit` is a word such as `claims`.
    public init(title: String, total: Int, unit: String, isTerminal: Bool) {
        self.title = title
        self.unit = unit
        self.total = max(0, total)
        self.isTerminal = isTerminal
    }

    /// `count` more are done.
    public mutating func advance(by count: Int = 1, now: ContinuousClock.Instant) -> Action {
        done = min(total, done + max(0, count))
        guard total > 0 else { return .none }
        if isTerminal {
            if done < total, let last = lastDrawn, last.duration(to: now) < Self.interval { return .none }
            lastDrawn = now
            return .redraw(text)
        }
        let tenths = done * 10 / total
        guard tenths > tenthsTold else { return .none }
        tenthsTold = tenths
        return .line(text)
    }

    /// The line as it reads now: `Creating images: 37 of 200 claims (18 %)`.
    public var text: String {
        "\(title): \(done) of \(total) \(unit) (\(total == 0 ? 100 : done * 100 / total) %)"
    }
}
