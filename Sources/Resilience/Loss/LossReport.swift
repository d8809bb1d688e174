public import Vocabulary

/// What the loss of a scenario does, in both phases: while what is lost is *down*, and when it is *out*.
///
/// *Down* is about service and data: the acting sets without the lost OSDs; no PG has moved yet. *Out* is about room: CRUSH
/// has chosen other OSDs, and data have been copied there. All PG figures are about PGs that the loss touches; what was
/// wrong before is in ``PlacementSnapshot/before``.
public struct LossReport: Hashable, Sendable {
    /// What is lost.
    public var scenario: LossScenario
    /// What it does to each pool of the map, by the pool's number; pools that it does not touch too.
    public var pools: [PoolLoss]
    /// What it does to all pools together.
    public var total: LossCounts
    /// How full the OSDs that are left are after recovery.
    public var load: OSDLoad
    /// Whether the monitors that are left form a quorum; nil when the capture has no monitors.
    public var quorum: QuorumLoss?
    /// How long the copying takes; a rule of thumb.
    public var recovery: RecoveryEstimate

    /// A report of these parts.
    public init(
        scenario: LossScenario, pools: [PoolLoss], total: LossCounts, load: OSDLoad, quorum: QuorumLoss?,
        recovery: RecoveryEstimate
    ) {
        self.scenario = scenario
        self.pools = pools
        self.total = total
        self.load = load
        self.quorum = quorum
        self.recovery = recovery
    }

    /// Whether PGs lose their data.
    public var losesData: Bool { total.lost.pgs > 0 }
    /// Whether PGs or the monitors stop serving.
    public var stopsService: Bool { total.belowMinSize.pgs > 0 || quorum?.holds == false }
    /// Whether everything goes on being served, and nothing is lost.
    public var isSurvived: Bool { !losesData && !stopsService }
    /// Whether no PG of any pool can get back to its full size: there is no domain left to copy to.
    public var cannotRemap: Bool { total.cannotRemap }
    /// Whether every touched PG gets back to its size, without an OSD over backfillfull or above its PG limit on the way.
    public var heals: Bool {
        !losesData && total.homeless.pgs == 0 && load.aboveBackfillFull.isEmpty && load.abovePGLimit.isEmpty
    }
}

/// What a loss does to one pool.
public struct PoolLoss: Hashable, Sendable {
    /// The pool.
    public var pool: PoolID
    /// Its name.
    public var name: String
    /// What happens to its PGs.
    public var counts: LossCounts

    /// What happens to a pool's PGs.
    public init(pool: PoolID, name: String, counts: LossCounts) {
        self.pool = pool
        self.name = name
        self.counts = counts
    }
}

/// Some PGs, and what is in them.
public struct PGAmount: Hashable, Sendable {
    /// How many PGs.
    public var pgs = 0
    /// How many objects they hold, each counted once.
    public var objects = 0
    /// How many bytes these have, each counted once: before replication and coding, omap included.
    public var bytes: ByteCount { ByteCount(UInt64(clamping: signedBytes)) }
    /// ``bytes`` while sums and differences are made.
    var signedBytes = 0

    /// No PGs.
    public init() {}
}

/// What happens to the PGs that a loss touches.
public struct LossCounts: Hashable, Sendable {
    // MARK: Down

    /// PGs that have fewer acting members left than before.
    public var degraded = PGAmount()
    /// Of these, PGs with fewer members left than `min_size`: no reads, no writes until they are back or recovered.
    public var belowMinSize = PGAmount()
    /// Of these, PGs with objects of which no copy, or fewer than k shards, are left; `objects` and `bytes` count those
    /// objects alone.
    public var lost = PGAmount()

    // MARK: Out

    /// PGs for which CRUSH chooses other OSDs than before, holes counted too.
    public var remapped = PGAmount()
    /// PGs with a copy or shard on an OSD that is left, but does not belong there any more.
    public var misplaced = PGAmount()
    /// PGs that have fewer OSDs than their size even then: CRUSH finds no home for a copy or shard.
    public var homeless = PGAmount()
    /// Of these, PGs that stay below `min_size`.
    public var stopped = PGAmount()
    /// How many copies or shards must be made anew.
    public var copiesToMove = 0
    /// How many bytes must be written for that, all copies or shards together.
    public var bytesToMove: ByteCount { ByteCount(UInt64(clamping: signedBytesToMove)) }
    /// ``bytesToMove`` while sums and differences are made.
    var signedBytesToMove = 0

    /// Nothing happens.
    public init() {}

    /// Whether every PG that is remapped ends with a hole: nothing can be copied anywhere, as on three hosts with three
    /// copies.
    public var cannotRemap: Bool { remapped.pgs > 0 && copiesToMove == 0 }
}

/// How full OSDs are once data have moved, and how many PGs they serve.
///
/// Used bytes afterwards = used now + what the PGs that move bring (a copy: all bytes of the PG with its omap; a shard:
/// a k-th part, rounded up) - what they take away. Moves that are under way already count as done.
public struct OSDLoad: Hashable, Sendable {
    /// An OSD with how full it is.
    public struct Fill: Hashable, Sendable {
        /// The OSD.
        public var osd: OSDID
        /// The share of its store that is used; above 1 if it does not fit.
        public var fill: Double

        /// An OSD with its fill.
        public init(osd: OSDID, fill: Double) {
            self.osd = osd
            self.fill = fill
        }
    }

    /// An OSD with how many PGs it serves.
    public struct PGCount: Hashable, Sendable {
        /// The OSD.
        public var osd: OSDID
        /// How many PGs have it in their up set.
        public var pgs: Int

        /// An OSD with its PGs.
        public init(osd: OSDID, pgs: Int) {
            self.osd = osd
            self.pgs = pgs
        }
    }

    /// The fullest OSD that is left; nil when the capture has no usage of OSDs, or none is left.
    public var fullest: Fill?
    /// OSDs at or above the nearfull ratio, fullest first; those above the higher ratios are among them.
    public var aboveNearFull: [Fill] = []
    /// OSDs at or above the backfillfull ratio, fullest first: backfill to them waits.
    public var aboveBackfillFull: [Fill] = []
    /// OSDs at or above the full ratio, fullest first: writes to their pools stop.
    public var aboveFull: [Fill] = []
    /// The OSD that serves the most PGs; nil when none is left.
    public var mostPGs: PGCount?
    /// OSDs above `mon_max_pg_per_osd` x `osd_max_pg_per_osd_hard_ratio`, most PGs first: further PGs stay activating.
    public var abovePGLimit: [PGCount] = []

    /// Nothing is known of OSDs.
    public init() {}
}

/// The monitors after a loss.
public struct QuorumLoss: Hashable, Sendable {
    /// How many monitors there are in the map.
    public var monitors: Int
    /// How many of them are in quorum now and not lost.
    public var left: Int
    /// How many a quorum takes.
    public var needed: Int
    /// The names of the monitors that are lost.
    public var lost: [String]
    /// The names of monitors whose machine is not known; they count as left.
    public var unplaced: [String]

    /// Whether the ones that are left form a quorum.
    public var holds: Bool { left >= needed }

    /// Monitors after a loss.
    public init(monitors: Int, left: Int, needed: Int, lost: [String], unplaced: [String]) {
        self.monitors = monitors
        self.left = left
        self.needed = needed
        self.lost = lost
        self.unplaced = unplaced
    }
}

/// How long recovery takes: a rule of thumb, see ``RecoveryModel``.
public struct RecoveryEstimate: Hashable, Sendable {
    /// How many bytes are written in all.
    public var bytes: ByteCount
    /// The OSD that is done last; nil when nothing moves.
    public var slowest: OSDID?
    /// How long it takes; nil when nothing moves.
    public var duration: Duration?

    /// An estimate.
    public init(bytes: ByteCount, slowest: OSDID? = nil, duration: Duration? = nil) {
        self.bytes = bytes
        self.slowest = slowest
        self.duration = duration
    }
}
