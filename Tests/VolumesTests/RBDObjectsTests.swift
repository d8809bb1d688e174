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

    @Test func directoryEntries() throws {
        let uuid = VolumeUUID(named: "a", in: [])
        #expect(DirectoryEntry(Array(uuid.text.utf8)) == .here(uuid))
        #expect(DirectoryEntry(Array("0000000000000003/\(uuid)".utf8)) == .elsewhere(.init(3), uuid))
        for text in ["", "x", "3/\(uuid)", "/\(uuid)", "\(uuid)\n"] {
            #expect(DirectoryEntry(Array(text.utf8)) == .unreadable(Array(text.utf8)))
        }
    }
}
