import KubernetesModel

/// What is to be done with a PV now, by csi-provisioner's rules with finalizers on.
enum VolumeDecision: Hashable {
    /// Nothing: another's, or in use, or to be kept.
    case leave
    /// Delete the volume, then the PV, then take the finalizer away.
    case delete
    /// The PV would go while its volume stays: add the finalizer.
    case addFinalizer
    /// The volume is to be kept by now: take the finalizer away.
    case removeFinalizer

    /// Decides.
    init(on volume: PersistentVolume, settings: ProvisionerSettings) {
        self = .leave
        guard Self.isOurs(volume, settings: settings) else { return }
        let hasFinalizer = volume.metadata.finalizers.contains(WellKnown.volumeFinalizer)
        let isBeingDeleted = volume.metadata.isBeingDeleted
        // Without a policy the API server fills in Retain for PVs that people write.
        guard volume.reclaimPolicy == "Delete" else {
            if hasFinalizer { self = .removeFinalizer }
            return
        }
        switch volume.phase {
        case "Released":
            // Deleted, and our finalizer is gone already: the volume went before.
            if !isBeingDeleted || hasFinalizer { self = .delete }
        case "Bound":
            if !isBeingDeleted, !hasFinalizer { self = .addFinalizer }
        default:
            break
        }
    }

    /// Whether `volume` is ours to delete: it says that we made it, or was handed to us from an in-tree plugin. Only
    /// where nothing says who made it does the CSI driver's name count.
    static func isOurs(_ volume: PersistentVolume, settings: ProvisionerSettings) -> Bool {
        let maker = volume.metadata[annotation: WellKnown.provisionedBy]
        let names = [maker, volume.metadata[annotation: WellKnown.migratedTo], maker == nil ? volume.csi?.driver : nil]
        return names.contains { $0.map(settings.names.contains) ?? false }
    }
}

extension PersistentVolume {
    /// The handle of a volume that we can delete: of `spec.csi`, or noted beside `spec.rbd`.
    var holdfastHandle: String? {
        csi?.volumeHandle ?? metadata[annotation: WellKnown.volumeHandle]
    }
}
