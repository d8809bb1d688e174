import ArgumentParser
import ClusterState
import Console
import Foundation
import Glibc

/// The options by which an analysis is told what to look at: a state file, or clusters that run.
struct StateSource: ParsableArguments {
    @Option(
        help: ArgumentHelp("A state file of `holdfast state capture`, instead of running clusters.", valueName: "file"))
    var state: String?

    @OptionGroup var live: LiveSource

    mutating func validate() throws {
        if state != nil { try live.validateUnused() }
    }

    /// The capture of the file, or one that is taken now.
    ///
    /// - Throws: ``Failure`` when the file cannot be read or is none, or no capture can be taken.
    func capture(in session: Session) async throws -> ClusterCapture {
        guard let state else { return try await live.capture(in: session) }
        return try StateFilePath(path: state).read()
    }
}

/// A state file by its path.
struct StateFilePath {
    let path: String

    /// The capture in it.
    func read() throws -> ClusterCapture {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw Failure(
                isMissing ? .notFound : .failure, code: isMissing ? "NotFound" : "Unreadable",
                "\(path) cannot be read: \(isMissing ? "there is no such file" : error.localizedDescription)")
        }
        do {
            return try StateFile.decode(Array(bytes))
        } catch {
            throw Failure(
                .failure, code: "NoState", "\(path): \(error)",
                hint: "take the capture again: holdfast state capture -o FILE")
        }
    }

    /// Writes a capture: readable by its owner alone, and whole or not at all.
    func write(_ capture: ClusterCapture) throws -> Int {
        let bytes = try StateFile.encode(capture)
        let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        let manager = FileManager.default
        guard manager.createFile(atPath: partial, contents: Data(bytes), attributes: [.posixPermissions: 0o600]) else {
            throw Failure(
                .failure, code: "Unwritable", "\(path) cannot be written",
                hint: "see that the folder is there, that it may be written, and that there is room")
        }
        guard rename(partial, path) == 0 else {
            let reason = String(cString: strerror(errno))
            do {
                try manager.removeItem(atPath: partial)
            } catch {
                throw Failure(
                    .failure, code: "Unwritable", "\(path) cannot be written: \(reason)",
                    hint: "\(partial) was left behind: \(error.localizedDescription)")
            }
            throw Failure(.failure, code: "Unwritable", "\(path) cannot be written: \(reason)")
        }
        return bytes.count
    }
}
