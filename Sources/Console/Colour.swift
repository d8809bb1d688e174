/// What `--color` says.
public enum ColourMode: String, CaseIterable, Sendable {
    /// Colour where a terminal shows it and nobody asked for none.
    case auto
    /// Colour whatever the stream is.
    case always
    /// No colour.
    case never
}

/// The few meanings that colour carries. A word in the text always says the same: colour is never the only signal.
public enum Style: Sendable {
    /// As the terminal writes by itself.
    case plain
    /// Done, healthy.
    case good
    /// Worth a look.
    case warning
    /// Failed.
    case bad
    /// Of less weight than what stands beside it.
    case faint
}

/// Puts a ``Style`` on a text, or leaves it alone: decided once for each stream.
public struct Palette: Sendable {
    /// Whether ``paint(_:_:)`` does anything.
    public let isEnabled: Bool

    /// A palette that paints, or one that does not.
    public init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    /// The decision for one stream. In order: `--color=always` or `never`; `NO_COLOR` set and not empty: off
    /// (https://no-color.org); `FORCE_COLOR` set and neither empty nor `0`: on; `TERM` empty or `dumb`: off;
    /// else on for a terminal.
    public init(mode: ColourMode, isTerminal: Bool, environment: [String: String]) {
        switch mode {
        case .always: isEnabled = true
        case .never: isEnabled = false
        case .auto:
            let forced = environment["FORCE_COLOR", default: ""]
            if !environment["NO_COLOR", default: ""].isEmpty {
                isEnabled = false
            } else if !forced.isEmpty && forced != "0" {
                isEnabled = true
            } else {
                isEnabled = isTerminal && !["", "dumb"].contains(environment["TERM", default: ""])
            }
        }
    }

    /// The text in the style's colour, ended by a reset; the text itself when the palette is off or the style plain.
    public func paint(_ text: String, _ style: Style) -> String {
        guard isEnabled, let code = style.code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension Style {
    /// The number of the SGR escape sequence (ECMA-48), from the eight colours that each theme can set.
    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .faint: "2"
        }
    }
}
