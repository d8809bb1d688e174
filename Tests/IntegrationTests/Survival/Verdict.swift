import Foundation

/// What became of everything that was acknowledged.
struct Verdict: Sendable {
    /// An acknowledged record that is not there, or not as it was written.
    struct Damage: Hashable, Sendable, CustomStringConvertible {
        var file: String
        var entry: Ledger.Entry
        var found: String

        var description: String {
            "\(file): record \(entry.sequence) at \(entry.offset), \(entry.length) bytes: found \(found)"
        }
    }

    /// Records that are there, byte for byte.
    var intact = 0
    /// Records that the same track has replaced, as it should: a later one of the same place was acknowledged, too.
    var replaced = 0
    var damages: [Damage] = []

    /// Reads every place that was written and compares what is there with what was acknowledged last for it.
    ///
    /// - Parameters:
    ///   - folder: The folder of the tracks' files, on the volume or on a copy of it.
    /// - Throws: Foundation's error if a file that is there cannot be read.
    init(_ tracks: [Track], in folder: URL, against entries: [Ledger.Entry]) throws {
        let entries = Dictionary(grouping: entries, by: \.track)
        for track in tracks {
            try check(track, folder.appending(path: track.file), entries[track.number] ?? [])
        }
    }

    private mutating func check(_ track: Track, _ file: URL, _ entries: [Ledger.Entry]) throws {
        let last = entries.max { $0.sequence < $1.sequence }
        let places = Dictionary(entries.map { ($0.offset, $0) }) { $0.sequence > $1.sequence ? $0 : $1 }
        replaced += entries.count - places.count
        let isThere = FileManager.default.fileExists(atPath: file.path)
        let handle = isThere ? try FileHandle(forReadingFrom: file) : nil
        for (offset, entry) in places.sorted(by: { $0.key < $1.key }) {
            try handle?.seek(toOffset: UInt64(offset))
            let bytes = [UInt8](try handle?.read(upToCount: entry.length) ?? Data())
            // The write after the last acknowledged one was under way when the writer ended: it may have replaced this.
            let next = last.map { Record(track: track, sequence: $0.sequence + 1) }
            let isNext = next.map { track.offset(of: $0.sequence) == offset && $0.bytes == bytes } ?? false
            if isNext || (bytes.count == entry.length && checksum(bytes) == entry.checksum) {
                intact += 1
            } else {
                let found = isThere ? Record.describe(bytes, of: entry.length) : "no file"
                damages.append(Damage(file: track.file, entry: entry, found: found))
            }
        }
        try handle?.close()
    }
}
