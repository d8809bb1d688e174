import TestSupport

/// A file that a writer fills with records of one size, one after the other.
struct Track: Hashable, Sendable {
    /// What tells it from all other tracks of a run. Its records follow from it.
    let number: UInt64
    /// The file's name on the volume.
    let file: String
    /// Bytes of a record; a multiple of eight.
    let recordSize: Int
    /// After how many records the writer begins again at the file's start; nil: never, each record is appended.
    let slots: UInt64?

    /// Where a record goes, in bytes from the file's start.
    func offset(of sequence: UInt64) -> Int {
        Int(slots.map { sequence % $0 } ?? sequence) * recordSize
    }

    /// What a file system can get wrong in different ways: blocks that are appended, records that end in the middle of a
    /// block which the next one writes again, whole runs of blocks, and blocks that are replaced for ever.
    static func all(from number: UInt64) -> [Track] {
        [
            Track(number: number, file: "\(number).blocks", recordSize: 4096, slots: nil),
            Track(number: number + 1, file: "\(number + 1).odd", recordSize: 10_008, slots: nil),
            Track(number: number + 2, file: "\(number + 2).runs", recordSize: 65_536, slots: nil),
            Track(number: number + 3, file: "\(number + 3).ring", recordSize: 4096, slots: 64),
        ]
    }
}

/// One record of a track. Its bytes follow from the track's number and its own: no two records of a run are alike.
struct Record: Hashable, Sendable {
    let track: Track
    /// From zero, in the order in which the track is written.
    let sequence: UInt64

    /// The record's bytes: a mark, the track, the sequence number, and then what a generator makes of these.
    var bytes: [UInt8] {
        var words = [Self.mark, track.number, sequence]
        var generator = SeededGenerator(seed: track.number << 40 | sequence)
        while words.count < track.recordSize / 8 { words.append(generator.next()) }
        return words.withUnsafeBytes(Array.init)
    }

    private static let mark: UInt64 = 0x686F_6C64_6661_7374

    /// What a record's place holds, in words, by the mark at its beginning.
    static func describe(_ bytes: [UInt8], of size: Int) -> String {
        if bytes.count < size { return "\(bytes.count) of \(size) bytes" }
        if bytes.allSatisfy({ $0 == 0 }) { return "zeros" }
        let words = bytes.withUnsafeBytes { memory in
            (0..<3).map { memory.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        return words[0] == mark ? "bytes that begin as record \(words[2]) of track \(words[1])" : "foreign bytes"
    }
}

/// A checksum of 64 bits that any changed, missing or exchanged byte changes (FNV-1a over words of eight bytes).
func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { memory in
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(memory.count)
        for start in stride(from: 0, to: memory.count - 7, by: 8) {
            sum = (sum ^ memory.loadUnaligned(fromByteOffset: start, as: UInt64.self)) &* 0x100_0000_01B3
        }
        for byte in memory.suffix(memory.count % 8) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return sum
    }
}
