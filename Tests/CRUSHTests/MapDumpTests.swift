import CRUSH
import Foundation
import TestSupport
import Testing

/// The JSON of `ceph osd crush dump`, as crushtool writes it from maps by chance.
@Suite(.enabled(if: CrushTool.path != nil, "crushtool is not installed"))
struct MapDumpTests {
    @Test(arguments: 1...20)
    func aDumpSaysWhatTheBinaryMapSays(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let map = RandomMap.make(using: &generator).mended()
            let answer = try CrushTool.run(["-i", "in", "--dump"], input: map.encoded()).answer
            #expect(answer.status == 0, "seed \(seed): \(answer.errors)")
            let dump = try CrushDump(json: answer.output)
            let doubted = Set(
                dump.doubts.compactMap { doubt -> ItemID? in
                    if case .straws(let bucket) = doubt { bucket } else { nil }
                })
            let straws = map.buckets.compactMap { $0 }.filter { $0.algorithm == 4 }.map(\.id)
            #expect(doubted == Set(straws), "seed \(seed)")
            // Nothing was changed since the map was made, so even the straws are right.
            #expect(MapDifference.between(map, dump.map).isEmpty, "seed \(seed)")
            #expect(dump.map.deviceLimit == map.deviceLimit, "seed \(seed)")
        }
    }

    @Test func largeWeightsOfWeightSetsAreInDoubt() throws {
        let weights = [Weight(raw: 300 << 16 | 1), Weight.one]
        var map = CrushMap()
        map.typeNames = [0: "osd", 1: "root"]
        map.itemNames = [ItemID(-1): "default", ItemID(0): "osd.0", ItemID(1): "osd.1"]
        let bucket = try Bucket(
            making: .straw2, id: ItemID(-1), type: 1, items: [ItemID(0), ItemID(1)], weights: weights,
            strawCalcVersion: 1)
        let isInserted = map.insert(bucket)
        try #require(isInserted)
        map.chooseArgs[3] = [ItemID(-1): CrushMap.Override(weightSets: [weights])]
        let answer = try CrushTool.run(["-i", "in", "--dump"], input: map.encoded()).answer
        let dump = try CrushDump(json: answer.output)
        #expect(dump.doubts == [.roundedWeights(pool: 3, bucket: ItemID(-1))])
    }
}

/// What is wrong with a JSON text is said with its place.
@Suite struct DumpFailureTests {
    static let tunables = """
        "tunables": {"choose_local_tries": 0, "choose_local_fallback_tries": 0, "choose_total_tries": 50, \
        "chooseleaf_descend_once": 1}
        """

    @Test(arguments: [
        ("", "JSON"),
        ("[]", "another kind"),
        ("{}", "there is no 'devices'"),
        (document(buckets: "[{}]"), "buckets[0]: there is no 'id'"),
        (document(buckets: bucket(id: 1)), "buckets[0]: bucket id 1 is not from -1048576 to -1"),
        (document(buckets: bucket(id: -2_000_000_000)), "buckets[0]: bucket id -2000000000 is not"),
        (document(buckets: bucket(alg: "straw3")), "buckets[0]: there is no bucket algorithm 'straw3'"),
        (
            document(rules: "[{\"rule_id\": 0, \"type\": 1, \"steps\": [{\"op\": \"jump\"}]}]"),
            "rules[0].steps[0]: there is no step 'jump'"
        ),
        (
            document(rules: "[{\"rule_id\": 900, \"type\": 1, \"steps\": []}]"),
            "rules[0]: rule number 900 is not from 0 to 255"
        ),
    ])
    func aBadDumpIsRefused(json: String, why: String) {
        let failure = #expect(throws: CrushDump.Failure.self) { try CrushDump(json: Array(json.utf8)) }
        let text = failure.map { "\($0)" } ?? ""
        #expect(text.contains(why), "\(text)")
    }

    static func document(buckets: String = "[]", rules: String = "[]") -> String {
        "{\"devices\": [], \"types\": [], \"buckets\": \(buckets), \"rules\": \(rules), \(tunables)}"
    }

    static func bucket(id: Int = -1, alg: String = "straw2") -> String {
        """
        [{"id": \(id), "name": "a", "type_id": 1, "weight": 0, "alg": "\(alg)", "hash": "rjenkins1", "items": []}]
        """
    }
}
