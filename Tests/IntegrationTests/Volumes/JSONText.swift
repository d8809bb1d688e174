import Foundation

/// What the CLIs print as JSON.
enum JSONText {
    static func dictionary(_ text: String) throws -> [String: String] {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.isEmpty { return [:] }
        return try JSONDecoder().decode([String: String].self, from: Data(trimmed.utf8))
    }
}
