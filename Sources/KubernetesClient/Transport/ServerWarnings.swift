import Logging
import Synchronization

/// The server's warnings (HTTP `Warning` headers, code 299): each distinct text is logged once, none is an error.
final class ServerWarnings: Sendable {
    /// Texts to remember; beyond that, warnings are dropped.
    private static let maximumTexts = 256

    private let seen = Mutex<Set<String>>([])
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Notes the values of an answer's `Warning` headers.
    func note(_ headers: [String]) {
        for header in headers {
            guard let text = Self.text(of: header) else { continue }
            let isNew = seen.withLock { seen in
                seen.count < Self.maximumTexts && seen.insert(text).inserted
            }
            if isNew { logger.warning("the API server warns", metadata: ["warning": "\(text)"]) }
        }
    }

    /// The distinct texts so far.
    var texts: Set<String> { seen.withLock { $0 } }

    /// The text of `299 agent "text"`; nil for other codes and for what is malformed.
    static func text(of header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count == 3, parts[0] == "299", parts[2].first == "\"" else { return nil }
        var text = ""
        var isEscaped = false
        for character in parts[2].dropFirst() {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return String(text.prefix(1024))
            } else {
                text.append(character)
            }
        }
        return nil
    }
}
