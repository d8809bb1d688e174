import CRUSH
import Ceph
import Foundation
import LabSupport
import TestSupport
import Testing
import Vocabulary

/// Every PG of a real cluster, mapped here from the cluster's own map, is where `pg dump` of that epoch says it is.
///
/// One cluster of the suite's own, of the release that `HOLDFAST_CEPH_RELEASE` names (16 if it is not set). Pools of
/// all kinds are made in it by chance, then upmaps, reweights, primary affinities, OSDs that are out and down; the seed
/// is printed, and `HOLDFAST_CRUSH_SEED` repeats it.
@Suite(.startsCeph, .serialized, .timeLimit(.minutes(15))) struct PlacementTests {
    @Test func everyPGIsWhereTheClusterSaysItIs() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["HOLDFAST_CRUSH_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)
        var options = CephLab.Options()
        options.hosts = 4
        options.hasManager = true
        options.release = environment["HOLDFAST_CEPH_RELEASE"].flatMap(Int.init) ?? 16
        try await CephLab.with(options, deadline: .in(.seconds(300))) { lab in
            try await withCluster(ClusterConfiguration(confFile: lab.conf)) { cluster in
                var run = PlacementRun(lab: lab, cluster: cluster, generator: SeededGenerator(seed: seed))
                try await run.makePools()
                try await run.compare("new pools")
                try await run.setUpmaps()
                try await run.compare("upmaps")
                try await run.setWeights()
                try await run.compare("reweights and primary affinities")
                try await run.takeOut()
                try await run.compare("an OSD is out")
                try await run.takeDown()
                try await run.compare("an OSD is down, another one out")
                try await run.bringBack()
                try await run.compare("all are back")
                print("Ceph \(options.release): \(run.compared) PGs compared in 6 states, seed \(seed)")
                #expect(run.compared > 6 * 60)
            }
        }
    }
}

/// The steps, and the comparison after each.
private struct PlacementRun {
    let lab: CephLab
    let cluster: Cluster
    var generator: SeededGenerator
    /// How many PGs were compared so far.
    var compared = 0

    // MARK: Steps

    mutating func makePools() async throws {
        try await lab.ceph(["osd", "erasure-code-profile", "set", "two-one", "k=2", "m=1"])
        try await lab.ceph(
            ["osd", "erasure-code-profile", "set", "four-two", "k=4", "m=2", "crush-failure-domain=osd"])
        for (number, size) in [2, 3, 4].enumerated() {
            let count = draw(3...40)
            let name = "copies-\(number)"
            // The last pool's PGs are not all placed apart.
            let placed = number == 2 ? draw(2...count) : count
            try await lab.ceph(["osd", "pool", "create", name, "\(count)", "\(placed)", "replicated"])
            try await lab.ceph(["osd", "pool", "set", name, "size", "\(size)"])
        }
        try await lab.ceph(
            ["osd", "pool", "set", "copies-1", "hashpspool", "false", "--yes-i-really-mean-it"])
        for profile in ["two-one", "four-two"] {
            let count = "\(draw(3...25))"
            try await lab.ceph(["osd", "pool", "create", "shards-\(profile)", count, count, "erasure", profile])
        }
    }

    /// Upmaps for about a quarter of the PGs; the monitors drop those that break the rule's failure domain.
    mutating func setUpmaps() async throws {
        try await lab.ceph(["osd", "set-require-min-compat-client", "luminous"])
        let map = try await map()
        for (pgid, mapping) in Self.mappings(of: map).sorted(by: { $0.key < $1.key }) where chance(25) {
            let up = mapping.up.filter { $0 != .none }.map(\.value)
            let others = (0..<Int32(map.osdLimit)).filter { !up.contains($0) }
            guard let from = up.randomElement(using: &generator), let to = others.randomElement(using: &generator)
            else { continue }
            if chance(30) {
                let whole = up.map { $0 == from ? to : $0 }.map(String.init)
                try await lab.ceph(["osd", "pg-upmap", "\(pgid)"] + whole)
            } else {
                try await lab.ceph(["osd", "pg-upmap-items", "\(pgid)", "\(from)", "\(to)"])
            }
        }
        let kept = try await self.map()
        #expect(!kept.upmaps.isEmpty && !kept.upmapItems.isEmpty)
    }

    mutating func setWeights() async throws {
        for osd in [0, 3, 5] {
            try await lab.ceph(["osd", "reweight", "\(osd)", "0.\(draw(3...9))"])
        }
        for osd in [1, 2, 5, 7] {
            try await lab.ceph(["osd", "primary-affinity", "\(osd)", chance(30) ? "0" : "0.\(draw(1...9))"])
        }
    }

    func takeOut() async throws {
        try await lab.ceph(["osd", "out", "1"])
    }

    /// An OSD that is marked down and may not come up again: it runs on, and loses nothing.
    func takeDown() async throws {
        try await lab.ceph(["osd", "set", "noup"])
        try await lab.ceph(["osd", "down", "6"])
        try await eventually("osd.6 is down") { try await !map().states.isUp(OSDID(6)) }
    }

    func bringBack() async throws {
        try await lab.ceph(["osd", "unset", "noup"])
        try await lab.ceph(["osd", "in", "1"])
        try await eventually("osd.6 is up", deadline: .in(.seconds(60))) { try await map().states.isUp(OSDID(6)) }
    }

    private mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func chance(_ percent: Int) -> Bool { draw(0...99) < percent }

    // MARK: Comparison

    /// What was seen once: the epoch before and after, and the PGs that are elsewhere.
    private struct Sight: CustomStringConvertible {
        var epochs: (before: UInt32, after: UInt32)
        var count: Int
        var differences: [String]

        var isSettled: Bool { epochs.before == epochs.after && differences.isEmpty }
        var description: String {
            "epochs \(epochs.before) and \(epochs.after), \(count) PGs, \(differences.count) differ: "
                + differences.prefix(10).joined(separator: "; ")
        }
    }

    /// Waits until all PGs have told where they are by the newest map, which must be where they are mapped to here.
    ///
    /// A PG tells it some seconds after the map has changed; one that never does differs.
    mutating func compare(_ state: String) async throws {
        let sight = try await eventually(state, deadline: .in(.seconds(150)), every: .milliseconds(500)) {
            try await look()
        } until: {
            $0.isSettled
        }
        print("\(state): epoch \(sight.epochs.after), \(sight.count) PGs")
        compared += sight.count
    }

    private func look() async throws -> Sight {
        let map = try await map()
        let dump = try await lab.ceph(["osd", "dump", "--format", "json"])
        let told = try await toldMappings()
        let after = try await self.map().epoch
        let mapped = Self.mappings(of: map)
        let text = try OSDMap(dump: Array(dump.utf8), crush: map.crush)
        var differences: [String] = []
        if text.epoch == map.epoch, Self.mappings(of: text) != mapped {
            differences.append("the JSON form maps otherwise")
        }
        for pgid in Set(mapped.keys).union(told.keys).sorted() where mapped[pgid] != told[pgid] {
            differences.append(
                "\(pgid): \(Self.text(mapped[pgid])) here, \(Self.text(told[pgid])) there")
        }
        return Sight(epochs: (map.epoch, after), count: mapped.count, differences: differences)
    }

    private func map() async throws -> OSDMap {
        try await OSDMap(decoding: cluster.monCommand(#"{"prefix": "osd getmap"}"#).output)
    }

    private static func mappings(of map: OSDMap) -> [PGID: PGMapping] {
        var mappings: [PGID: PGMapping] = [:]
        for pool in map.sortedPools {
            PoolMapper(map: map, pool: pool).forEach { pgid, _, mapping in mappings[pgid] = copy mapping }
        }
        return mappings
    }

    /// What the PGs have told the manager.
    private func toldMappings() async throws -> [PGID: PGMapping] {
        struct Dump: Decodable {
            struct PG: Decodable {
                var pgid: String
                var up: [Int32]
                var acting: [Int32]
                var upPrimary: Int32
                var actingPrimary: Int32
            }
            var pgStats: [PG]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try await lab.ceph(["pg", "dump", "pgs", "--format", "json"])
        let dump = try decoder.decode(Dump.self, from: Data(text.utf8))
        var mappings: [PGID: PGMapping] = [:]
        for pg in dump.pgStats {
            var mapping = PGMapping()
            mapping.up = pg.up.map { ItemID($0) }
            mapping.acting = pg.acting.map { ItemID($0) }
            mapping.upPrimary = pg.upPrimary < 0 ? nil : OSDID(pg.upPrimary)
            mapping.actingPrimary = pg.actingPrimary < 0 ? nil : OSDID(pg.actingPrimary)
            mappings[try #require(PGID(pg.pgid))] = mapping
        }
        return mappings
    }

    private static func text(_ mapping: PGMapping?) -> String {
        guard let mapping else { return "nothing" }
        func places(_ items: [ItemID]) -> String { "\(items.map(\.value))" }
        return "up \(places(mapping.up)) p\(mapping.upPrimary?.value ?? -1)"
            + " acting \(places(mapping.acting)) p\(mapping.actingPrimary?.value ?? -1)"
    }
}
