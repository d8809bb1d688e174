/// The monitors, who of them is in quorum, and how they elect. Source: `ceph quorum_status`, `ceph mon metadata`.
public struct MonitorMap: Hashable, Sendable, Codable {
    /// A monitor.
    public struct Monitor: Hashable, Sendable, Codable {
        /// Its name: `a`, or its host.
        public var name: String
        /// Its rank; the lowest one in quorum leads under the classic strategy.
        public var rank: Int
        /// Where it listens, a protocol each: `v2:10.0.0.1:3300`.
        public var addresses: [String]
        /// Where it stands in the CRUSH tree: type to name, such as `datacenter` to `east`; empty unless it was set.
        public var crushLocation: [String: String]
        /// Whether it is in quorum.
        public var isInQuorum: Bool
        /// The name of its machine, or of its pod where it has no host network; nil when it is not known.
        public var hostname: String?
        /// The pod, its namespace and node, where it knows (Rook).
        public var pod: DaemonPod?
        /// The release: `16.2.15`.
        public var version: String?

        /// A monitor.
        public init(
            name: String, rank: Int, addresses: [String], crushLocation: [String: String] = [:],
            isInQuorum: Bool = true, hostname: String? = nil
        ) {
            self.name = name
            self.rank = rank
            self.addresses = addresses
            self.crushLocation = crushLocation
            self.isInQuorum = isInQuorum
            self.hostname = hostname
        }
    }

    /// How the leader is elected.
    public enum ElectionStrategy: Int, Hashable, Sendable, Codable {
        /// The lowest rank leads.
        case classic = 1
        /// As classic, but some monitors may not lead.
        case disallow = 2
        /// The best connected one leads; stretch mode demands it.
        case connectivity = 3
    }

    /// The number of this version of the map.
    public var epoch: UInt32
    /// The monitors by rank.
    public var monitors: [Monitor]
    /// Who leads; nil without a quorum.
    public var leader: String?
    /// How the leader is elected; nil for a strategy that this release does not know.
    public var electionStrategy: ElectionStrategy?
    /// Who may not lead.
    public var disallowedLeaders: [String]
    /// Whether stretch mode is on.
    public var isStretchMode: Bool
    /// The monitor outside of both sites that decides between them, in stretch mode.
    public var tiebreaker: String?

    /// Monitors under the classic strategy.
    public init(epoch: UInt32 = 1, monitors: [Monitor], leader: String? = nil) {
        self.epoch = epoch
        self.monitors = monitors
        self.leader = leader
        self.electionStrategy = .classic
        self.disallowedLeaders = []
        self.isStretchMode = false
    }

    /// How many monitors a quorum takes: more than half of all.
    public var quorumSize: Int { monitors.count / 2 + 1 }
}

/// The pod that a daemon runs in, as the daemon itself was told.
public struct DaemonPod: Hashable, Sendable, Codable {
    /// The pod.
    public var name: String?
    /// Its namespace.
    public var namespace: String?
    /// Its node.
    public var node: String?

    /// A pod; nil when nothing is known of it.
    public init?(name: String?, namespace: String?, node: String?) {
        if name == nil, namespace == nil, node == nil { return nil }
        self.name = name
        self.namespace = namespace
        self.node = node
    }
}
