import Foundation

/// What a command tells when it could not do its work: what failed, on what, why, and what to do next.
public struct Failure: Error, Equatable, Sendable {
    /// How a failure is written.
    public enum Form: Sendable {
        /// `error: ...` and, if there is one, `hint: ...`.
        case text
        /// One JSON object on one line, for `-o json`.
        case json
    }

    /// What the process ends with.
    public let status: CommandStatus
    /// A word for programs, such as `NotFound`. Stable, unlike the message.
    public let code: String
    /// What failed, on what, why: one sentence, no full stop at its end.
    public let message: String
    /// What to do next; nil if there is nothing to say that the message does not.
    public let hint: String?

    /// A failure.
    public init(_ status: CommandStatus, code: String, _ message: String, hint: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The failure's text, ended by a newline. Control characters in message and hint are escaped.
    public func rendered(as form: Form, _ palette: Palette = Palette(isEnabled: false)) -> String {
        switch form {
        case .text:
            let next = hint.map { "\(palette.paint("hint:", .warning)) \($0.printable)\n" } ?? ""
            return "\(palette.paint("error:", .bad)) \(message.printable)\n\(next)"
        case .json:
            return machineReadable + "\n"
        }
    }

    private struct Payload: Encodable {
        var apiVersion = "holdfast.io/v1alpha1"
        var kind = "Error"
        var code: String
        var exitCode: Int32
        var message: String
        var hint: String?
    }

    private var machineReadable: String {
        let payload = Payload(code: code, exitCode: status.rawValue, message: message, hint: hint)
        do {
            return try JSONText.compact(payload)
        } catch {
            // Five strings and a number always encode; if they ever do not, the words still come out.
            return rendered(as: .text).trimmingCharacters(in: .newlines)
        }
    }
}

extension Failure: CustomStringConvertible {
    /// The message alone.
    public var description: String { message }
}
