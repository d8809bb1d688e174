/// The flags of the whole cluster. Source: `rados.h`, `CEPH_OSDMAP_*`.
public struct OSDMapFlags: OptionSet, Hashable, Sendable {
    /// The bits as the map has them (`flags_num`).
    public var rawValue: UInt32

    /// Flags of these bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Some OSD or pool is nearly full; since luminous each says so for itself.
    public static let nearFull = OSDMapFlags(rawValue: 1 << 0)
    /// Some OSD is full; since luminous each pool says so for itself.
    public static let full = OSDMapFlags(rawValue: 1 << 1)
    /// Reads wait.
    public static let pauseRead = OSDMapFlags(rawValue: 1 << 2)
    /// Writes wait.
    public static let pauseWrite = OSDMapFlags(rawValue: 1 << 3)
    /// Recovery waits.
    public static let pauseRecovery = OSDMapFlags(rawValue: 1 << 4)
    /// No OSD is marked up.
    public static let noUp = OSDMapFlags(rawValue: 1 << 5)
    /// No OSD is marked down.
    public static let noDown = OSDMapFlags(rawValue: 1 << 6)
    /// No OSD is marked out.
    public static let noOut = OSDMapFlags(rawValue: 1 << 7)
    /// No OSD is marked in.
    public static let noIn = OSDMapFlags(rawValue: 1 << 8)
    /// No backfill.
    public static let noBackfill = OSDMapFlags(rawValue: 1 << 9)
    /// No recovery.
    public static let noRecover = OSDMapFlags(rawValue: 1 << 10)
    /// No scrubs.
    public static let noScrub = OSDMapFlags(rawValue: 1 << 11)
    /// No deep scrubs.
    public static let noDeepScrub = OSDMapFlags(rawValue: 1 << 12)
    /// Cache tiers do not flush or evict.
    public static let noTierAgent = OSDMapFlags(rawValue: 1 << 13)
    /// Misplaced objects stay where they are.
    public static let noRebalance = OSDMapFlags(rawValue: 1 << 14)
    /// Objects are ordered by the bits of their hash.
    public static let sortBitwise = OSDMapFlags(rawValue: 1 << 15)
    /// Before luminous: OSDs older than jewel may not start.
    public static let requireJewel = OSDMapFlags(rawValue: 1 << 16)
    /// Before luminous: OSDs older than kraken may not start.
    public static let requireKraken = OSDMapFlags(rawValue: 1 << 17)
    /// Before luminous: OSDs older than luminous may not start.
    public static let requireLuminous = OSDMapFlags(rawValue: 1 << 18)
    /// Deletes are part of recovery.
    public static let recoveryDeletes = OSDMapFlags(rawValue: 1 << 19)
    /// Purged snapshots have been pruned since the upgrade to mimic.
    public static let purgedSnapDirs = OSDMapFlags(rawValue: 1 << 20)
    /// Snapshots are not trimmed.
    public static let noSnapTrim = OSDMapFlags(rawValue: 1 << 21)
    /// PG logs have a hard limit.
    public static let pgLogHardLimit = OSDMapFlags(rawValue: 1 << 22)
    /// No pool's autoscaler acts.
    public static let noAutoscale = OSDMapFlags(rawValue: 1 << 23)

    /// The names of the bits, in their order.
    private static let bitNames = [
        "nearfull", "full", "pauserd", "pausewr", "pauserec", "noup", "nodown", "noout", "noin", "nobackfill",
        "norecover", "noscrub", "nodeep-scrub", "notieragent", "norebalance", "sortbitwise", "require_jewel_osds",
        "require_kraken_osds", "require_luminous_osds", "recovery_deletes", "purged_snapdirs", "nosnaptrim",
        "pglog_hardlimit", "noautoscale",
    ]

    /// The names of the flags that are set and known, in the order of their bits.
    public var names: [String] {
        Self.bitNames.indices.filter { rawValue & (1 << $0) != 0 }.map { Self.bitNames[$0] }
    }
}
