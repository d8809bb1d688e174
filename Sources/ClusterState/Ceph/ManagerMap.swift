/// The managers. Source: `ceph mgr dump`, `ceph mgr metadata`.
public struct ManagerMap: Hashable, Sendable, Codable {
    /// A manager.
    public struct Manager: Hashable, Sendable, Codable {
        /// Its name.
        public var name: String
        /// Where it listens; empty for a standby, which the map does not say it of.
        public var addresses: [String]
        /// The name of its machine, or of its pod; nil when it is not known.
        public var hostname: String?
        /// The pod, its namespace and node, where it knows (Rook).
        public var pod: DaemonPod?
        /// The release: `16.2.15`.
        public var version: String?

        /// A manager.
        public init(name: String, addresses: [String] = [], hostname: String? = nil) {
            self.name = name
            self.addresses = addresses
            self.hostname = hostname
        }
    }

    /// The number of this version of the map.
    public var epoch: UInt32
    /// The one that works; nil when none does.
    public var active: Manager?
    /// Whether the active one answers.
    public var isAvailable: Bool
    /// Those that wait.
    public var standbys: [Manager]
    /// The modules that are enabled, beside those that always are.
    public var modules: [String]

    /// Managers.
    public init(epoch: UInt32 = 1, active: Manager?, standbys: [Manager] = [], modules: [String] = []) {
        self.epoch = epoch
        self.active = active
        self.isAvailable = active != nil
        self.standbys = standbys
        self.modules = modules
    }
}
