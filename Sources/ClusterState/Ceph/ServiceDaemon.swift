/// A gateway or another daemon that reports to the manager: RGW, iSCSI, NFS, rbd-mirror. Source: `ceph service dump`.
public struct ServiceDaemon: Hashable, Sendable, Codable {
    /// The service: `rgw`, `nfs`, `iscsi`, `rbd-mirror`, ...
    public var service: String
    /// The daemon's own name or number in it.
    public var name: String
    /// The name of its machine, or of its pod; nil when it is not known.
    public var hostname: String?
    /// The pod, its namespace and node, where it knows (Rook).
    public var pod: DaemonPod?
    /// The release: `16.2.15`.
    public var version: String?

    /// A daemon.
    public init(service: String, name: String, hostname: String? = nil) {
        self.service = service
        self.name = name
        self.hostname = hostname
    }
}
