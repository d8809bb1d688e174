import CRUSH
import ClusterState

extension PoolPlacement {
    /// What is wrong with the pool before anything is lost.
    var before: LossCounts {
        var counts = LossCounts()
        var change = PlacementChange()
        for seed in 0..<Int(pool.pgCount) {
            let members = acting[seed].count { PlacementChange.isOSD($0) }
            let belongs = up[seed * width..<(seed + 1) * width]
            if members < pool.size { counts.degraded.add(1, objects[seed], bytes[seed]) }
            if members < pool.minSize { counts.belowMinSize.add(1, objects[seed], bytes[seed]) }
            if members < needed { counts.lost.add(1, objects[seed], bytes[seed]) }
            change.compare(acting[seed], with: belongs, isPositional: pool.kind == .erasure)
            if !change.arriving.isEmpty || !change.leaving.isEmpty {
                counts.remapped.add(1, objects[seed], bytes[seed])
            }
            let placed = belongs.count { PlacementChange.isOSD($0) }
            if placed < pool.size { counts.homeless.add(1, objects[seed], bytes[seed]) }
            if placed < pool.minSize { counts.stopped.add(1, objects[seed], bytes[seed]) }
            if !change.leaving.isEmpty { counts.misplaced.add(1, objects[seed], bytes[seed]) }
        }
        return counts
    }
}
