import KubernetesModel
import Logging
import Volumes

/// Finds out how a PV's volume is to be deleted: from the PV itself, and from its class as far as that is still there.
struct RemovalPlanner: Sendable {
    let context: ControllerContext

    /// The removal of a PV's volume.
    ///
    /// - Throws: ``ProvisionFailure`` when the PV does not tell its volume, or its Secret cannot be read.
    func removal(of volume: PersistentVolume) async throws(ProvisionFailure) -> VolumeRemoval {
        guard let text = volume.holdfastHandle else {
            throw .infeasible(
                "the PersistentVolume has no volume handle: delete its image by hand, then remove the finalizer "
                    + WellKnown.volumeFinalizer)
        }
        let handle: VolumeID
        do {
            handle = try VolumeID(parsing: text)
        } catch {
            throw ProvisionFailure(error)
        }
        let parameters = await classParameters(of: volume)
        let attributes = volume.csi?.volumeAttributes ?? volume.rbd?.strings ?? [:]
        let place = StoragePlace(
            cluster: cluster(of: handle, parameters), pool: attributes["pool"] ?? parameters?.pool ?? "",
            radosNamespace: attributes["radosNamespace"] ?? parameters?.radosNamespace,
            credentials: try await credentials(of: volume, parameters))
        return VolumeRemoval(
            volumeName: volume.metadata.name, handle: handle, imageName: attributes["imageName"] ?? attributes["image"],
            place: place, retention: parameters?.trashRetention ?? .zero, manifest: volume.trimmed().json)
    }

    /// The class, if it is still there and can be read: a class made anew with nonsense in it must not keep a volume
    /// from being deleted.
    private func classParameters(of volume: PersistentVolume) async -> VolumeParameters? {
        guard let name = volume.storageClassName, !name.isEmpty,
            let storageClass = await context.kubernetes.storageClass(name),
            context.settings.names.contains(storageClass.provisioner)
        else { return nil }
        do {
            return try VolumeParameters(parsing: storageClass.parameters)
        } catch {
            context.reporter.logger.notice(
                "the class of a volume to be deleted cannot be read; going by the volume alone",
                metadata: ["volume": "\(volume.metadata.name)", "class": "\(name)", "error": "\(error)"])
            return nil
        }
    }

    /// A class of the old family names its cluster by monitors, and the handle carries the cluster's fsid.
    private func cluster(of handle: VolumeID, _ parameters: VolumeParameters?) -> VolumeParameters.Cluster {
        if let parameters, case .monitors = parameters.cluster { return parameters.cluster }
        return .id(handle.clusterID)
    }

    /// The Secret that the PV names; else the one of its class; else, and when the Secret is gone, nil for our own.
    private func credentials(
        of volume: PersistentVolume, _ parameters: VolumeParameters?
    ) async throws(ProvisionFailure) -> CephCredentials? {
        var user: String?
        if let parameters, case .monitors(_, let legacy) = parameters.cluster { user = legacy.adminID }
        guard let reference = try secret(of: volume, parameters) else { return nil }
        let found = try await context.secrets.credentials(reference, defaultUser: user)
        if found == nil {
            context.reporter.logger.notice(
                "the Secret for deleting a volume is gone; using the provisioner's own credentials",
                metadata: ["volume": "\(volume.metadata.name)", "secret": "\(reference.key)"])
        }
        return found
    }

    private func secret(
        of volume: PersistentVolume, _ parameters: VolumeParameters?
    ) throws(ProvisionFailure) -> KubernetesModel.SecretReference? {
        let name = volume.metadata[annotation: WellKnown.deletionSecretName]
        let namespace = volume.metadata[annotation: WellKnown.deletionSecretNamespace]
        if let name, let namespace {
            return name.isEmpty || namespace.isEmpty
                ? nil : KubernetesModel.SecretReference(namespace: namespace, name: name)
        }
        guard let parameters else { return nil }
        let context = SecretContext(
            volumeName: volume.metadata.name, claimNamespace: volume.claim?.namespace, claimName: volume.claim?.name)
        return try PlannedSecrets(parameters, in: context).provisioner
    }
}
