import CRUSH
public import ClusterState
import Vocabulary

/// Where every PG of a capture is, and which PGs each OSD has to do with: what all what-ifs are computed from.
///
/// Made once, a value. Where PGs belong is computed from the OSDMap; who serves them, and how much is in them, is what the
/// PG table says, or, without one, what the map says and what the pools' usage is.
public struct PlacementSnapshot: Sendable {
    /// The capture that this was made of.
    public let capture: CephCapture
    /// The failure domains of its map.
    public let domains: FailureDomains
    /// What is wrong before anything is lost: `degraded`, `belowMinSize` and `lost` (what Ceph calls unfound, or PGs without
    /// enough members), `remapped` (acting is not up), `homeless`.
    public let before: LossCounts

    let pools: [PoolPlacement]
    let mappers: [RuleMapper]
    let layers: [PlacementLayers]
    /// Pools whose PGs must all be mapped again, whatever is lost.
    let mapsAll: [Bool]
    /// The number of the first PG of each pool, and of all PGs at the end: PGs are numbered through.
    let bases: [Int]
    let index: TouchIndex
    let osds: OSDBaseline

    /// How many PGs there are.
    public var pgCount: Int { bases.last ?? 0 }

    var map: OSDMap { capture.osdMap }

    /// Maps every PG, on all cores.
    ///
    /// Cancellation: pools that are not mapped then have PGs without OSDs; the caller throws the value away.
    ///
    /// - Parameter workers: how many threads there may be.
    public init(of capture: CephCapture, workers: Int = 4) async {
        let map = capture.osdMap
        let sorted = map.sortedPools
        var mappers: [RuleMapper] = []
        var layers: [PlacementLayers] = []
        var placements: [PoolPlacement] = []
        for pool in sorted {
            let mapper = RuleMapper(
                map: map.crush, rule: pool.crushRule, resultMax: pool.size,
                overrides: map.crush.overrides(for: pool.id.value))
            let above = PlacementLayers(map: map, pool: pool)
            let raw = await mapper.mapConcurrently(
                pool.placementSeeds, weights: map.states.weights, workers: workers)
            placements.append(PoolPlacement(of: pool, raw: raw, layers: above, in: capture))
            mappers.append(mapper)
            layers.append(above)
        }
        self.capture = capture
        domains = FailureDomains(of: capture)
        pools = placements
        self.mappers = mappers
        self.layers = layers
        mapsAll = sorted.map { !PoolPlacement.isIncremental(map.crush.rule($0.crushRule)) }
        bases = sorted.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int($1.pgCount)) }
        index = TouchIndex(of: placements, osds: map.osdLimit)
        osds = OSDBaseline(of: placements, capture)
        before = placements.reduce(into: LossCounts()) { $0.add($1.before) }
    }
}

/// Which PGs have to do with each OSD: they were mapped to it, are served by it, have an upmap that names it, or keep
/// objects on it.
struct TouchIndex: Sendable {
    /// The numbers of PGs, OSD after OSD, ascending.
    private var pgs: [Int32]
    /// Where each OSD's begin, and the end.
    private var starts: [Int32]

    init(of pools: [PoolPlacement], osds: Int) {
        var counts = [Int32](repeating: 0, count: osds + 1)
        Self.forEach(pools, osds) { _, osd in counts[Int(osd) + 1] += 1 }
        for osd in 0..<osds { counts[osd + 1] += counts[osd] }
        starts = counts
        var pgs = [Int32](repeating: 0, count: Int(counts[osds]))
        Self.forEach(pools, osds) { pg, osd in
            pgs[Int(counts[Int(osd)])] = Int32(pg)
            counts[Int(osd)] += 1
        }
        self.pgs = pgs
    }

    /// The PGs of an OSD; none for a number beyond the end.
    subscript(osd: Int32) -> ArraySlice<Int32> {
        guard osd >= 0, Int(osd) + 1 < starts.count else { return [] }
        return pgs[Int(starts[Int(osd)])..<Int(starts[Int(osd) + 1])]
    }

    private static func forEach(_ pools: [PoolPlacement], _ limit: Int, _ body: (Int, Int32) -> Void) {
        var base = 0
        var members: [Int32] = []
        for pool in pools {
            for seed in 0..<Int(pool.pool.pgCount) {
                pool.members(of: seed, below: limit, into: &members)
                for osd in members { body(base + seed, osd) }
            }
            base += Int(pool.pool.pgCount)
        }
    }
}
