/// The flags of a pool. Source: `pg_pool_t::FLAG_*` in `osd_types.h`.
public struct PoolFlags: OptionSet, Hashable, Sendable {
    /// The bits as the map has them.
    public var rawValue: UInt64

    /// Flags of these bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The pool's number is hashed into the placement, so that pools do not overlap.
    public static let hashPSPool = PoolFlags(rawValue: 1 << 0)
    /// The pool is full.
    public static let full = PoolFlags(rawValue: 1 << 1)
    /// Objects of an erasure coded pool can be overwritten in place; cannot be taken back.
    public static let ecOverwrites = PoolFlags(rawValue: 1 << 2)
    /// Clones may be incomplete, because the pool is or was a cache.
    public static let incompleteClones = PoolFlags(rawValue: 1 << 3)
    /// It cannot be deleted.
    public static let noDelete = PoolFlags(rawValue: 1 << 4)
    /// `pg_num` and `pgp_num` cannot be changed.
    public static let noPGChange = PoolFlags(rawValue: 1 << 5)
    /// `size` and `min_size` cannot be changed.
    public static let noSizeChange = PoolFlags(rawValue: 1 << 6)
    /// What is written is not kept in caches.
    public static let writeDontNeed = PoolFlags(rawValue: 1 << 7)
    /// No scrubs.
    public static let noScrub = PoolFlags(rawValue: 1 << 8)
    /// No deep scrubs.
    public static let noDeepScrub = PoolFlags(rawValue: 1 << 9)
    /// It has reached its quota.
    public static let fullQuota = PoolFlags(rawValue: 1 << 10)
    /// An OSD of it is nearly full.
    public static let nearFull = PoolFlags(rawValue: 1 << 11)
    /// An OSD of it takes no backfill.
    public static let backfillFull = PoolFlags(rawValue: 1 << 12)
    /// Its snapshots are those of its clients, such as rbd.
    public static let selfManagedSnapshots = PoolFlags(rawValue: 1 << 13)
    /// Its snapshots are of the whole pool.
    public static let poolSnapshots = PoolFlags(rawValue: 1 << 14)
    /// Its first PGs are being created.
    public static let creating = PoolFlags(rawValue: 1 << 15)
    /// All requests of clients fail.
    public static let eio = PoolFlags(rawValue: 1 << 16)
    /// It is meant to be large: the autoscaler starts from many PGs.
    public static let bulk = PoolFlags(rawValue: 1 << 17)
    /// Its PGs may be on crimson OSDs (Ceph 18).
    public static let crimson = PoolFlags(rawValue: 1 << 18)
    /// The erasure code's optimisations of Ceph 20 are on; cannot be taken back.
    public static let ecOptimizations = PoolFlags(rawValue: 1 << 19)
    /// Clients may read shards directly (after Ceph 20).
    public static let clientSplitReads = PoolFlags(rawValue: 1 << 20)
    /// Objects may have omap entries in an erasure coded pool (after Ceph 20).
    public static let omap = PoolFlags(rawValue: 1 << 21)
    /// PGs of a crimson pool may be merged (after Ceph 20).
    public static let crimsonMerge = PoolFlags(rawValue: 1 << 22)

    /// The names of the bits, in their order.
    private static let bitNames = [
        "hashpspool", "full", "ec_overwrites", "incomplete_clones", "nodelete", "nopgchange", "nosizechange",
        "write_fadvise_dontneed", "noscrub", "nodeep-scrub", "full_quota", "nearfull", "backfillfull",
        "selfmanaged_snaps", "pool_snaps", "creating", "eio", "bulk", "crimson", "ec_optimizations",
        "split_reads", "supports_omap", "crimson_allow_pg_merge",
    ]

    /// The names of the flags that are set and known, in the order of their bits.
    public var names: [String] {
        Self.bitNames.indices.filter { rawValue & (1 << $0) != 0 }.map { Self.bitNames[$0] }
    }
}
