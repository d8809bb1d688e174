import Foundation
import Testing
import Vocabulary

/// That the verification would notice, tried on an ordinary folder.
@Suite(.timeLimit(.minutes(2))) struct VerdictTests {
    /// Something that must not happen to a record, and what the verdict says of it.
    struct Harm: Sendable, CustomStringConvertible {
        var description: String
        var track: Int
        var says: String
        var damaged = 1
        var act: @Sendable (FileHandle, Track, Ledger.Entry) throws -> Void
    }

    static let harms = [
        Harm(description: "a bit is turned", track: 0, says: "begin as record") { file, _, entry in
            try file.seek(toOffset: UInt64(entry.offset + entry.length - 1))
            let byte = try file.read(upToCount: 1)?.first ?? 0
            try file.seek(toOffset: UInt64(entry.offset + entry.length - 1))
            try file.write(contentsOf: Data([byte ^ 1]))
        },
        Harm(description: "the last record was never written", track: 1, says: "0 of 10008 bytes") { file, _, entry in
            try file.truncate(atOffset: UInt64(entry.offset))
        },
        Harm(description: "the end is cut off", track: 2, says: "65528 of 65536 bytes") { file, _, entry in
            try file.truncate(atOffset: UInt64(entry.offset + entry.length - 8))
        },
        Harm(description: "zeros instead of data", track: 0, says: "zeros") { file, _, entry in
            try file.seek(toOffset: UInt64(entry.offset))
            try file.write(contentsOf: Data(repeating: 0, count: entry.length))
        },
        Harm(description: "the record before the last of that place", track: 3, says: "begin as record") {
            file, track, entry in
            let earlier = Record(track: track, sequence: entry.sequence - (track.slots ?? 0))
            try file.seek(toOffset: UInt64(entry.offset))
            try file.write(contentsOf: Data(earlier.bytes))
        },
        Harm(description: "another track's record", track: 0, says: "of track 17") { file, track, entry in
            let stranger = Track(number: 17, file: "", recordSize: track.recordSize, slots: nil)
            try file.seek(toOffset: UInt64(entry.offset))
            try file.write(contentsOf: Data(Record(track: stranger, sequence: entry.sequence).bytes))
        },
    ]

    @Test(arguments: harms) func harmToOneRecordIsSeen(_ harm: Harm) async throws {
        try await Self.written { tracks, folder, ledger in
            let track = tracks[harm.track]
            let entries = try ledger.entries()
            let entry = try #require(entries.last { $0.track == track.number })
            let file = try FileHandle(forUpdating: folder.appending(path: track.file))
            try harm.act(file, track, entry)
            try file.close()
            let verdict = try Verdict(tracks, in: folder, against: entries)
            #expect(verdict.damages.map(\.entry) == [entry])
            #expect(verdict.damages.first?.found.contains(harm.says) == true, "\(verdict.damages)")
        }
    }

    @Test func aLostFileIsEveryRecordOfIt() async throws {
        try await Self.written { tracks, folder, ledger in
            try FileManager.default.removeItem(at: folder.appending(path: tracks[2].file))
            let entries = try ledger.entries()
            let verdict = try Verdict(tracks, in: folder, against: entries)
            #expect(verdict.damages.count == entries.count { $0.track == tracks[2].number })
            #expect(verdict.damages.allSatisfy { $0.found == "no file" })
        }
    }

    @Test func theWriteThatWasUnderWayMayHaveReplacedARecord() async throws {
        try await Self.written { tracks, folder, ledger in
            let entries = try ledger.entries()
            let track = tracks[3]
            let last = try #require(entries.last { $0.track == track.number })
            let file = try FileHandle(forUpdating: folder.appending(path: track.file))
            for (sequence, damages) in [(last.sequence + 1, 0), (last.sequence + 2, 1)] {
                try file.seek(toOffset: UInt64(track.offset(of: sequence)))
                try file.write(contentsOf: Data(Record(track: track, sequence: sequence).bytes))
                #expect(try Verdict(tracks, in: folder, against: entries).damages.count == damages)
            }
            try file.close()
        }
    }

    @Test func aStallIsTheLongestPauseOfAllWriters() {
        let entries = [1, 2, 6, 6, 7, 9].map { second in
            Ledger.Entry(track: 1, sequence: 0, offset: 0, length: 0, checksum: 0, nanoseconds: second * 1_000_000_000)
        }
        func phase(_ begin: Int, _ end: Int) -> Phase { Phase(name: "", begin: .seconds(begin), end: .seconds(end)) }
        #expect(phase(0, 10).longestStall(in: entries) == .seconds(4))
        #expect(phase(4, 5).longestStall(in: entries) == .seconds(4), "it began before and ended after")
        #expect(phase(6, 14).longestStall(in: entries) == .seconds(5), "nothing came at the end")
        #expect(phase(20, 23).longestStall(in: entries) == .seconds(14))
        #expect(phase(2, 7).writes(in: entries) == 4)
    }

    /// Lets the writers write into a folder until the ring has gone round, and checks that nothing is amiss.
    private static func written(_ body: ([Track], URL, Ledger) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-verdict-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tracks = Track.all(from: 1)
        let ledger = try Ledger(folder.appending(path: "ledger"))
        let writers = Writers(tracks, in: folder, ledger: ledger)
        try await writers.moreWrites(1000, "on an ordinary folder", deadline: .in(.seconds(60)))
        try await writers.stop()
        #expect(writers.failures.isEmpty)
        let entries = try ledger.entries()
        let verdict = try Verdict(tracks, in: folder, against: entries)
        #expect(verdict.damages == [])
        #expect(verdict.intact + verdict.replaced == entries.count)
        #expect(verdict.replaced > 0, "the ring has gone round")
        try await body(tracks, folder, ledger)
        try FileManager.default.removeItem(at: folder)
    }
}
