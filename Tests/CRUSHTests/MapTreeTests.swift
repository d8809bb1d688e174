import CRUSH
import Testing

@Suite struct MapTreeTests {
    @Test func theTreeIsInTheOrderOfCeph() throws {
        let tree = CrushTree(of: try CrushMap(decoding: try CrushFixture.bytes("small-18.bin")))
        let lines = tree.rows.map {
            "\($0.depth) \($0.type) \($0.name ?? "") \($0.deviceClass ?? "-") \($0.weight.raw)"
        }
        #expect(
            lines == [
                "0 root default - 376832", "1 rack left - 163840", "2 host one - 78643", "3 osd osd.0 hdd 80908",
                "3 osd osd.1 ssd 19", "2 host two - 65536", "3 osd osd.2 - 65536", "1 host three - 212992",
                "2 osd osd.4 hdd 163840",
            ])
        #expect(tree.strays.isEmpty)
    }

    @Test func shadowTreesAreShownOnDemand() throws {
        let map = try CrushMap(decoding: try CrushFixture.bytes("small-18.bin"))
        let shadows = CrushTree(of: map, showingShadows: true).rows.filter { map.isShadow($0.item) }
        #expect(!shadows.isEmpty)
        #expect(shadows.contains { $0.name == "default~ssd" && $0.deviceClass == "ssd" })
        #expect(CrushTree(of: map).rows.allSatisfy { !map.isShadow($0.item) })
    }

    @Test func weightSetsAreShownPerPool() throws {
        let map = try CrushMap(decoding: try CrushFixture.bytes("small-18.bin"))
        let row = CrushTree(of: map).rows.first { $0.name == "osd.1" }
        #expect(row?.overrides == [-1: Weight(raw: 0x4000)])
    }

    /// Each bucket holds the next one twice over two others: 2 to the 40 paths.
    @Test func aTreeWithoutAnEndIsCut() {
        var map = CrushMap()
        for level in Int32(0)..<40 {
            for side in Int32(0)..<2 {
                let next = [ItemID(-2 * level - 3), ItemID(-2 * level - 4)]
                map.buckets.append(
                    Bucket(
                        id: ItemID(-2 * level - 1 - side), type: 1, weight: .one, items: next,
                        content: .straw2(weights: [.one, .one])))
            }
        }
        #expect(CrushTree(of: map).rows.count == CrushTree.rowLimit)
    }
}

@Suite struct MapDifferenceTests {
    let map: CrushMap

    init() throws {
        map = try CrushMap(decoding: try CrushFixture.bytes("small-18.bin"))
    }

    static let changes: [(String, @Sendable (inout CrushMap) -> Void, String)] = [
        ("tunable", { $0.tunables.chooseTotalTries = 100 }, "~ tunable choose_total_tries: 50 -> 100"),
        ("type", { $0.typeNames[11] = "planet" }, "+ type 11: planet"),
        ("class", { $0.deviceClasses[ItemID(2)] = 0 }, "+ device 2: class: hdd"),
        (
            "weight", { $0.buckets[1]?.content = .straw2(weights: [.one, Weight(raw: 19)]) },
            "~ bucket one (-2): item osd.0: weight 1.23456 -> weight 1.00000"
        ),
        ("bucket weight", { $0.buckets[1]?.weight = .one }, "~ bucket one (-2): weight: 1.23485 -> 1.00000"),
        ("rule", { $0.rules[3]?.steps.removeFirst() }, "~ rule 3: steps: set_chooseleaf_tries 5; "),
        ("rule gone", { $0.rules[0] = nil }, "- rule 0: name replicated_ssd, steps take default~ssd; "),
        ("override", { $0.chooseArgs[7] = nil }, "- choose_args 7: bucket default ids -40 -50"),
        ("override ids", { $0.chooseArgs[7]?[ItemID(-1)]?.ids = [ItemID(1), ItemID(2)] }, "-40 -50 -> 1 2"),
    ]

    @Test(arguments: changes.indices)
    func aChangeIsOneDifference(index: Int) {
        let (name, change, line) = Self.changes[index]
        var other = map
        change(&other)
        let differences = MapDifference.between(map, other)
        #expect(differences.count == 1, "\(name): \(differences)")
        #expect(differences.first?.description.contains(line) == true, "\(name): \(differences)")
    }

    @Test func whatDoesNotPlaceDataIsNoDifference() {
        var other = map
        other.extent = .msr
        other.rules[0]?.minimumSize = 9
        other.rules[0]?.steps.append(Rule.Step(.noop))
        other.buckets.append(nil)
        #expect(MapDifference.between(map, other).isEmpty)
    }

    @Test func aNewBucketIsOneDifference() {
        var other = map
        let bucket = Bucket(id: ItemID(-60), type: 1, weight: .zero, items: [], content: .straw2(weights: []))
        let isInserted = other.insert(bucket)
        #expect(isInserted)
        let differences = MapDifference.between(map, other)
        #expect(
            differences.map(\.description) == [
                "+ bucket  (-60): alg straw2, hash 0, name -60, order , type host, weight 0.00000"
            ])
    }
}
