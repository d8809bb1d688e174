import CRUSH
import ClusterState
import Vocabulary

/// Losses that share no OSD, computed together: every PG that one of them touches is mapped again in one batch.
struct LossRun {
    /// What one loss does to the PGs that it touches.
    struct Remap {
        /// The numbers of these PGs, ascending.
        var pgs: [Int32] = []
        /// Where each belongs afterwards: as many places as its pool has in ``PoolPlacement/up``.
        var up: [Int32] = []
        /// Where each one's places begin in ``up``, and the end.
        var starts: [Int32] = [0]
        /// What CRUSH chooses for each afterwards, as many places as its pool's size; empty unless it is kept.
        var raw: [Int32] = []
        /// The figures.
        var tally: LossTally
    }

    let snapshot: PlacementSnapshot
    let losses: [LossScenario]
    /// The number of the loss of each OSD; -1 for those that are in none.
    let groups: [Int32]

    /// - Parameter losses: no two have an OSD in common.
    init(_ snapshot: PlacementSnapshot, _ losses: [LossScenario]) {
        self.snapshot = snapshot
        self.losses = losses
        var groups = [Int32](repeating: -1, count: snapshot.map.osdLimit)
        for (number, loss) in losses.enumerated() {
            for osd in loss.osds where groups.indices.contains(Int(osd.value)) {
                groups[Int(osd.value)] = Int32(number)
            }
        }
        self.groups = groups
    }

    /// The losses of some of the numbers, each on its own.
    func remaps(_ numbers: Range<Int>) -> [Remap] {
        var touched = numbers.map(touchedPGs)
        let states = numbers.map { self.states(losing: [$0]) }
        var remaps = numbers.map { _ in
            Remap(tally: LossTally(pools: snapshot.pools.count, osds: groups.count))
        }
        for offset in remaps.indices { remaps[offset].pgs.reserveCapacity(touched[offset].count) }
        for number in snapshot.pools.indices {
            var seeds: [Int32] = []
            var lost: [SIMD2<Int32>] = []
            let range = Int32(snapshot.bases[number])..<Int32(snapshot.bases[number + 1])
            let counts = touched.indices.map { offset in
                let mine = touched[offset].prefix { $0 < range.upperBound }
                touched[offset].removeFirst(mine.count)
                for pg in mine { seeds.append(pg - range.lowerBound) }
                let group = Int32(numbers.lowerBound + offset)
                lost.append(contentsOf: repeatElement(SIMD2(group, -2), count: mine.count))
                return mine.count
            }
            let raw = map(number, seeds, lost)
            var start = 0
            for (offset, count) in counts.enumerated() {
                place(
                    number, seeds[start..<start + count], raw, from: start, losing: numbers.lowerBound + offset,
                    states[offset], into: &remaps[offset])
                start += count
            }
        }
        return remaps
    }

    /// What CRUSH chooses for PGs of a pool when groups are lost.
    func map(_ number: Int, _ seeds: [Int32], _ lost: [SIMD2<Int32>]) -> [Int32] {
        let pool = snapshot.pools[number].pool
        return snapshot.mappers[number].map(
            seeds.map { pool.placementSeed(UInt32(bitPattern: $0)) }, weights: snapshot.map.states.weights,
            losses: RuleMapper.Losses(groups: groups, lost: lost))
    }

    /// The states when some of the losses are out.
    func states(losing numbers: [Int]) -> OSDStates {
        var states = snapshot.map.states
        for number in numbers {
            states.markDown(losses[number].osds)
            states.markOut(losses[number].osds)
        }
        return states
    }

    /// Follows the layers over CRUSH for the PGs of a pool that one loss touches, and counts them.
    private func place(
        _ number: Int, _ seeds: ArraySlice<Int32>, _ raw: [Int32], from start: Int, losing loss: Int,
        _ states: OSDStates, into remap: inout Remap
    ) {
        guard !seeds.isEmpty else { return }
        let pool = snapshot.pools[number]
        var layers = snapshot.layers[number]
        layers.states = states
        let groups = LostGroups(groups: self.groups, lost: SIMD2(Int32(loss), -2))
        let size = pool.pool.size
        var mapping = PGMapping()
        raw.withUnsafeBufferPointer { raw in
            for (offset, seed) in seeds.enumerated() {
                let row = (start + offset) * size
                layers.place(
                    UInt32(bitPattern: seed), raw: .init(rebasing: raw[row..<row + size]), into: &mapping)
                let begin = remap.up.count
                remap.up.append(contentsOf: PoolPlacement.members(mapping.up, of: pool.pool))
                remap.starts.append(Int32(remap.up.count))
                remap.pgs.append(Int32(snapshot.bases[number]) + seed)
                remap.tally.count(
                    pool, number, Int(seed), new: remap.up[begin...], losing: groups, sign: 1)
            }
            remap.raw.append(contentsOf: raw[start * size..<(start + seeds.count) * size])
        }
    }

    /// The PGs that a loss touches, ascending, each once; of pools that cannot be done in part all.
    private func touchedPGs(_ number: Int) -> ArraySlice<Int32> {
        var pgs: [Int32] = []
        for osd in losses[number].osds { pgs.append(contentsOf: snapshot.index[osd.value]) }
        for pool in snapshot.pools.indices where snapshot.mapsAll[pool] {
            pgs.append(contentsOf: Int32(snapshot.bases[pool])..<Int32(snapshot.bases[pool + 1]))
        }
        pgs.sort()
        var last: Int32 = -1
        pgs.removeAll { pg in
            defer { last = pg }
            return pg == last
        }
        return pgs[...]
    }
}
