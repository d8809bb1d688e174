import CRUSH
import ClusterState
import Vocabulary

/// What OSDs hold and can hold before a change, with the moves that are under way already done.
struct OSDBaseline: Sendable {
    /// Used bytes by OSD.
    var used: [Int]
    /// The size of each OSD's store; 0 where it is not known.
    var total: [Int]
    /// How many PGs have each OSD in their up set.
    var pgs: [Int]
    /// The size that each OSD's weight in the CRUSH map stands for: 1.0 is a TiB.
    var sizeByWeight: [Int]
    /// OSDs that exist.
    var exists: [Bool]
    /// How many bytes a second each OSD recovers; see ``RecoveryModel``.
    var rates: [Double]
    /// Above this many PGs an OSD takes no more.
    var pgLimit: Int
    /// The full ratios of the map: nearfull, backfillfull, full.
    var ratios: (near: Double, backfill: Double, full: Double)

    init(of pools: [PoolPlacement], _ capture: CephCapture) {
        let map = capture.osdMap
        let count = map.osdLimit
        used = Array(repeating: 0, count: count)
        total = used
        pgs = used
        sizeByWeight = used
        for bucket in map.crush.buckets.lazy.compactMap({ $0 }) {
            for (place, item) in bucket.items.enumerated() where sizeByWeight.indices.contains(Int(item.value)) {
                sizeByWeight[Int(item.value)] = Int(bucket.weight(at: place).raw) << 24
            }
        }
        exists = map.states.states.map { $0.contains(.exists) }
        for usage in capture.osdUsage ?? [] where (0..<count).contains(Int(usage.osd.value)) {
            used[Int(usage.osd.value)] = Int(clamping: usage.used.bytes)
            total[Int(usage.osd.value)] = Int(clamping: usage.total.bytes)
        }
        let configuration = capture.configuration
        let limit = Double(configuration[.monMaxPGPerOSD]) * configuration[.maxPGPerOSDHardRatio]
        pgLimit = Int(max(0, min(limit, 1e9)))
        ratios = (Double(map.nearFullRatio), Double(map.backfillFullRatio), Double(map.fullRatio))
        let model = RecoveryModel(of: capture)
        rates = (0..<count).map { model.bytesPerSecond(OSDID(Int32($0))) }
        for pool in pools { add(pool) }
    }

    /// Counts the PGs of a pool, and does the moves from acting to up.
    private mutating func add(_ pool: PoolPlacement) {
        var change = PlacementChange()
        for seed in 0..<Int(pool.pool.pgCount) {
            let up = pool.up[seed * pool.width..<(seed + 1) * pool.width]
            for osd in up where exists.indices.contains(Int(osd)) { pgs[Int(osd)] += 1 }
            change.compare(pool.acting[seed], with: up, isPositional: pool.pool.kind == .erasure)
            let share = pool.share(seed)
            for osd in change.arriving where used.indices.contains(Int(osd)) { used[Int(osd)] += share }
            for osd in change.leaving where used.indices.contains(Int(osd)) { used[Int(osd)] -= share }
        }
    }
}

/// Who comes and who goes when a PG's set of OSDs changes.
struct PlacementChange {
    /// OSDs that get a copy or shard.
    private(set) var arriving: [Int32] = []
    /// OSDs that had one, and are to have none, or another shard.
    private(set) var leaving: [Int32] = []

    /// Compares sets that end at ``RuleMapper/absent``.
    ///
    /// - Parameter isPositional: whether the place is the shard, so that an OSD that changes places counts twice.
    mutating func compare(_ old: ArraySlice<Int32>, with new: ArraySlice<Int32>, isPositional: Bool) {
        arriving.removeAll(keepingCapacity: true)
        leaving.removeAll(keepingCapacity: true)
        if isPositional {
            for place in 0..<max(old.count, new.count) {
                let was = place < old.count ? old[old.startIndex + place] : OSDSets.none
                let isNow = place < new.count ? new[new.startIndex + place] : OSDSets.none
                guard was != isNow else { continue }
                if Self.isOSD(isNow) { arriving.append(isNow) }
                if Self.isOSD(was) { leaving.append(was) }
            }
        } else {
            for osd in new where Self.isOSD(osd) && !old.contains(osd) { arriving.append(osd) }
            for osd in old where Self.isOSD(osd) && !new.contains(osd) { leaving.append(osd) }
        }
    }

    /// Whether a place of a set holds an OSD.
    @inline(__always)
    static func isOSD(_ value: Int32) -> Bool { value >= 0 && value != OSDSets.none }
}
