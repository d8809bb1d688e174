import Foundation
import Synchronization

/// The log of what the file system has acknowledged, in a file outside the volume: what must be found again.
///
/// Thread-safe.
final class Ledger: Sendable {
    /// One acknowledged record.
    struct Entry: Hashable, Sendable {
        var track: UInt64
        var sequence: UInt64
        var offset: Int
        var length: Int
        var checksum: UInt64
        /// When the write had returned, in nanoseconds since the ledger was opened.
        var nanoseconds: Int64
    }

    /// The log's path.
    let file: URL
    private let handle: FileHandle
    private let opened = ContinuousClock.now
    private let acknowledged = Mutex(0)

    /// An empty ledger.
    ///
    /// - Throws: Foundation's error if the file cannot be made.
    init(_ file: URL) throws {
        self.file = file
        try Data().write(to: file)
        handle = try FileHandle(forWritingTo: file)
    }

    /// How many records were acknowledged so far.
    var count: Int { acknowledged.withLock { $0 } }

    /// The time since the ledger was opened, on the clock of its entries.
    var now: Duration { ContinuousClock.now - opened }

    /// Notes that a record's write has returned, and with it what the volume promised.
    ///
    /// - Throws: Foundation's error if the line cannot be written.
    func acknowledge(_ record: Record, checksum: UInt64) throws {
        let track = record.track
        try acknowledged.withLock { count in
            let line =
                [track.number, record.sequence, UInt64(track.offset(of: record.sequence)), UInt64(track.recordSize)]
                .map(String.init) + [String(checksum, radix: 16), String(Int64(now / .nanoseconds(1)))]
            try handle.write(contentsOf: Data((line.joined(separator: " ") + "\n").utf8))
            count += 1
        }
    }

    /// A line that is not as ``acknowledge(_:checksum:)`` writes them.
    struct BadLine: Error {
        var line: Substring
    }

    /// What the file says.
    ///
    /// - Throws: Foundation's error if it cannot be read; ``BadLine``.
    func entries() throws -> [Entry] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 6, let track = UInt64(words[0]), let sequence = UInt64(words[1]),
                let offset = Int(words[2]), let length = Int(words[3]), let checksum = UInt64(words[4], radix: 16),
                let nanoseconds = Int64(words[5])
            else { throw BadLine(line: line) }
            return Entry(
                track: track, sequence: sequence, offset: offset, length: length, checksum: checksum,
                nanoseconds: nanoseconds)
        }
    }
}
