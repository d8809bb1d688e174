import KubernetesModel

/// Annotations and finalizers of Kubernetes' contract with provisioners, which csi-provisioner and the
/// controller-manager read and write as well.
enum WellKnown {
    /// Who is to provision a claim; written by the controller-manager. The second name is the one before 1.23.
    static let storageProvisioner = [
        "volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner",
    ]
    /// The node that the scheduler chose for a claim's first consumer. The second name is the one before 1.13.
    static let selectedNode = ["volume.kubernetes.io/selected-node", "volume.alpha.kubernetes.io/selected-node"]
    /// Says that a claim has been bound to the PV that it names, and what is to be made of it when that goes.
    static let bindCompleted = "pv.kubernetes.io/bind-completed"
    /// Says that a claim names its PV because a controller chose it, and not a user.
    static let boundByController = "pv.kubernetes.io/bound-by-controller"
    /// Who made a volume and deletes it.
    static let provisionedBy = "pv.kubernetes.io/provisioned-by"
    /// The driver that a volume of an in-tree plugin was handed to.
    static let migratedTo = "pv.kubernetes.io/migrated-to"
    /// The Secret for deleting a volume.
    static let deletionSecretName = "volume.kubernetes.io/provisioner-deletion-secret-name"
    static let deletionSecretNamespace = "volume.kubernetes.io/provisioner-deletion-secret-namespace"
    /// Keeps a PV until its volume is deleted.
    static let volumeFinalizer = "external-provisioner.volume.kubernetes.io/finalizer"
    /// The handle of a volume whose source cannot carry it (`spec.rbd`).
    static let volumeHandle = "holdfast.io/volume-handle"
}

extension ObjectMeta {
    /// The first annotation of these names that is there and not empty.
    func firstAnnotation(_ names: [String]) -> String? {
        for name in names {
            if let value = self[annotation: name], !value.isEmpty { return value }
        }
        return nil
    }
}
