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

    /// Decides.
    ///
    /// - Parameters:
    ///   - isFreeToTake: whether the class alone decides where the controller-manager has named no provisioner.
    ///   - storageClass: finds a class by name.
    init(
        of claim: PersistentVolumeClaim, names: [String], isFreeToTake: Bool = false,
        storageClass: (String) -> StorageClass?
    ) {
        self = .notOurs
        guard claim.volumeName == nil, !claim.metadata.isBeingDeleted, let className = claim.storageClassName,
            !className.isEmpty
        else { return }
        let provisioner = claim.metadata.firstAnnotation(WellKnown.storageProvisioner)
        guard provisioner.map(names.contains) ?? isFreeToTake else { return }
        guard let found = storageClass(className) else {
            // Of a claim that nobody was named for, the class is the only sign that it is ours.
            if provisioner != nil { self = .missingClass(className) }
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
