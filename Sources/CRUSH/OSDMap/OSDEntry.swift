public import FoundationEssentials

/// What the map says of one OSD beside where PGs go: who it is, where it listens, when it came and went.
///
/// Source: `osd_info_t` and `osd_xinfo_t`.
public struct OSDEntry: Hashable, Sendable {
    /// The identity of its store; all zero when it has none.
    public var uuid: UUID
    /// Where clients reach it.
    public var publicAddresses: [EntityAddress]
    /// Where other OSDs reach it.
    public var clusterAddresses: [EntityAddress]
    /// Where its heartbeats come in on the cluster network.
    public var heartbeatBackAddresses: [EntityAddress]
    /// Where its heartbeats come in on the public network.
    public var heartbeatFrontAddresses: [EntityAddress]
    /// The first epoch of its last interval that ended in a clean shutdown.
    public var lastCleanBegin: UInt32
    /// The end of that interval.
    public var lastCleanEnd: UInt32
    /// The epoch in which it was last marked up.
    public var upFrom: UInt32
    /// The last epoch in which it is known to have been alive.
    public var upThru: UInt32
    /// The epoch in which it was last marked down.
    public var downAt: UInt32
    /// The epoch in which its data were given up.
    public var lostAt: UInt32
    /// When it was last marked down.
    public var downStamp: CephTime
    /// How likely it is to be slow rather than dead when it does not answer, from 0 to 1.
    public var laggyProbability: Float
    /// How long it was slow on average, in seconds.
    public var laggyInterval: UInt32
    /// The feature bits that it speaks.
    public var features: UInt64
    /// The reweight that it had before the monitors marked it out.
    public var oldWeight: Weight
    /// When its purged snapshots were last scrubbed.
    public var lastPurgedSnapsScrub: CephTime
    /// The last epoch in which it was confirmed dead.
    public var deadEpoch: UInt32

    /// An OSD that has never been.
    public init() {
        self.uuid = Self.noUUID
        self.publicAddresses = []
        self.clusterAddresses = []
        self.heartbeatBackAddresses = []
        self.heartbeatFrontAddresses = []
        self.lastCleanBegin = 0
        self.lastCleanEnd = 0
        self.upFrom = 0
        self.upThru = 0
        self.downAt = 0
        self.lostAt = 0
        self.downStamp = .zero
        self.laggyProbability = 0
        self.laggyInterval = 0
        self.features = 0
        self.oldWeight = .zero
        self.lastPurgedSnapsScrub = .zero
        self.deadEpoch = 0
    }

    /// The identity of a store that is not there.
    public static let noUUID = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}
