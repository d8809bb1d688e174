/// What a provisioner is called and what its volumes look like: everything that decides about a PV's content.
public struct ProvisionerSettings: Hashable, Sendable {
    /// The kind of source that PVs get.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// `spec.csi` in ceph-csi's journalled form: ceph-csi's node plugin mounts it.
        case csi
        /// `spec.rbd`, the in-tree source: kubelets up to Kubernetes 1.30 mount it.
        case rbd
    }

    /// Who binds a claim to the PV that was made for it.
    public enum Binding: String, Hashable, Sendable, CaseIterable {
        /// The controller-manager, as everywhere; at its default limits some four claims a second.
        case controllerManager = "controller-manager"
        /// The provisioner itself.
        case direct
    }

    /// The provisioner names that claims and volumes of ours carry; the first one is this provisioner's own.
    public var names: [String]
    /// The CSI driver that mounts the volumes.
    public var driverName: String
    /// The kind of source that PVs get.
    public var source: Source
    /// The file system of volumes whose class names none.
    public var defaultFileSystem: String
    /// Who binds claims.
    public var binding: Binding
    /// Whether claim, volume and cluster are noted in the image's metadata.
    public var setsMetadata: Bool
    /// The name of the Kubernetes cluster in the image's metadata; empty to leave it out.
    public var clusterName: String

    /// Settings. The defaults make volumes that ceph-csi's node plugin with its default name mounts.
    public init(
        names: [String] = ["rbd.holdfast.io"], driverName: String = "rbd.csi.ceph.com", source: Source = .csi,
        defaultFileSystem: String = "ext4", setsMetadata: Bool = false, clusterName: String = "",
        binding: Binding = .controllerManager
    ) {
        self.names = names
        self.driverName = driverName
        self.source = source
        self.defaultFileSystem = defaultFileSystem
        self.setsMetadata = setsMetadata
        self.clusterName = clusterName
        self.binding = binding
    }
}
