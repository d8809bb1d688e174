import TestSupport
import Testing
import Vocabulary

@testable import Volumes

@Suite struct VolumeIDTests {
    @Test func spellsWhatCephCSISpells() throws {
        let uuid = try #require(VolumeUUID("8f2a2d2e-9bb0-4a3c-8d10-0242ac110002"))
        let withFsid = try VolumeID(
            clusterID: "4b0c5f1e-2f3a-4c55-9d3b-6a1d7a7c9e01", pool: PoolID(1), uuid: uuid)
        #expect(
            withFsid.description
                == "0001-0024-4b0c5f1e-2f3a-4c55-9d3b-6a1d7a7c9e01-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002"
        )
        let withName = try VolumeID(clusterID: "lab-ns", pool: PoolID(1), uuid: uuid)
        #expect(withName.description == "0001-0006-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002")
    }

    @Test func readsBackWhatItSpells() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let length = Int.random(in: 1...VolumeID.longestClusterID, using: &random)
            let clusterID = String(
                (0..<length).compactMap { _ in Self.clusterIDCharacters.randomElement(using: &random) })
            let pool = PoolID(Int64.random(in: 1 ... .max, using: &random))
            let id = try VolumeID(clusterID: clusterID, pool: pool, uuid: .random(using: &random))
            let text = id.description
            #expect(try VolumeID(parsing: text) == id, "seed \(seed)")
            #expect(text.utf8.count <= 128 && !text.contains("/"), "seed \(seed): \(text)")
        }
    }

    /// Any text that is read is the text that the handle spells: nothing is dropped or normalised.
    @Test func readsNothingThatItWouldSpellOtherwise() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let sample = try VolumeID(clusterID: "a-0024-b", pool: PoolID(77), uuid: .random(using: &random)).description
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(sample.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0x21...0x7E, using: &random), at: index)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                #expect(try VolumeID(parsing: text).description == text, "seed \(seed)")
                read += 1
            } catch {
                #expect(error.code == .invalidArgument, "seed \(seed): \(text)")
            }
        }
        #expect(read > 0)
    }

    @Test(arguments: [
        ("", "its version"),
        ("junk", "its version"),
        ("0002-0006-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its version"),
        ("0001-6-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its second part"),
        ("0001-00Z6-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its second part"),
        ("0001-0007-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its clusterID"),
        ("0001-ffff-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its clusterID"),
        ("0001-0000--0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its clusterID"),
        ("0001-0006-lab-ns-000000000000000g-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its pool number"),
        ("0001-0006-lab-ns-0000000000000000-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its pool number"),
        ("0001-0006-lab-ns-ffffffffffffffff-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "its pool number"),
        ("0001-0006-lab-ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac11000z", "its last part"),
        ("0001-0006-lab-ns-0000000000000001-8f2a2d2e_9bb0-4a3c-8d10-0242ac110002", "its last part"),
        ("0001-0006-lab/ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "a slash"),
        ("0001-0006-lab ns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "a space"),
        ("0001-0006-läbns-0000000000000001-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "outside ASCII"),
        (String(repeating: "0", count: 4_000_000), "longer than 128 bytes"),
    ])
    func tellsWhichPartIsWrong(text: String, part: String) {
        let error = #expect(throws: VolumeError.self) { try VolumeID(parsing: text) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect((error?.message.utf8.count ?? .max) < 400)
    }

    @Test(arguments: ["", "a/b", "a b", "\u{0}", "ä", String(repeating: "x", count: 65)])
    func refusesClusterIDsThatMakeNoHandle(clusterID: String) throws {
        let uuid = try #require(VolumeUUID("8f2a2d2e-9bb0-4a3c-8d10-0242ac110002"))
        let error = #expect(throws: VolumeError.self) {
            try VolumeID(clusterID: clusterID, pool: PoolID(1), uuid: uuid)
        }
        #expect(error?.key == "clusterID")
    }

    private static let clusterIDCharacters = Array(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+")
}

extension VolumeUUID {
    /// A random UUID.
    static func random(using random: inout SeededGenerator) -> VolumeUUID {
        VolumeUUID(named: "\(random.next())", in: [])
    }
}
