public import KubernetesModel

/// What Ceph and Kubernetes said at one moment, decoded: all that an audit or a what-if looks at.
///
/// A value without any connection, so that an analysis of a live cluster and of a saved file is the same computation.
/// A part that could not be read is nil where it would stand, and ``missing`` says why and what to grant.
public struct ClusterCapture: Equatable, Sendable {
    /// The version of the state file that this release writes, and the newest that it reads.
    public static let fileVersion = 1

    /// When the capture was begun, by the clock of the machine that took it.
    public var takenAt: Timestamp
    /// The release of Holdfast that took it.
    public var holdfastVersion: String
    /// Whether names and addresses have been replaced by pseudonyms.
    public var isRedacted: Bool
    /// What Ceph said; nil when it was not asked.
    public var ceph: CephCapture?
    /// What Kubernetes said; nil when it was not asked.
    public var kubernetes: KubernetesCapture?
    /// What could not be read, in the order of ``CapturePart``.
    public var missing: [MissingPart]

    /// A capture of these parts.
    public init(
        takenAt: Timestamp, holdfastVersion: String, isRedacted: Bool = false, ceph: CephCapture? = nil,
        kubernetes: KubernetesCapture? = nil, missing: [MissingPart] = []
    ) {
        self.takenAt = takenAt
        self.holdfastVersion = holdfastVersion
        self.isRedacted = isRedacted
        self.ceph = ceph
        self.kubernetes = kubernetes
        self.missing = missing
    }

    /// Why a part is not there; nil when it was read or not asked for.
    public func reasonMissing(_ part: CapturePart) -> MissingPart? {
        missing.first { $0.part == part }
    }
}
