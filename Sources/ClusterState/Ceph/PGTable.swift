public import Vocabulary

/// Every PG, in columns: a row a PG, sorted by pool and seed, each PG once.
///
/// 160,000 PGs take about 20 MB. All columns have ``count`` entries. Source: `pg_stats` of `ceph pg dump`.
public struct PGTable: Hashable, Sendable {
    /// A place in which some of a PG's objects are whole while others are not (`object_location_counts`).
    public struct ObjectLocation: Hashable, Sendable {
        /// The OSDs that hold these objects.
        public var osds: [Int32]
        /// How many objects they are.
        public var objects: UInt64

        /// A place.
        public init(osds: [Int32], objects: UInt64) {
            self.osds = osds
            self.objects = objects
        }
    }

    /// The pool of each PG.
    public internal(set) var pools: [PoolID] = []
    /// Which of the pool's PGs it is.
    public internal(set) var seeds: [UInt32] = []
    /// What it is and does.
    public var states: [PGState] = []
    /// Where it belongs.
    public var up = OSDSets()
    /// Who serves it.
    public var acting = OSDSets()
    /// The first of those where it belongs; -1 for none.
    public var upPrimary: [Int32] = []
    /// Who answers clients; -1 for none.
    public var actingPrimary: [Int32] = []
    /// How many objects it holds, each counted once.
    public var objects: [UInt64] = []
    /// How many bytes they have, each counted once: of an EC pool the sum before coding.
    public var bytes: [UInt64] = []
    /// How many bytes of omap they have.
    public var omapBytes: [UInt64] = []
    /// Copies or shards that are missing.
    public var degraded: [UInt64] = []
    /// Copies or shards that are not where they belong.
    public var misplaced: [UInt64] = []
    /// Objects of which no copy can be found.
    public var unfound: [UInt64] = []
    /// When it was last deep-scrubbed, in seconds since 1970; 0 for never.
    public var lastDeepScrub: [Int64] = []
    /// The epoch at which it last reported.
    public var reportedEpochs: [UInt32] = []
    /// The epoch since which its sets are what they are.
    public var mappingEpochs: [UInt32] = []
    /// OSDs that keep it from going on.
    public var blockedBy = OSDSets()
    /// OSDs that hold all of its objects, where its primary says so: only while some are missing somewhere.
    public var complete = OSDSets()
    /// Where its objects are while some are missing somewhere, by row; rows that are not here said nothing.
    public var objectLocations: [Int: [ObjectLocation]] = [:]

    /// No PGs.
    public init() {}

    /// How many PGs there are.
    public var count: Int { seeds.count }

    /// The name of the PG of a row.
    public func id(_ row: Int) -> PGID {
        PGID(pool: pools[row], seed: seeds[row])
    }

    /// The row of a PG, if it is there.
    public func row(of id: PGID) -> Int? {
        let row = firstRow { self.id($0) >= id }
        return row < count && self.id(row) == id ? row : nil
    }

    /// The rows of a pool; empty for a pool without PGs.
    public func rows(of pool: PoolID) -> Range<Int> {
        firstRow { pools[$0] >= pool }..<firstRow { pools[$0] > pool }
    }

    /// The first row for which `isReached` holds; it must hold for all rows after one for which it does.
    private func firstRow(where isReached: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
