public import CRUSH
import FoundationEssentials

/// What Ceph said at one moment. Each part beside the OSDMap may be nil: then the client was not allowed to see it, and
/// ``ClusterCapture/missing`` says so.
public struct CephCapture: Equatable, Sendable {
    /// Pools, OSDs, CRUSH map, upmaps, flags and ratios, all of one epoch.
    public var osdMap: OSDMap
    /// The bytes that ``osdMap`` was decoded from, exactly as `ceph osd getmap` gives them; nil in a redacted capture
    /// and in one that was made by hand.
    public var osdMapBytes: [UInt8]?
    /// Whether the parts show one state of the cluster.
    public var consistency = CaptureConsistency()
    /// Every PG.
    public var pgs: PGTable?
    /// How full the OSDs are, by number.
    public var osdUsage: [OSDUsage]?
    /// Where the OSDs run and on what, by number.
    public var osdMetadata: [OSDMetadata]?
    /// How full the pools are, by number.
    public var poolUsage: [PoolUsage]?
    /// The options, with Ceph's defaults for those that nobody set.
    public var configuration = CephConfiguration()
    /// What Ceph itself complains about.
    public var health: Health?
    /// The monitors.
    public var monitors: MonitorMap?
    /// The managers.
    public var managers: ManagerMap?
    /// The file systems.
    public var filesystems: FilesystemMap?
    /// Gateways and other daemons that report to the manager, by service and name.
    public var services: [ServiceDaemon]?
    /// How many daemons of a kind (`mon`, `mgr`, `osd`, `mds`, ...) run which version, in Ceph's own words.
    public var versions: [String: [String: Int]]?

    /// A capture of an OSDMap alone; the rest is filled in.
    public init(osdMap: OSDMap, osdMapBytes: [UInt8]? = nil) {
        self.osdMap = osdMap
        self.osdMapBytes = osdMapBytes
    }

    /// The cluster's identity, in lower case.
    public var fsid: String { osdMap.fsid.uuidString.lowercased() }
}

/// Whether the parts of a capture show one state of the cluster: they are read one after the other, while it goes on.
public struct CaptureConsistency: Hashable, Sendable, Codable {
    /// The epoch of the OSDMap that was read before all else, which is the one in the capture.
    public var epochBefore: UInt32 = 0
    /// The epoch of the OSDMap after all else had been read.
    public var epochAfter: UInt32 = 0
    /// Whether pools, OSDs, CRUSH map or upmaps changed between those two.
    public var movedInBetween = false
    /// The lowest epoch at which a PG that is neither stale nor unknown last reported; 0 when there is none.
    public var oldestReport: UInt32 = 0
    /// How many of these PGs have not reported since an OSD of their up set came or went, or belong to no pool.
    public var stalePGs: Int = 0
    /// How often the whole was read, from 1.
    public var attempts: Int = 1

    /// A capture that has not been checked.
    public init() {}
}
