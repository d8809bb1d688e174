/// The name of a volume, which is the name of its PV: `pvc-<uid of the claim>` for every claim that Kubernetes made.
public struct VolumeName: Hashable, Sendable, CustomStringConvertible {
    /// The PV's name: a DNS-1123 subdomain of at most 253 characters.
    public let text: String

    /// A volume's name.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument` when `text` cannot be the name of a PV.
    public init(_ text: String) throws(VolumeError) {
        if let problem = KubernetesNaming.subdomainProblem(text) {
            throw VolumeError(
                .invalidArgument, "the volume name \(quoted(text)) cannot be used", because: problem,
                next: "give the PV a name that Kubernetes accepts")
        }
        self.text = text
    }

    /// The UUID that the name ends in, alone or after a dash; nil when it holds none.
    public var uuidInName: VolumeUUID? {
        guard let uuid = VolumeUUID(text.suffix(VolumeUUID.length)) else { return nil }
        let rest = text.dropLast(VolumeUUID.length)
        return rest.isEmpty || rest.hasSuffix("-") ? uuid : nil
    }

    /// The UUID of this volume: the one in its name, so that a retry after a crash lands on the same image, else a
    /// name-based one. The latter is drawn from the Kubernetes cluster's identity as well, since such a name is
    /// unique in one cluster only.
    public func uuid(in cluster: KubernetesClusterID) -> VolumeUUID {
        uuidInName ?? VolumeUUID(named: "\(cluster.text)/\(text)", in: Self.nameSpace)
    }

    /// The name space of Holdfast's name-based UUIDs: 6ef0a2b2-6d3f-4c0e-9a53-5b0f3c1d7e84, drawn once at random.
    private static let nameSpace: [UInt8] = [
        0x6E, 0xF0, 0xA2, 0xB2, 0x6D, 0x3F, 0x4C, 0x0E, 0x9A, 0x53, 0x5B, 0x0F, 0x3C, 0x1D, 0x7E, 0x84,
    ]

    /// The text.
    public var description: String { text }
}

/// The identity of a Kubernetes cluster: the UID of its namespace `kube-system`. Work under way is recorded under it,
/// so that clusters that share a pool leave each other's alone.
public struct KubernetesClusterID: Hashable, Sendable, CustomStringConvertible {
    /// The identity itself.
    public let text: String

    /// A cluster's identity: 1 to 63 lower-case letters, digits and dashes.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument` for anything else, since it becomes part of an object's
    ///   name.
    public init(_ text: String) throws(VolumeError) {
        if let problem = KubernetesNaming.labelProblem(text) {
            throw VolumeError(
                .invalidArgument, "the Kubernetes cluster's identity \(quoted(text)) cannot be used", because: problem,
                next: "use the UID of the namespace kube-system")
        }
        self.text = text
    }

    /// The text.
    public var description: String { text }
}
