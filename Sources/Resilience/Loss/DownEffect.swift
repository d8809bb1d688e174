import CRUSH
import ClusterState

/// What becomes of a PG while OSDs are down: from who serves it now, before anything has moved.
struct DownEffect {
    /// It has fewer acting members than before.
    var isDegraded = false
    /// It is degraded, and has fewer than `min_size`.
    var isBelowMinSize = false
    /// Objects of it are lost.
    var isLost = false
    /// All of it is lost: there is nothing to copy from.
    var isGone = false
    /// Objects that are lost.
    var lostObjects = 0
    /// Bytes that are lost; of a PG of which some objects are lost in proportion to their number.
    var lostBytes = 0

    init(of pool: PoolPlacement, _ seed: Int, losing lost: LostGroups) {
        var before = 0
        var left = 0
        for place in Int(pool.acting.offsets[seed])..<Int(pool.acting.offsets[seed + 1]) {
            let osd = pool.acting.values[place]
            guard PlacementChange.isOSD(osd) else { continue }
            before += 1
            if !lost.contains(osd) { left += 1 }
        }
        isDegraded = left < before
        isBelowMinSize = isDegraded && left < pool.pool.minSize
        if !pool.locations.isEmpty, let locations = pool.locations[seed] {
            lose(locations, of: pool, seed, lost)
        } else if isDegraded, before >= pool.needed, left < pool.needed {
            isLost = true
            isGone = true
            lostObjects = pool.objects[seed]
            lostBytes = pool.bytes[seed]
        }
    }

    /// A PG that says where its objects are: a member that serves it may lack some, and a former member may have some.
    private mutating func lose(
        _ locations: [PGTable.ObjectLocation], of pool: PoolPlacement, _ seed: Int, _ lost: LostGroups
    ) {
        var hasWholeOne = false
        for location in locations {
            let left = location.osds.count { !lost.contains($0) }
            if left >= pool.needed {
                hasWholeOne = true
            } else if location.osds.count >= pool.needed {
                isLost = true
                lostObjects += Int(clamping: location.objects)
            }
        }
        isGone = !hasWholeOne
        lostObjects = min(lostObjects, pool.objects[seed])
        guard pool.objects[seed] > 0 else { return }
        let share = Double(lostObjects) / Double(pool.objects[seed])
        lostBytes = isGone ? pool.bytes[seed] : Int(Double(pool.bytes[seed]) * share)
    }
}
