public import Vocabulary

/// A pool: how many PGs it has, how many copies or shards each of them has, and which rule places them.
///
/// Source: `pg_pool_t` in `osd_types.h`.
public struct Pool: Hashable, Sendable {
    /// How a pool survives losses.
    public enum Kind: UInt8, Hashable, Sendable {
        /// Whole copies.
        case replicated = 1
        /// Data and coding shards.
        case erasure = 3
    }

    /// Whether Ceph changes `pg_num` itself.
    public enum AutoscaleMode: UInt8, Hashable, Sendable {
        case off = 0
        case warn = 1
        case on = 2
    }

    /// What peering demands of a pool in stretch mode.
    public struct Peering: Hashable, Sendable {
        /// How many buckets must hold a copy for a PG to be active; zero outside of stretch mode.
        public var bucketCount: UInt32 = 0
        /// How many buckets hold copies when all is well.
        public var bucketTarget: UInt32 = 0
        /// The type of those buckets.
        public var bucketType: UInt32 = 0
        /// A bucket that must be among them; ``ItemID/none`` for no such demand.
        public var mandatoryMember = ItemID.none

        /// No demands.
        public init() {}
    }

    /// What was known when the pool's PGs were last merged.
    public struct LastMerge: Hashable, Sendable {
        /// A place in a PG's log (`eversion_t`).
        public struct Version: Hashable, Sendable {
            /// The epoch.
            public var epoch: UInt32
            /// The version within the PG.
            public var version: UInt64

            /// A place.
            public init(epoch: UInt32 = 0, version: UInt64 = 0) {
                self.epoch = epoch
                self.version = version
            }
        }

        /// The PG that was merged away.
        public var source = PGID(pool: PoolID(0), seed: 0)
        /// The epoch in which both were ready.
        public var readyEpoch: UInt32 = 0
        /// The last epoch in which both had started.
        public var lastEpochStarted: UInt32 = 0
        /// The last epoch in which both were clean.
        public var lastEpochClean: UInt32 = 0
        /// Where the log of the source ended.
        public var sourceVersion = Version()
        /// Where the log of the target ended.
        public var targetVersion = Version()

        /// No merge.
        public init() {}
    }

    /// A snapshot of the whole pool (`ceph osd pool mksnap`).
    public struct Snapshot: Hashable, Sendable {
        /// Its number.
        public var id: UInt64
        /// Its name.
        public var name: String
        /// When it was made.
        public var stamp: CephTime

        /// A snapshot.
        public init(id: UInt64, name: String, stamp: CephTime) {
            self.id = id
            self.name = name
            self.stamp = stamp
        }
    }

    /// The most PGs that a pool is believed to have; Ceph itself stops at 65,536 unless told otherwise.
    public static let pgCountLimit: UInt32 = 1 << 22

    // MARK: Identity

    /// Its number.
    public var id: PoolID
    /// Its name; empty if the map has none.
    public var name: String
    /// When it was made (Ceph 13); zero if not known.
    public var created = CephTime.zero
    /// Its flags.
    public var flags: PoolFlags = []
    /// What uses it, and what that keeps here: application to keys and values.
    public var applications: [String: [String: String]] = [:]

    // MARK: Placement

    /// Copies or shards.
    public var kind: Kind
    /// How many copies or shards each PG has.
    public var size: Int
    /// With fewer than this a PG serves neither reads nor writes.
    public var minSize: Int
    /// The rule that places its PGs.
    public var crushRule: Int32
    /// How many PGs there are (`pg_num`).
    public var pgCount: UInt32
    /// How many of them are placed apart (`pgp_num`); less than ``pgCount`` in the middle of a split or merge.
    public var placementCount: UInt32
    /// Where `pg_num` is going (Ceph 14).
    public var pgCountTarget: UInt32
    /// Where `pgp_num` is going (Ceph 14).
    public var placementCountTarget: UInt32
    /// The next lower `pg_num` while PGs merge (Ceph 14).
    public var pgCountPending: UInt32
    /// Whether Ceph changes `pg_num` itself (Ceph 14).
    public var autoscaleMode: AutoscaleMode = .warn
    /// How names of objects are hashed; 2, rjenkins, as a rule.
    public var objectHash: UInt8 = 2
    /// What stretch mode demands.
    public var peering = Peering()
    /// The last merge.
    public var lastMerge = LastMerge()

    // MARK: Erasure code

    /// The name of its profile in ``OSDMap/erasureCodeProfiles``; empty for copies.
    public var erasureCodeProfile = ""
    /// How many bytes one stripe has; zero for copies.
    public var stripeWidth: UInt32 = 0
    /// Whether reads go to all shards and take the first answers.
    public var fastRead = false
    /// The shards that are never primary (Ceph 20, with ``PoolFlags/ecOptimizations``).
    public var nonPrimaryShards: Set<Int> = []

    // MARK: Limits and options

    /// The most bytes it may hold; zero for no limit.
    public var quotaMaxBytes: UInt64 = 0
    /// The most objects it may hold; zero for no limit.
    public var quotaMaxObjects: UInt64 = 0
    /// How many objects its maker announced.
    public var expectedObjectCount: UInt64 = 0
    /// Options that are set, such as `target_size_ratio` and `compression_mode`.
    public var options = PoolOptions()

    // MARK: Snapshots

    /// The highest number of a snapshot.
    public var snapshotSequence: UInt64 = 0
    /// The epoch in which that changed.
    public var snapshotEpoch: UInt32 = 0
    /// The snapshots of the whole pool, by number.
    public var snapshots: [Snapshot] = []
    /// Snapshots that were removed; empty since octopus.
    public var removedSnapshots: [OSDMap.SnapshotRange] = []

    // MARK: The rest

    /// Cache tiering.
    public var tiering = Tiering()
    /// The epoch in which the pool last changed.
    public var lastChange: UInt32 = 0
    /// The epoch since which clients must send their requests again.
    public var lastForcedResend: UInt32 = 0
    /// The same for clients older than nautilus.
    public var lastForcedResendBeforeNautilus: UInt32 = 0
    /// The same for clients older than luminous.
    public var lastForcedResendBeforeLuminous: UInt32 = 0
    /// The owner, of ages ago.
    public var owner: UInt64 = 0

    /// A pool of copies or shards whose other properties have their defaults.
    public init(
        id: PoolID, name: String, kind: Kind, size: Int, minSize: Int, crushRule: Int32, pgCount: UInt32
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.size = size
        self.minSize = minSize
        self.crushRule = crushRule
        self.pgCount = pgCount
        self.placementCount = pgCount
        self.pgCountTarget = pgCount
        self.placementCountTarget = pgCount
        self.pgCountPending = pgCount
    }
}
