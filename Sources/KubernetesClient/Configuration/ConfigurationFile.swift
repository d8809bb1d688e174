import FoundationEssentials
import Vocabulary

/// Small files that belong to a configuration.
enum ConfigurationFile {
    /// Larger files are refused: a certificate bundle is a few hundred KiB at most.
    private static let maximumSize = 4 << 20

    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count <= maximumSize else {
                throw ConfigurationError(file: path, problem: "is larger than 4 MiB")
            }
            return Array(data)
        } catch let error as ConfigurationError {
            throw error
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw ConfigurationError(file: path, problem: "does not exist")
        } catch {
            throw ConfigurationError(file: path, problem: "cannot be read: \(error)")
        }
    }

    /// The token in a file, without the white space around it.
    static func readToken(_ path: String) throws(ConfigurationError) -> Redacted<String> {
        let text = String(decoding: try read(path), as: UTF8.self).trimmingWhitespace()
        guard !text.isEmpty else { throw ConfigurationError(file: path, problem: "holds no token") }
        return Redacted(text)
    }
}

extension String {
    func trimmingWhitespace() -> String {
        let start = drop(while: \.isWhitespace)
        return String(
            start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex))
    }
}
