public import CRUSH
import Vocabulary

extension CaptureConsistency {
    /// How the parts of a capture fit together: the map before all else was read, the one after it, and the PGs.
    public init(before: OSDMap, after: OSDMap, pgs: PGTable?) {
        self.init()
        epochBefore = before.epoch
        epochAfter = after.epoch
        movedInBetween = !before.placesLike(after)
        guard let pgs else { return }
        var oldest: UInt32?
        for row in 0..<pgs.count where !pgs.states[row].isUnknown && !pgs.states[row].contains(.stale) {
            let reported = pgs.reportedEpochs[row]
            oldest = min(oldest ?? reported, reported)
            if !before.hasBeenSeen(by: pgs, row) { stalePGs += 1 }
        }
        oldestReport = oldest ?? 0
    }

    /// Whether reading again would show nothing else: the map did not move PGs, and each has reported on what moved it.
    public var isSettled: Bool { !movedInBetween && stalePGs == 0 }
}

extension OSDMap {
    /// Whether two epochs put every PG at the same place, whatever else changed between them.
    func placesLike(_ other: OSDMap) -> Bool {
        states == other.states && pgTemp == other.pgTemp && primaryTemp == other.primaryTemp
            && upmaps == other.upmaps && upmapItems == other.upmapItems && upmapPrimaries == other.upmapPrimaries
            && pools.keys == other.pools.keys && pools.allSatisfy { $0.value.placesLike(other.pools[$0.key]) }
            && crush == other.crush
    }

    /// Whether a PG has reported since its pool and the OSDs of its up set last changed.
    func hasBeenSeen(by pgs: PGTable, _ row: Int) -> Bool {
        let reported = pgs.reportedEpochs[row]
        guard let pool = pools[pgs.pools[row]], pgs.seeds[row] < pool.pgCount else { return false }
        return pgs.up[row].allSatisfy { number in
            if number == OSDSets.none { return true }
            guard states.isUp(OSDID(number)), osds.indices.contains(Int(number)) else { return false }
            return osds[Int(number)].upFrom <= reported
        }
    }
}

extension Pool {
    fileprivate func placesLike(_ other: Pool?) -> Bool {
        guard let other else { return false }
        return size == other.size && minSize == other.minSize && crushRule == other.crushRule
            && pgCount == other.pgCount && placementCount == other.placementCount
    }
}
