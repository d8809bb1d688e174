import CRUSH
import ClusterState
import Vocabulary

/// What PGs do to the figures of a scenario: added when a PG is counted, taken away when it is counted anew.
///
/// All is whole numbers, so that sums do not depend on their order.
struct LossTally {
    /// By pool, in the order of the snapshot.
    private(set) var counts: [LossCounts]
    /// Bytes that each OSD gets.
    private(set) var arriving: [Int]
    /// Bytes that each OSD gives away.
    private(set) var leaving: [Int]
    /// PGs that each OSD gets, less those that it gives away.
    private(set) var pgs: [Int]
    private var change = PlacementChange()

    init(pools: Int, osds: Int) {
        counts = Array(repeating: LossCounts(), count: pools)
        arriving = Array(repeating: 0, count: osds)
        leaving = arriving
        pgs = arriving
    }

    /// Adds what another one has counted.
    mutating func add(_ other: LossTally) {
        for pool in counts.indices { counts[pool].add(other.counts[pool]) }
        for osd in arriving.indices {
            arriving[osd] += other.arriving[osd]
            leaving[osd] += other.leaving[osd]
            pgs[osd] += other.pgs[osd]
        }
    }

    /// Counts what happens to a PG.
    ///
    /// - Parameters:
    ///   - number: the place of the pool in the snapshot.
    ///   - new: where the PG belongs when the OSDs are out.
    ///   - sign: 1 to count it, -1 to take that back.
    mutating func count(
        _ pool: PoolPlacement, _ number: Int, _ seed: Int, new: ArraySlice<Int32>, losing lost: LostGroups, sign: Int
    ) {
        let effect = DownEffect(of: pool, seed, losing: lost)
        let objects = sign * pool.objects[seed]
        let bytes = sign * pool.bytes[seed]
        if effect.isDegraded { counts[number].degraded.add(sign, objects, bytes) }
        if effect.isBelowMinSize { counts[number].belowMinSize.add(sign, objects, bytes) }
        if effect.isLost { counts[number].lost.add(sign, sign * effect.lostObjects, sign * effect.lostBytes) }
        let old = pool.up[seed * pool.width..<(seed + 1) * pool.width]
        move(pool, number, seed, from: old, to: new, lost, isGone: effect.isGone, sign)
    }

    /// Counts where a PG goes when a map changes and no OSD is lost.
    mutating func count(_ pool: PoolPlacement, _ number: Int, _ seed: Int, from old: ArraySlice<Int32>) {
        let new = pool.up[seed * pool.width..<(seed + 1) * pool.width]
        move(pool, number, seed, from: old, to: new, LostGroups(groups: [], lost: SIMD2(-2, -2)), isGone: false, 1)
    }

    /// Counts where a PG goes. Of a PG that is gone nothing is copied.
    private mutating func move(
        _ pool: PoolPlacement, _ number: Int, _ seed: Int, from old: ArraySlice<Int32>, to new: ArraySlice<Int32>,
        _ lost: LostGroups, isGone: Bool, _ sign: Int
    ) {
        change.compare(old, with: new, isPositional: pool.pool.kind == .erasure)
        guard !change.arriving.isEmpty || !change.leaving.isEmpty else { return }
        let objects = sign * pool.objects[seed]
        let bytes = sign * pool.bytes[seed]
        counts[number].remapped.add(sign, objects, bytes)
        let placed = new.count { PlacementChange.isOSD($0) }
        if placed < pool.pool.size { counts[number].homeless.add(sign, objects, bytes) }
        if placed < pool.pool.minSize { counts[number].stopped.add(sign, objects, bytes) }
        let share = sign * pool.share(seed)
        for osd in change.arriving where pgs.indices.contains(Int(osd)) {
            pgs[Int(osd)] += sign
            if isGone { continue }
            arriving[Int(osd)] += share
            counts[number].copiesToMove += sign
            counts[number].signedBytesToMove += share
        }
        var isMisplaced = false
        for osd in change.leaving where pgs.indices.contains(Int(osd)) {
            pgs[Int(osd)] -= sign
            if lost.contains(osd) { continue }
            isMisplaced = true
            if !isGone { leaving[Int(osd)] += share }
        }
        if isMisplaced { counts[number].misplaced.add(sign, objects, bytes) }
    }
}

extension PGAmount {
    /// Adds PGs with what is in them.
    mutating func add(_ pgs: Int, _ objects: Int, _ bytes: Int) {
        self.pgs += pgs
        self.objects += objects
        signedBytes += bytes
    }

    mutating func add(_ other: PGAmount) {
        add(other.pgs, other.objects, other.signedBytes)
    }
}

extension LossCounts {
    /// Adds the PGs of another pool, or of another part of the same one.
    mutating func add(_ other: LossCounts) {
        degraded.add(other.degraded)
        belowMinSize.add(other.belowMinSize)
        lost.add(other.lost)
        remapped.add(other.remapped)
        misplaced.add(other.misplaced)
        homeless.add(other.homeless)
        stopped.add(other.stopped)
        copiesToMove += other.copiesToMove
        signedBytesToMove += other.signedBytesToMove
    }
}
