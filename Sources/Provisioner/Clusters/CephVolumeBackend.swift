import KubernetesModel
public import Logging
public import Vocabulary
public import Volumes

/// Volumes on Ceph.
public struct CephVolumeBackend: VolumeBackend {
    private let connections: CephConnections
    private let isCarried: @Sendable (VolumeID) async -> Bool
    private let logger: Logger

    /// A backend over these connections. `isCarried` tells whether a PV of this Kubernetes cluster has a handle; it is
    /// asked before a volume that ceph-csi made under the same name is taken over.
    public init(
        _ connections: CephConnections, logger: Logger, isCarried: @escaping @Sendable (VolumeID) async -> Bool
    ) {
        self.connections = connections
        self.isCarried = isCarried
        self.logger = logger
    }

    /// Makes the volume; see ``VolumeBackend``.
    public func create(
        _ creation: VolumeCreation, deadline: Deadline
    ) async throws(ProvisionFailure) -> ProvisionedVolume {
        let isCarried = isCarried
        return try await connections.with(creation.place) { service, location, target throws(VolumeError) in
            let request = VolumeRequest(
                name: try VolumeName(creation.volumeName), location: location, size: creation.size,
                limit: creation.sizeLimit, recipe: creation.parameters.recipe,
                claimNamespace: creation.claimNamespace, claimName: creation.claimName)
            let volume = try await service.create(request, deadline: deadline) { id throws(VolumeError) in
                await isCarried(id)
            }
            return ProvisionedVolume(
                handle: volume.id.description, size: volume.size,
                attributes: creation.parameters.attributes(of: volume), pool: volume.location.pool,
                imageName: volume.imageName, monitors: target.monitors,
                work: WorkReference(
                    place: creation.place, volumeName: creation.volumeName, record: volume.intent))
        }
    }

    /// Deletes the volume: its image goes to the trash; see ``VolumeBackend``.
    public func delete(
        _ removal: VolumeRemoval, deadline: Deadline
    ) async throws(ProvisionFailure) {
        try await connections.with(removal.place) { service, location, _ throws(VolumeError) in
            let deletion = VolumeDeletion(
                id: removal.handle, name: try VolumeName(removal.volumeName),
                radosNamespace: location.radosNamespace, imageName: removal.imageName, retention: removal.retention,
                volumeManifest: removal.manifest.description)
            try await service.delete(deletion, deadline: deadline)
        }
    }

    /// Brings an intent to its end that nothing in Kubernetes stands for; see ``VolumeBackend``.
    public func finish(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        let cluster = connections.options.kubernetesCluster
        try await connections.with(work.place) { service, location, _ throws(VolumeError) in
            let record = try work.record(in: cluster)
            let pending = try await service.pendingIntents(in: location)
            guard let intent = pending.intents.first(where: { $0.uuid == record }) else { return }
            try await service.finish(intent, in: location, deadline: deadline)
        }
    }

    /// Removes an intent; see ``VolumeBackend``.
    public func settle(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        let cluster = connections.options.kubernetesCluster
        try await connections.with(work.place) { service, location, _ throws(VolumeError) in
            if let handle = work.handle {
                try await service.settle(handle, radosNamespace: location.radosNamespace, deadline: deadline)
            } else {
                let record = try work.record(in: cluster)
                try await service.settle(record, in: location, deadline: deadline)
            }
        }
    }

    /// The intents at a place. Those that cannot be read are logged and left alone.
    public func pendingWork(
        at place: StoragePlace, deadline: Deadline
    ) async throws(ProvisionFailure) -> [PendingWork] {
        let pending = try await connections.with(place) { service, location, _ throws(VolumeError) in
            try await service.pendingIntents(in: location)
        }
        for error in pending.unreadable {
            logger.error("a record of work under way cannot be read", metadata: ["error": "\(error)"])
        }
        return pending.intents.map { intent in
            let work = WorkReference(place: place, volumeName: intent.name.text, record: intent.uuid)
            return PendingWork(intent.kind == .create ? .create : .delete, work)
        }
    }

    /// Removes images from the trash whose retention is over, at most 100 in a pass.
    public func purge(_ place: StoragePlace) async throws(ProvisionFailure) -> PurgeOutcome {
        let logger = logger
        let report = try await connections.with(place) { service, location, _ throws(VolumeError) in
            try await Purger(service, logger: logger).pass(over: location)
        }
        if report.hasMore { return .hasMore }
        return report.postponed + report.failed > 0 ? .hasLater : .clean
    }
}

extension WorkReference {
    /// The key of the record.
    fileprivate func record(in cluster: KubernetesClusterID) throws(VolumeError) -> VolumeUUID {
        if let known = record ?? handle?.uuid { return known }
        return try VolumeName(volumeName).uuid(in: cluster)
    }
}
