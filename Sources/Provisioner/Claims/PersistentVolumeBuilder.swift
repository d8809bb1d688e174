public import KubernetesModel
import Volumes

extension ProvisioningPlan {
    /// The PV of a claim whose volume has been made.
    ///
    /// Its annotations, finalizer and Secrets are there from the first write on: a PV without `provisioned-by` would
    /// be taken for ceph-csi's, one without the finalizer could be deleted while its image stays, and the source can
    /// never be changed.
    public func persistentVolume(of volume: ProvisionedVolume, settings: ProvisionerSettings) -> PersistentVolume {
        var result = PersistentVolume(name: volumeName)
        result.metadata.annotations = annotations(of: volume, settings: settings)
        result.metadata.finalizers = storageClass.reclaimPolicy == "Delete" ? [WellKnown.volumeFinalizer] : []
        result.claim = ObjectReference(to: claim)
        result.storageClassName = claim.storageClassName ?? ""
        result.accessModes = accessModes
        result.mountOptions = storageClass.mountOptions
        result.reclaimPolicy = storageClass.reclaimPolicy
        result.volumeMode = claim.volumeMode
        result.setCapacity(Quantity(volume.size))
        switch settings.source {
        case .csi: result.csi = csiSource(of: volume, settings: settings)
        case .rbd: result.rbd = rbdSource(of: volume)
        }
        return result
    }

    private func annotations(of volume: ProvisionedVolume, settings: ProvisionerSettings) -> [String: String] {
        var annotations = [
            WellKnown.provisionedBy: storageClass.provisioner,
            WellKnown.deletionSecretName: secrets.provisioner?.name ?? "",
            WellKnown.deletionSecretNamespace: secrets.provisioner?.namespace ?? "",
        ]
        if settings.source == .rbd { annotations[WellKnown.volumeHandle] = volume.handle }
        return annotations
    }

    private func csiSource(of volume: ProvisionedVolume, settings: ProvisionerSettings) -> CSISource {
        var source = CSISource(driver: settings.driverName, handle: volume.handle)
        source.fsType = fileSystem
        source.volumeAttributes = volume.attributes
        for (use, reference) in secrets.volume { source[secret: use] = reference }
        return source
    }

    /// The in-tree source. Its kubelets read the user's name from here and the key from the Secret.
    private func rbdSource(of volume: ProvisionedVolume) -> JSONObject {
        var source: JSONObject = [
            "monitors": .array(volume.monitors.map(JSONValue.string)),
            "pool": .string(volume.pool), "image": .string(volume.imageName),
        ]
        if case .monitors(_, let credentials) = parameters.cluster { source["user"] = .string(credentials.userID) }
        source["fsType"] = fileSystem.map(JSONValue.string)
        source["secretRef"] = secrets.volume[.nodeStage].map { .object($0.json) }
        return source
    }
}
