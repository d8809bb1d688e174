import KubernetesClient
import KubernetesModel
import Vocabulary

/// What is watched of the Kubernetes API.
struct ClusterStores: Sendable {
    let claims = ObjectStore<PersistentVolumeClaim>()
    let volumes = ObjectStore<PersistentVolume>()
    let classes = ObjectStore<StorageClass>()
    let attachments = ObjectStore<VolumeAttachment>()

    /// Keeps the stores current until the task is cancelled.
    func follow(_ client: KubernetesClient) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await Reflector(client, into: claims).run() }
            group.addTask { await Reflector(client, into: volumes).run() }
            group.addTask { await Reflector(client, into: classes).run() }
            group.addTask { await Reflector(client, into: attachments).run() }
        }
    }

    /// Waits until each store has held a whole list.
    ///
    /// - Throws: ``KubernetesError`` at the deadline or on cancellation.
    func waitUntilSynced(deadline: Deadline) async throws(KubernetesError) {
        try await classes.waitUntilSynced(deadline: deadline)
        try await claims.waitUntilSynced(deadline: deadline)
        try await volumes.waitUntilSynced(deadline: deadline)
        try await attachments.waitUntilSynced(deadline: deadline)
    }
}
