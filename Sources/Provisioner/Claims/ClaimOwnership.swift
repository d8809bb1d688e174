import KubernetesModel

/// Whether a claim is ours to provision, by the rules of csi-provisioner.
enum ClaimOwnership: Equatable {
    /// Bound, meant for a certain PV, another provisioner's, without a class, or being deleted.
    case notOurs
    /// Ours once the scheduler has chosen a node.
    case waitsForNode
    /// Said to be ours, but its class is not there, so nobody can tell how.
    case missingClass(String)
    /// Ours, to be made by this class.
    case ours(StorageClass)

    /// Decides. `storageClass` finds a class by name.
    init(
        of claim: PersistentVolumeClaim, names: [String], storageClass: (String) -> StorageClass?
    ) {
        self = .notOurs
        guard claim.volumeName == nil, !claim.metadata.isBeingDeleted,
            let provisioner = claim.metadata.firstAnnotation(WellKnown.storageProvisioner), names.contains(provisioner),
            let className = claim.storageClassName, !className.isEmpty
        else { return }
        guard let found = storageClass(className) else {
            self = .missingClass(className)
            return
        }
        // The class may have been made anew for another provisioner since the claim was annotated.
        guard names.contains(found.provisioner) else { return }
        let hasNode = claim.metadata.firstAnnotation(WellKnown.selectedNode) != nil
        self = found.waitsForFirstConsumer && !hasNode ? .waitsForNode : .ours(found)
    }
}

extension PersistentVolumeClaim {
    /// The name of the PV that is made for this claim: `pvc-` and its UID.
    var provisionedVolumeName: String? { uid.map { "pvc-\($0)" } }
}
