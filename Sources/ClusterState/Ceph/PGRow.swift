public import Vocabulary

/// One PG, to build a ``PGTable`` from.
public struct PGRow: Hashable, Sendable {
    /// The PG.
    public var id: PGID
    /// What it is and does.
    public var state: PGState
    /// Where it belongs.
    public var up: [Int32]
    /// Who serves it.
    public var acting: [Int32]
    /// The first of ``up``; -1 for none.
    public var upPrimary: Int32
    /// Who answers clients; -1 for none.
    public var actingPrimary: Int32
    /// How many objects it holds.
    public var objects: UInt64 = 0
    /// How many bytes they have.
    public var bytes: UInt64 = 0
    /// How many bytes of omap they have.
    public var omapBytes: UInt64 = 0
    /// Copies or shards that are missing.
    public var degraded: UInt64 = 0
    /// Copies or shards that are not where they belong.
    public var misplaced: UInt64 = 0
    /// Objects of which no copy can be found.
    public var unfound: UInt64 = 0
    /// When it was last deep-scrubbed, in seconds since 1970; 0 for never.
    public var lastDeepScrub: Int64 = 0
    /// The epoch at which it last reported.
    public var reportedEpoch: UInt32 = 0
    /// The epoch since which its sets are what they are.
    public var mappingEpoch: UInt32 = 0
    /// OSDs that keep it from going on.
    public var blockedBy: [Int32] = []
    /// OSDs that hold all of its objects, where its primary says so.
    public var complete: [Int32] = []
    /// Where its objects are while some are missing somewhere.
    public var objectLocations: [PGTable.ObjectLocation] = []

    /// A PG of these sets; acting is up unless it is given, and the primaries are the first members.
    public init(id: PGID, state: PGState = [.active, .clean], up: [Int32], acting: [Int32]? = nil) {
        self.id = id
        self.state = state
        self.up = up
        self.acting = acting ?? up
        self.upPrimary = up.first { $0 != OSDSets.none } ?? -1
        self.actingPrimary = self.acting.first { $0 != OSDSets.none } ?? -1
    }
}

extension PGTable {
    /// A table of these PGs in any order; of a PG that comes twice the last row counts.
    public init(_ rows: some Sequence<PGRow>) {
        var last: [PGID: PGRow] = [:]
        for row in rows { last[row.id] = row }
        self.init(sorted: last.values.sorted { $0.id < $1.id })
    }

    /// A table of PGs that are sorted by pool and seed, each once.
    init(sorted rows: [PGRow]) {
        self.init()
        for row in rows { append(row) }
    }

    /// The PG of a row, which must be below ``count``.
    public subscript(row: Int) -> PGRow {
        var result = PGRow(id: id(row), state: states[row], up: Array(up[row]), acting: Array(acting[row]))
        result.upPrimary = upPrimary[row]
        result.actingPrimary = actingPrimary[row]
        result.objects = objects[row]
        result.bytes = bytes[row]
        result.omapBytes = omapBytes[row]
        result.degraded = degraded[row]
        result.misplaced = misplaced[row]
        result.unfound = unfound[row]
        result.lastDeepScrub = lastDeepScrub[row]
        result.reportedEpoch = reportedEpochs[row]
        result.mappingEpoch = mappingEpochs[row]
        result.blockedBy = Array(blockedBy[row])
        result.complete = Array(complete[row])
        result.objectLocations = objectLocations[row] ?? []
        return result
    }

    /// Adds a PG, which must come after all that are there.
    mutating func append(_ row: PGRow) {
        if !row.objectLocations.isEmpty { objectLocations[count] = row.objectLocations }
        pools.append(row.id.pool)
        seeds.append(row.id.seed)
        states.append(row.state)
        up.append(row.up)
        acting.append(row.acting)
        upPrimary.append(row.upPrimary)
        actingPrimary.append(row.actingPrimary)
        objects.append(row.objects)
        bytes.append(row.bytes)
        omapBytes.append(row.omapBytes)
        degraded.append(row.degraded)
        misplaced.append(row.misplaced)
        unfound.append(row.unfound)
        lastDeepScrub.append(row.lastDeepScrub)
        reportedEpochs.append(row.reportedEpoch)
        mappingEpochs.append(row.mappingEpoch)
        blockedBy.append(row.blockedBy)
        complete.append(row.complete)
    }
}
