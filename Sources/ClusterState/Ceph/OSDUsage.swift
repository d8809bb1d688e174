public import Vocabulary

/// How full an OSD is. Source: `ceph osd df`; Ceph counts in KiB there.
public struct OSDUsage: Hashable, Sendable, Codable {
    /// The OSD.
    public var osd: OSDID
    /// The size of its store.
    public var total: ByteCount
    /// What is used, with all overheads; Ceph's full ratios are about this.
    public var used: ByteCount
    /// What is free.
    public var available: ByteCount
    /// What objects take; zero where the release does not say.
    public var usedByData: ByteCount
    /// What omap takes; zero where the release does not say.
    public var usedByOmap: ByteCount
    /// What the store takes for itself; zero where the release does not say.
    public var usedByMetadata: ByteCount
    /// How many PGs it serves, those that are on their way to it or from it too.
    public var pgs: Int

    /// How full an OSD is.
    public init(
        osd: OSDID, total: ByteCount, used: ByteCount, available: ByteCount, usedByData: ByteCount = .zero,
        usedByOmap: ByteCount = .zero, usedByMetadata: ByteCount = .zero, pgs: Int
    ) {
        self.osd = osd
        self.total = total
        self.used = used
        self.available = available
        self.usedByData = usedByData
        self.usedByOmap = usedByOmap
        self.usedByMetadata = usedByMetadata
        self.pgs = pgs
    }

    /// The share that is used, from 0 to 1; 0 for an OSD that reports no size.
    public var fill: Double {
        total == .zero ? 0 : Double(used.bytes) / Double(total.bytes)
    }
}
