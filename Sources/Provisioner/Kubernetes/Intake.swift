import KubernetesClient
import KubernetesModel

/// Follows what is watched and hands what may need work to the queue.
struct Intake: Sendable {
    let stores: ClusterStores
    let context: ControllerContext

    /// Follows the changes, beginning with all that is there, until the task is cancelled.
    func run() async {
        // Before the first claim is looked at.
        for volume in stores.volumes.objects { context.memory.with { $0.note(volume) } }
        await withDiscardingTaskGroup { group in
            group.addTask { await followClaims() }
            group.addTask { await followVolumes() }
            group.addTask { await followClasses() }
            group.addTask { await followAttachments() }
        }
    }

    private func followClaims() async {
        for await change in stores.claims.changes() {
            if let removed = change.removed { await hand(removed, isRemoved: true) }
            if let claim = stores.claims[change.key] { await hand(claim, isRemoved: false) }
        }
    }

    /// Most changes are no news to us: bound claims, and others' claims.
    private func hand(_ claim: PersistentVolumeClaim, isRemoved: Bool) async {
        guard let uid = claim.uid else { return }
        let isKnown = context.memory.with { $0.knows(claim: uid) }
        guard isKnown || (!isRemoved && isPending(claim)) else { return }
        await context.enqueue(.claim(uid), group(ofClass: claim.storageClassName))
    }

    /// Whether a claim may be waiting for us: it was handed to us, or, where claims are bound directly, its class is ours
    /// and it is not bound.
    private func isPending(_ claim: PersistentVolumeClaim) -> Bool {
        let names = context.settings.names
        if claim.volumeName == nil, let name = claim.metadata.firstAnnotation(WellKnown.storageProvisioner) {
            return names.contains(name)
        }
        guard context.binder != nil, claim.phase != "Bound",
            let storageClass = stores.classes[ObjectKey(name: claim.storageClassName ?? "")]
        else { return false }
        return names.contains(storageClass.provisioner)
    }

    private func followVolumes() async {
        for await change in stores.volumes.changes() {
            let name = change.key.name
            let isKnown = context.memory.with { $0.deletes[name] != nil }
            guard let volume = stores.volumes[change.key] else {
                context.memory.with { _ = $0.choices.remove(name) }
                if let uid = change.removed?.uid {
                    context.memory.with { $0.ledger.forget(uid: uid.value) }
                }
                if isKnown { await context.enqueue(.volume(name), .kubernetes) }
                continue
            }
            context.memory.with { $0.note(volume) }
            await context.binder?.saw(volume)
            if isKnown || VolumeDecision(on: volume, settings: context.settings) != .leave {
                await context.enqueue(.volume(name), group(of: volume))
            }
        }
    }

    /// A class that appears or is made anew is what its claims may be waiting for.
    private func followClasses() async {
        for await change in stores.classes.changes() {
            guard let storageClass = stores.classes[change.key],
                context.settings.names.contains(storageClass.provisioner)
            else { continue }
            let waiting = stores.claims.filter { $0.volumeName == nil && $0.storageClassName == change.key.name }
            for claim in waiting { await hand(claim, isRemoved: false) }
        }
    }

    /// A volume that was attached may be deleted by now.
    private func followAttachments() async {
        for await change in stores.attachments.changes() {
            guard let name = change.removed?.volumeName, let volume = stores.volumes[ObjectKey(name: name)],
                VolumeDecision(on: volume, settings: context.settings) == .delete
            else { continue }
            await context.enqueue(.volume(name), group(of: volume))
        }
    }

    private func group(ofClass name: String?) -> WorkGroup {
        guard let storageClass = stores.classes[ObjectKey(name: name ?? "")] else { return .kubernetes }
        let parameters = storageClass.parameters
        return .ceph(parameters["clusterID"] ?? parameters["monitors"] ?? "")
    }

    private func group(of volume: PersistentVolume) -> WorkGroup {
        if let clusterID = volume.csi?.volumeAttributes["clusterID"] { return .ceph(clusterID) }
        return group(ofClass: volume.storageClassName)
    }
}
