public import Vocabulary

/// Where an OSD runs, on what, and which release it is: what it told the monitors when it started.
///
/// An OSD that never started since the monitors' database was made has only its number. Source: `ceph osd metadata`.
public struct OSDMetadata: Hashable, Sendable, Codable {
    /// The OSD.
    public var osd: OSDID
    /// The name of its machine, or of its pod where it has no host network; nil when it told none.
    public var hostname: String?
    /// The pod that it runs in, where it knows (Rook).
    public var podName: String?
    /// The namespace of that pod.
    public var podNamespace: String?
    /// The Kubernetes node of that pod (Rook's `NODE_NAME`).
    public var nodeName: String?
    /// The container that it runs in, where it knows.
    public var containerName: String?
    /// The class that it would give itself: `hdd`, `ssd` or `nvme`.
    public var defaultDeviceClass: String?
    /// Whether its main device rotates.
    public var isRotational: Bool?
    /// The size of its main device, where its store says so (bluestore).
    public var deviceSize: ByteCount?
    /// The devices below it as the kernel names them: `sda,nvme0n1`.
    public var devices: [String]
    /// The store: `bluestore`, `memstore` or `filestore`.
    public var objectStore: String?
    /// Where clients reach it, all protocols in one text.
    public var frontAddress: String?
    /// Where other OSDs reach it, all protocols in one text.
    public var backAddress: String?
    /// The release in Ceph's own words: `16.2.15`.
    public var version: String?

    /// What an OSD told.
    public init(osd: OSDID, hostname: String? = nil) {
        self.osd = osd
        self.hostname = hostname
        self.devices = []
    }
}
