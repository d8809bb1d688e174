import CRUSH
import ClusterState
import StateFixtures
import TestSupport
import Vocabulary

/// A cluster as it may be found: uneven, with OSDs down and out, upmaps, PGs in the middle of moving.
enum RandomCluster {
    static func capture(_ random: inout SeededGenerator) -> CephCapture {
        var cluster = SyntheticCluster(
            racks: .random(in: 1...4, using: &random), hostsPerRack: .random(in: 1...4, using: &random),
            osdsPerHost: .random(in: 1...4, using: &random))
        cluster.pools = (0..<Int.random(in: 1...4, using: &random)).map { pool($0, &random) }
        var capture = cluster.cephCapture()
        mendRules(&capture.osdMap, &random)
        unsettle(&capture.osdMap, &random)
        capture.pgs = table(of: capture.osdMap, &random)
        for index in capture.osdUsage?.indices ?? 0..<0 {
            capture.osdUsage?[index].used = .mib(.random(in: 0...1_100_000, using: &random))
        }
        return capture
    }

    private static func pool(_ number: Int, _ random: inout SeededGenerator) -> SyntheticCluster.PoolSpec {
        let domain = ["osd", "host", "rack"].randomElement(using: &random) ?? "host"
        let count = UInt32.random(in: 1...150, using: &random)
        if Bool.random(using: &random) {
            let size = Int.random(in: 1...4, using: &random)
            return .replicated(
                "copies-\(number)", size: size, minSize: .random(in: 1...size, using: &random), pgCount: count,
                failureDomain: domain)
        }
        return .erasure(
            "shards-\(number)", k: .random(in: 2...4, using: &random), m: .random(in: 1...2, using: &random),
            pgCount: count, failureDomain: domain)
    }

    /// Some rules take several times, choose in two steps, or retry over several steps.
    private static func mendRules(_ map: inout OSDMap, _ random: inout SeededGenerator) {
        let root = Rule.Step(.take, -1)
        for number in map.crush.rules.indices {
            guard var rule = map.crush.rules[number], Int.random(in: 0..<3, using: &random) == 0 else { continue }
            let isCopies = rule.kind == .replicated
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let choose = Rule.Step(isCopies ? .chooseLeafFirstN : .chooseLeafIndep, 2, 1)
                rule.steps = [root, choose, Rule.Step(.emit), root, choose, Rule.Step(.emit)]
            case 1:
                rule.steps = [
                    root, Rule.Step(isCopies ? .chooseFirstN : .chooseIndep, 0, 1),
                    Rule.Step(isCopies ? .chooseLeafFirstN : .chooseLeafIndep, 2, 0), Rule.Step(.emit),
                ]
            default:
                rule.kind = isCopies ? .msrFirstN : .msrIndep
                rule.steps = [root, Rule.Step(.chooseMSR, 0, 1), Rule.Step(.chooseMSR, 1, 0), Rule.Step(.emit)]
            }
            map.crush.rules[number] = rule
        }
    }

    private static func unsettle(_ map: inout OSDMap, _ random: inout SeededGenerator) {
        let count = map.osdLimit
        for osd in 0..<count {
            switch Int.random(in: 0..<16, using: &random) {
            case 0: map.states.states[osd].remove(.up)
            case 1: map.states.weights[osd] = .zero
            case 2: map.states.weights[osd] = Weight(raw: .random(in: 1...0xffff, using: &random))
            case 3: map.states.primaryAffinities[osd] = Weight(raw: .random(in: 0...0xffff, using: &random))
            case 4: map.states.states[osd] = []
            default: break
            }
        }
        func anyOSD() -> ItemID { ItemID(Int32.random(in: 0..<Int32(count), using: &random)) }
        for pool in map.sortedPools {
            for seed in 0..<pool.pgCount {
                let pg = PGID(pool: pool.id, seed: seed)
                switch Int.random(in: 0..<20, using: &random) {
                case 0: map.upmapItems[pg] = [OSDMap.UpmapItem(from: anyOSD(), to: anyOSD())]
                case 1:
                    let chosen = Array(Set((0..<pool.size).map { _ in anyOSD() })).sorted()
                    map.upmaps[pg] = chosen
                case 2: map.upmapPrimaries[pg] = anyOSD()
                case 3: map.pgTemp[pg] = [anyOSD()]
                default: break
                }
            }
        }
    }

    /// What the map says, with some PGs served by others, some of them in the middle of recovery.
    private static func table(of map: OSDMap, _ random: inout SeededGenerator) -> PGTable {
        var rows: [PGRow] = []
        for pool in map.sortedPools {
            for (seed, mapping) in PoolMapper(map: map, pool: pool).mappings().enumerated() {
                var row = PGRow(
                    id: PGID(pool: pool.id, seed: UInt32(seed)), up: mapping.up.map(\.value),
                    acting: mapping.acting.map(\.value))
                row.objects = .random(in: 0...1000, using: &random)
                row.bytes = row.objects * .random(in: 0...(4 << 20), using: &random)
                row.omapBytes = .random(in: 0...1000, using: &random)
                if Int.random(in: 0..<12, using: &random) == 0,
                    let place = row.acting.indices.randomElement(using: &random)
                {
                    let other = Int32.random(in: 0..<Int32(map.osdLimit), using: &random)
                    if !row.acting.contains(other) { row.acting[place] = other }
                }
                if Int.random(in: 0..<12, using: &random) == 0 {
                    let whole = row.acting.filter { $0 != OSDSets.none }
                    row.objectLocations = [
                        .init(osds: whole, objects: row.objects / 2),
                        .init(osds: Array(whole.dropFirst()), objects: row.objects - row.objects / 2),
                    ]
                }
                rows.append(row)
            }
        }
        return PGTable(rows)
    }
}
