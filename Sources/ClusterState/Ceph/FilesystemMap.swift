public import Vocabulary

/// The file systems and the MDS daemons that serve them. Source: `ceph fs dump`, `ceph mds metadata`.
public struct FilesystemMap: Hashable, Sendable, Codable {
    /// An MDS daemon.
    public struct MDS: Hashable, Sendable, Codable {
        /// Its name.
        public var name: String
        /// The rank that it holds or follows; nil for a plain standby.
        public var rank: Int?
        /// Its state: `up:active`, `up:standby`, `up:standby-replay`, ...
        public var state: String
        /// The name of its machine, or of its pod; nil when it is not known.
        public var hostname: String?
        /// The pod, its namespace and node, where it knows (Rook).
        public var pod: DaemonPod?

        /// An MDS daemon.
        public init(name: String, rank: Int? = nil, state: String, hostname: String? = nil) {
            self.name = name
            self.rank = rank
            self.state = state
            self.hostname = hostname
        }

        /// Whether it serves a rank.
        public var isActive: Bool { state == "up:active" }
    }

    /// A file system.
    public struct Filesystem: Hashable, Sendable, Codable {
        /// Its number.
        public var id: Int
        /// Its name.
        public var name: String
        /// The pool of its metadata.
        public var metadataPool: PoolID
        /// The pools of its data.
        public var dataPools: [PoolID]
        /// How many ranks it is to have.
        public var wantedRanks: Int
        /// How many standbys its operator wants (`standby_count_wanted`).
        public var wantedStandbys: Int
        /// Ranks that nobody serves.
        public var failedRanks: [Int]
        /// The daemons of its ranks, and those that follow one.
        public var daemons: [MDS]

        /// A file system.
        public init(
            id: Int, name: String, metadataPool: PoolID, dataPools: [PoolID], wantedRanks: Int = 1,
            wantedStandbys: Int = 0, failedRanks: [Int] = [], daemons: [MDS] = []
        ) {
            self.id = id
            self.name = name
            self.metadataPool = metadataPool
            self.dataPools = dataPools
            self.wantedRanks = wantedRanks
            self.wantedStandbys = wantedStandbys
            self.failedRanks = failedRanks
            self.daemons = daemons
        }
    }

    /// The file systems by number.
    public var filesystems: [Filesystem]
    /// Daemons that wait for any file system.
    public var standbys: [MDS]

    /// File systems.
    public init(filesystems: [Filesystem] = [], standbys: [MDS] = []) {
        self.filesystems = filesystems
        self.standbys = standbys
    }
}
