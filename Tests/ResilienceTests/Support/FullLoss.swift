import CRUSH
import ClusterState
import Vocabulary

@testable import Resilience

/// What a loss does, computed the long way: every PG is mapped again, and nothing is reused.
struct FullLoss {
    let capture: CephCapture
    let scenario: LossScenario

    private var map: OSDMap { capture.osdMap }
    private var gone: Set<Int32> { Set(scenario.osds.map(\.value)) }

    /// A PG with all that is known of it.
    private struct PG {
        var pool: Pool
        var k: Int
        var acting: [Int32]
        var before: [Int32]
        var after: [Int32]
        var objects: Int
        var bytes: Int
        var locations: [PGTable.ObjectLocation]

        var isPositional: Bool { pool.kind == .erasure }
        var had: Int { places(acting).count }
        var share: Int { isPositional ? (bytes + k - 1) / k : bytes }

        /// OSD and place of each copy or shard; the place of a copy is always 0.
        func places(_ set: [Int32]) -> Set<SIMD2<Int32>> {
            Set(
                set.enumerated().filter { $1 != OSDSets.none }.map { SIMD2($1, Int32(isPositional ? $0 : 0)) })
        }
    }

    func counts() -> [PoolID: LossCounts] {
        var result = map.pools.mapValues { _ in LossCounts() }
        for pg in pgs() {
            let amount = PGAmount(1, pg.objects, pg.bytes)
            let (had, left) = (pg.had, left(of: pg))
            var counts = LossCounts()
            if left < had { counts.degraded.add(amount) }
            if left < had, left < pg.pool.minSize { counts.belowMinSize.add(amount) }
            if let lost = lostPart(of: pg) { counts.lost.add(PGAmount(1, lost.objects, lost.bytes)) }
            let isGone = isGone(pg)
            let (old, new) = (pg.places(pg.before), pg.places(pg.after))
            if old != new {
                counts.remapped.add(amount)
                if new.count < pg.pool.size { counts.homeless.add(amount) }
                if new.count < pg.pool.minSize { counts.stopped.add(amount) }
            }
            if old.subtracting(new).contains(where: { !gone.contains($0.x) }) { counts.misplaced.add(amount) }
            if !isGone {
                counts.copiesToMove = new.subtracting(old).count
                counts.signedBytesToMove = new.subtracting(old).count * pg.share
            }
            result[pg.pool.id, default: LossCounts()].add(counts)
        }
        return result
    }

    /// Used bytes and PGs of each OSD afterwards, and what it has to write.
    func load() -> (used: [Int32: Int], pgs: [Int32: Int], written: [Int32: Int]) {
        var used: [Int32: Int] = [:]
        var pgs: [Int32: Int] = [:]
        var written: [Int32: Int] = [:]
        for usage in capture.osdUsage ?? [] { used[usage.osd.value] = Int(usage.used.bytes) }
        for pg in self.pgs() {
            for place in pg.places(pg.after) { pgs[place.x, default: 0] += 1 }
            let (acting, old, new) = (pg.places(pg.acting), pg.places(pg.before), pg.places(pg.after))
            for place in old.subtracting(acting) { used[place.x, default: 0] += pg.share }
            for place in acting.subtracting(old) { used[place.x, default: 0] -= pg.share }
            if isGone(pg) { continue }
            for place in new.subtracting(old) {
                used[place.x, default: 0] += pg.share
                written[place.x, default: 0] += pg.share
            }
            for place in old.subtracting(new) { used[place.x, default: 0] -= pg.share }
        }
        return (used, pgs, written)
    }

    private func lostPart(of pg: PG) -> (objects: Int, bytes: Int)? {
        if pg.locations.isEmpty {
            guard pg.had >= pg.k, isGone(pg) else { return nil }
            return (pg.objects, pg.bytes)
        }
        let lost = pg.locations.filter { $0.osds.count >= pg.k && $0.osds.count { !gone.contains($0) } < pg.k }
        guard !lost.isEmpty else { return nil }
        let objects = min(pg.objects, lost.reduce(0) { $0 + Int($1.objects) })
        if pg.objects == 0 { return (0, 0) }
        if isGone(pg) { return (objects, pg.bytes) }
        return (objects, Int(Double(pg.bytes) * (Double(objects) / Double(pg.objects))))
    }

    private func isGone(_ pg: PG) -> Bool {
        if !pg.locations.isEmpty {
            return pg.locations.allSatisfy { $0.osds.count { !gone.contains($0) } < pg.k }
        }
        return pg.had >= pg.k && left(of: pg) < pg.k && left(of: pg) < pg.had
    }

    private func left(of pg: PG) -> Int { pg.places(pg.acting).count { !gone.contains($0.x) } }

    private func pgs() -> [PG] {
        var states = map.states
        states.markDown(scenario.osds)
        states.markOut(scenario.osds)
        return map.sortedPools.flatMap { pool in
            let before = PoolMapper(map: map, pool: pool).mappings()
            let after = PoolMapper(map: map, pool: pool, states: states).mappings()
            let profile = map.erasureCodeProfiles[pool.erasureCodeProfile]
            let k = pool.kind == .erasure ? profile?["k"].flatMap { Int($0) } ?? 1 : 1
            return before.indices.map { seed in
                let row = capture.pgs?.row(of: PGID(pool: pool.id, seed: UInt32(seed)))
                let row2 = row.flatMap { capture.pgs?[$0] }
                let acting = row2?.acting.map { $0 == OSDSets.none || map.states.isUp(OSDID($0)) ? $0 : OSDSets.none }
                return PG(
                    pool: pool, k: k, acting: acting ?? before[seed].acting.map(\.value),
                    before: before[seed].up.map(\.value), after: after[seed].up.map(\.value),
                    objects: Int(row2?.objects ?? 0), bytes: Int((row2?.bytes ?? 0) + (row2?.omapBytes ?? 0)),
                    locations: row2?.objectLocations ?? [])
            }
        }
    }
}

extension PGAmount {
    init(_ pgs: Int, _ objects: Int, _ bytes: Int) {
        self.init()
        add(pgs, objects, bytes)
    }
}
