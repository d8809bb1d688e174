public import FoundationEssentials
public import Vocabulary

/// The map of a cluster's OSDs and pools, of one epoch: with a CRUSH map in it all that decides where data are.
///
/// A value with everything that `ceph osd getmap` and `ceph osd dump` hold. Nothing in it is trusted by what computes with
/// it: a list may name an OSD that does not exist, a pool a rule that is not there.
/// Source: `OSDMap.h`.
public struct OSDMap: Hashable, Sendable {
    /// One move of `pg_upmap_items`: what is on `from` goes to `to`.
    public struct UpmapItem: Hashable, Sendable {
        /// The OSD that CRUSH chose.
        public var from: ItemID
        /// The OSD that takes its place.
        public var to: ItemID

        /// A move.
        public init(from: ItemID, to: ItemID) {
            self.from = from
            self.to = to
        }
    }

    /// A run of consecutive snapshot numbers.
    public struct SnapshotRange: Hashable, Sendable {
        /// The first one.
        public var start: UInt64
        /// How many there are.
        public var count: UInt64

        /// A run.
        public init(start: UInt64, count: UInt64) {
            self.start = start
            self.count = count
        }
    }

    /// The stretch mode of a cluster on two sites and a tiebreaker (`ceph mon enable_stretch_mode`, Ceph 16).
    public struct StretchMode: Hashable, Sendable {
        /// Whether it is on.
        public var isEnabled = false
        /// How many sites hold data when all is well.
        public var bucketCount: UInt32 = 0
        /// Above zero while a site is missing: how many are left.
        public var degraded: UInt32 = 0
        /// Above zero while a site that came back is being filled.
        public var recovering: UInt32 = 0
        /// The type of CRUSH bucket that is a site.
        public var bucketType: Int32 = 0

        /// Stretch mode that is off.
        public init() {}
    }

    // MARK: Identity and time

    /// The cluster's identity.
    public var fsid: UUID
    /// The number of this version of the map, from 1.
    public var epoch: UInt32
    /// When the cluster was made.
    public var created: CephTime
    /// When this epoch was made.
    public var modified: CephTime
    /// When an OSD was last marked up or down (Ceph 14).
    public var lastUpChange: CephTime
    /// When an OSD was last marked in or out (Ceph 14).
    public var lastInChange: CephTime
    /// The flags of the whole cluster.
    public var flags: OSDMapFlags

    // MARK: Pools

    /// The pools by number.
    public var pools: [PoolID: Pool]
    /// The highest number that a pool ever had.
    public var highestPool: PoolID
    /// The erasure code profiles by name, each a list of keys such as `k`, `m` and `plugin`.
    public var erasureCodeProfiles: [String: [String: String]]

    // MARK: OSDs

    /// State, reweight and primary affinity by number: as many as `max_osd`.
    public var states: OSDStates
    /// Identity, addresses and times by number: as many as there are states.
    public var osds: [OSDEntry]
    /// Flags such as `noout` on nodes of the CRUSH tree.
    public var nodeFlags: [ItemID: OSDState]
    /// Flags such as `noout` on device classes, by the number of the class in the CRUSH map.
    public var classFlags: [Int32: OSDState]

    // MARK: Placement

    /// The CRUSH map.
    public var crush: CrushMap
    /// How often the CRUSH map has changed (Ceph 12).
    public var crushVersion: Int32
    /// Acting sets that stand in for the mapped ones while a PG is being moved.
    public var pgTemp: [PGID: [ItemID]]
    /// Primaries that stand in for the mapped ones.
    public var primaryTemp: [PGID: ItemID]
    /// Whole sets that replace what CRUSH chose (`ceph osd pg-upmap`).
    public var upmaps: [PGID: [ItemID]]
    /// Single moves after what CRUSH chose (`ceph osd pg-upmap-items`), applied in order.
    public var upmapItems: [PGID: [UpmapItem]]
    /// OSDs that are put first (`ceph osd pg-upmap-primary`, Ceph 18).
    public var upmapPrimaries: [PGID: ItemID]

    // MARK: The rest

    /// Clients that may not write any more, by address, and until when.
    public var blocklist: [EntityAddress: CephTime]
    /// Ranges of addresses that may not write any more, and until when (Ceph 16).
    public var rangeBlocklist: [EntityAddress: CephTime]
    /// Above this share of its capacity an OSD raises a warning.
    public var nearFullRatio: Float
    /// Above this share of its capacity an OSD takes no backfill.
    public var backfillFullRatio: Float
    /// Above this share of its capacity an OSD takes no writes.
    public var fullRatio: Float
    /// Clients older than this may not connect.
    public var requireMinCompatClient: CephRelease
    /// OSDs older than this may not start.
    public var requireOSDRelease: CephRelease
    /// The stretch mode.
    public var stretchMode: StretchMode
    /// Whether crimson OSDs may start (Ceph 18).
    public var allowsCrimson: Bool
    /// The name of the cluster snapshot that was made in this epoch; empty as a rule.
    public var clusterSnapshot: String
    /// The epoch of that snapshot.
    public var clusterSnapshotEpoch: UInt32
    /// Snapshots that are deleted and not yet purged everywhere (Ceph 13).
    public var removedSnapshotsQueue: [PoolID: [SnapshotRange]]
    /// Snapshots that were deleted in this epoch (Ceph 13).
    public var newRemovedSnapshots: [PoolID: [SnapshotRange]]
    /// Snapshots whose purge ended in this epoch (Ceph 13).
    public var newPurgedSnapshots: [PoolID: [SnapshotRange]]

    /// A map of epoch 0 without pools and OSDs.
    public init(crush: CrushMap) {
        self.fsid = OSDEntry.noUUID
        self.epoch = 0
        self.created = .zero
        self.modified = .zero
        self.lastUpChange = .zero
        self.lastInChange = .zero
        self.flags = []
        self.pools = [:]
        self.highestPool = PoolID(0)
        self.erasureCodeProfiles = [:]
        self.states = OSDStates()
        self.osds = []
        self.nodeFlags = [:]
        self.classFlags = [:]
        self.crush = crush
        self.crushVersion = 0
        self.pgTemp = [:]
        self.primaryTemp = [:]
        self.upmaps = [:]
        self.upmapItems = [:]
        self.upmapPrimaries = [:]
        self.blocklist = [:]
        self.rangeBlocklist = [:]
        self.nearFullRatio = 0
        self.backfillFullRatio = 0
        self.fullRatio = 0
        self.requireMinCompatClient = .unknown
        self.requireOSDRelease = .unknown
        self.stretchMode = StretchMode()
        self.allowsCrimson = false
        self.clusterSnapshot = ""
        self.clusterSnapshotEpoch = 0
        self.removedSnapshotsQueue = [:]
        self.newRemovedSnapshots = [:]
        self.newPurgedSnapshots = [:]
    }

    /// One more than the highest number of an OSD (`max_osd`).
    public var osdLimit: Int { states.count }

    /// The pools in the order of their numbers.
    public var sortedPools: [Pool] {
        pools.values.sorted { $0.id < $1.id }
    }
}
