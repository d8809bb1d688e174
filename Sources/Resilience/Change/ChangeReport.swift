import CRUSH
import ClusterState
import Vocabulary

/// What a planned change does: where PGs go, and how full OSDs are then.
public struct ChangeReport: Hashable, Sendable {
    /// The pools of the changed map by number; of ``LossCounts`` the part "out" is set.
    public var pools: [PoolLoss]
    /// All pools together.
    public var total: LossCounts
    /// How full the OSDs are once data have moved. A new OSD has the size that its weight says.
    public var load: OSDLoad
    /// How full they would be without the change.
    public var loadBefore: OSDLoad
    /// How long the copying takes; a rule of thumb.
    public var recovery: RecoveryEstimate

    /// A report of these parts.
    public init(
        pools: [PoolLoss], total: LossCounts, load: OSDLoad, loadBefore: OSDLoad, recovery: RecoveryEstimate
    ) {
        self.pools = pools
        self.total = total
        self.load = load
        self.loadBefore = loadBefore
        self.recovery = recovery
    }
}

extension PlacementSnapshot {
    /// What a change does. Every PG is mapped again, on all cores.
    ///
    /// - Throws: ``PlannedChangeError`` when the change does not fit the map.
    public func report(
        of change: PlannedChange, workers: Int = 4
    ) async throws(PlannedChangeError) -> ChangeReport {
        var changed = capture
        changed.osdMap = try map.applying(change)
        changed.osdMapBytes = nil
        let after = await PlacementSnapshot(of: changed, workers: workers)
        var baseline = osds
        baseline.grow(to: after.osds)
        var tally = LossTally(pools: after.pools.count, osds: after.map.osdLimit)
        for (number, pool) in after.pools.enumerated() {
            let old = pools[number]
            for seed in 0..<Int(pool.pool.pgCount) {
                tally.count(pool, number, seed, from: old.up[seed * old.width..<(seed + 1) * old.width])
            }
        }
        let isLost = [Bool](repeating: false, count: after.map.osdLimit)
        let nothing = LossTally(pools: 0, osds: after.map.osdLimit)
        return ChangeReport(
            pools: zip(after.pools, tally.counts).map { placement, counts in
                PoolLoss(pool: placement.pool.id, name: placement.pool.name, counts: counts)
            },
            total: tally.counts.reduce(into: LossCounts()) { $0.add($1) },
            load: OSDLoad(tally, on: baseline, without: isLost),
            loadBefore: OSDLoad(nothing, on: baseline, without: isLost),
            recovery: RecoveryEstimate(tally, on: baseline))
    }
}

extension OSDBaseline {
    /// Adds the OSDs that a change brings: empty, and as large as their weight says.
    fileprivate mutating func grow(to after: OSDBaseline) {
        for osd in total.count..<after.total.count {
            used.append(0)
            total.append(after.sizeByWeight[osd])
            pgs.append(0)
            exists.append(after.exists[osd])
            rates.append(after.rates[osd])
            sizeByWeight.append(after.sizeByWeight[osd])
        }
    }
}
