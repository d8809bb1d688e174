import Ceph
import FoundationEssentials
import Testing
import Vocabulary

@testable import Volumes

@Suite struct RBDObjectsTests {
    @Test func encodesAsCephDoes() {
        #expect(RBDObjects.encode("ab") == [2, 0, 0, 0, 0x61, 0x62])
        #expect(
            RBDObjects.encode(["b": "", "a": "xy"]) == [
                2, 0, 0, 0, 1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0x78, 0x79, 1, 0, 0, 0, 0x62, 0, 0, 0, 0,
            ])
    }

    @Test(arguments: ["", "101aa7794be7", String(repeating: "x", count: 300), "ä"])
    func readsBackStrings(text: String) {
        #expect(RBDObjects.decodeString(RBDObjects.encode(text)) == text)
        #expect(RBDObjects.decodeString(RBDObjects.encode(text) + [1, 2]) == text)
    }

    @Test(arguments: [[], [1, 0, 0], [1, 0, 0, 0], [255, 255, 255, 255, 0x61], [1, 0, 0, 0, 0xFF]] as [[UInt8]])
    func refusesWhatIsNoString(bytes: [UInt8]) {
        #expect(RBDObjects.decodeString(bytes) == nil)
    }

    @Test func numbersAreLittleEndian() {
        #expect(RBDObjects.encode(UInt32(0x0102_0304)) == [4, 3, 2, 1])
        #expect(RBDObjects.decode(UInt64.self, [9] + RBDObjects.encode(UInt64.max - 1), at: 1) == UInt64.max - 1)
        #expect(RBDObjects.decode(UInt32.self, [1, 0, 0, 0, 2, 0, 0], at: 4) == nil)
    }

    /// The answers of a real header: exponent and size, features twice, newest snapshot and the list of them.
    private func header(features: ImageFeatures, snapshots: [UInt64] = []) -> RBDHeader? {
        RBDHeader([
            [22] + RBDObjects.encode(UInt64(1 << 30)),
            RBDObjects.encode(features.rawValue) + RBDObjects.encode(UInt64(1)),
            RBDObjects.encode(snapshots.first ?? 0) + RBDObjects.encode(UInt32(snapshots.count))
                + snapshots.flatMap { RBDObjects.encode($0) },
        ])
    }

    @Test(
        arguments: [
            ([.layering], [], true), (.cephDefault, [], true), ([.layering, .dataPool, .striping], [], true),
            ([.layering], [7, 4], false), ([.layering, .operations], [], false), ([.layering, .migrating], [], false),
            ([.layering, .exclusiveLock, .journaling], [], false),
            ([.layering, ImageFeatures(rawValue: 1 << 40)], [], false),
        ] as [(ImageFeatures, [UInt64], Bool)])
    func tellsPlainImages(features: ImageFeatures, snapshots: [UInt64], isPlain: Bool) {
        let header = header(features: features, snapshots: snapshots)
        #expect(header == RBDHeader(size: .gib(1), features: features, hasSnapshots: !snapshots.isEmpty))
        #expect(header?.isPlain == isPlain)
    }

    @Test(arguments: [[], [[], [], []], [[22, 0], [1], [0]]] as [[[UInt8]]])
    func refusesWhatIsNoHeader(outputs: [[UInt8]]) {
        #expect(RBDHeader(outputs) == nil)
    }

    /// An entry that `rbd trash mv` of Ceph 16 wrote for `img`, kept for an hour, but for its mark.
    @Test func trashRecordsAreCephs() {
        let record = TrashRecord(
            name: "img", deleted: Date(timeIntervalSince1970: 1_700_000_000.5), retention: .seconds(3_600))
        let seconds = RBDObjects.encode(UInt32(1_700_000_000)), later = RBDObjects.encode(UInt32(1_700_003_600))
        let half: [UInt8] = [0x00, 0x65, 0xCD, 0x1D]
        #expect(
            record.encoded == [2, 1, 25, 0, 0, 0, 0, 3, 0, 0, 0, 0x69, 0x6D, 0x67] + seconds + half + later + half + [1]
        )
        let brief = TrashRecord(name: "img", deleted: record.deleted, retention: .milliseconds(1))
        #expect(brief.encoded[22..<26].elementsEqual(RBDObjects.encode(UInt32(1_700_000_001))))
    }

    @Test func directoryEntries() throws {
        let uuid = VolumeUUID(named: "a", in: [])
        #expect(DirectoryEntry(Array(uuid.text.utf8)) == .here(uuid))
        #expect(DirectoryEntry(Array("0000000000000003/\(uuid)".utf8)) == .elsewhere(.init(3), uuid))
        for text in ["", "x", "3/\(uuid)", "/\(uuid)", "\(uuid)\n"] {
            #expect(DirectoryEntry(Array(text.utf8)) == .unreadable(Array(text.utf8)))
        }
    }
}
