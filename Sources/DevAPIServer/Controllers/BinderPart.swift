import KubernetesModel

/// The part of kube-controller-manager's volume controllers that dynamic provisioning needs: it hands claims to
/// external provisioners, binds volumes to the claims they were made for, and takes protection finalizers off.
///
/// A pure function from a change and the store it led to. It looks at the store, not at the change, wherever it can, so
/// asking twice wants nothing new. Not covered: matching claims with volumes that name no claim, in-tree provisioning,
/// recycling.
enum BinderPart {
    private static let completed = "pv.kubernetes.io/bind-completed"
    private static let byController = "pv.kubernetes.io/bound-by-controller"
    private static let provisioner = "volume.kubernetes.io/storage-provisioner"
    private static let betaProvisioner = "volume.beta.kubernetes.io/storage-provisioner"
    private static let selectedNode = "volume.kubernetes.io/selected-node"
    private static let alphaSelectedNode = "volume.alpha.kubernetes.io/selected-node"

    /// What is to be done after a change.
    static func actions(after change: Change, in store: ResourceStore) -> [ControllerAction] {
        switch change.kind {
        case PersistentVolumeClaim.kind:
            if let claim = store[PersistentVolumeClaim.kind, change.key].map(PersistentVolumeClaim.init(json:)) {
                return claimActions(claim, isNew: change.type == .added, in: store)
            }
            return volumes(claimedBy: change.key, in: store).flatMap { volumeActions($0, in: store) }
        case PersistentVolume.kind:
            if let volume = store[PersistentVolume.kind, change.key].map(PersistentVolume.init(json:)) {
                return volumeActions(volume, in: store)
            }
            return claim(of: PersistentVolume(json: change.object), in: store)
                .map { claimActions($0, isNew: false, in: store) } ?? []
        case StorageClass.kind where change.type == .added:
            return claims(in: store).filter { $0.storageClassName == change.key.name }
                .flatMap { claimActions($0, isNew: true, in: store) }
        default:
            guard change.kind.plural == "pods" else { return [] }
            return claims(in: store).filter {
                $0.metadata.isBeingDeleted && $0.metadata.namespace == change.key.namespace
            }
            .flatMap { claimActions($0, isNew: false, in: store) }
        }
    }
}

// MARK: Claims

extension BinderPart {
    private static func claimActions(
        _ claim: PersistentVolumeClaim, isNew: Bool, in store: ResourceStore
    ) -> [ControllerAction] {
        if claim.metadata.isBeingDeleted { return unprotect(claim, in: store) }
        if let name = claim.volumeName {
            let volume = store[PersistentVolume.kind, ObjectKey(name: name)].map(PersistentVolume.init(json:))
            if let volume, isMade(volume, for: claim) { return bind(volume, to: claim) }
            return volume == nil ? lost(claim) : []
        }
        // Volumes that come later find their claim themselves; only a new claim has to look for those already there.
        if isNew, let volume = volumes(claimedBy: claim.key, in: store).first(where: { isMade($0, for: claim) }) {
            return bind(volume, to: claim)
        }
        return handOver(claim, isNew: isNew, in: store)
    }

    /// Names the external provisioner on the claim, once the class allows it.
    private static func handOver(
        _ claim: PersistentVolumeClaim, isNew: Bool, in store: ResourceStore
    ) -> [ControllerAction] {
        func event(_ warning: Bool, _ reason: String, _ message: String) -> [ControllerAction] {
            isNew ? [.event(about: claim.json, warning: warning, reason: reason, message: message)] : []
        }
        guard let className = claim.storageClassName, !className.isEmpty else {
            return event(
                false, "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
        }
        guard let found = store[StorageClass.kind, ObjectKey(name: className)].map(StorageClass.init(json:)) else {
            return event(true, "ProvisioningFailed", "storageclass.storage.k8s.io \"\(className)\" not found")
        }
        let hasNode = [selectedNode, alphaSelectedNode].contains { claim.metadata[annotation: $0]?.isEmpty == false }
        if found.waitsForFirstConsumer && !hasNode {
            return event(
                false, "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
        }
        if found.provisioner.hasPrefix("kubernetes.io/") {
            return event(true, "ProvisioningFailed", "no volume plugin matched name: \(found.provisioner)")
        }
        let name = found.provisioner
        let isHandedOver = [provisioner, betaProvisioner].allSatisfy { claim.metadata[annotation: $0] == name }
        if isHandedOver { return [] }
        let annotations: JSONObject = [provisioner: .string(name), betaProvisioner: .string(name)]
        return [
            .merge(
                PersistentVolumeClaim.kind, claim.key, ["metadata": ["annotations": .object(annotations)]],
                isStatus: false),
            .event(
                about: claim.json, warning: false, reason: "ExternalProvisioning",
                message: "waiting for a volume to be created, either by external provisioner \"\(name)\" "
                    + "or manually created by system administrator"),
        ]
    }

    private static func lost(_ claim: PersistentVolumeClaim) -> [ControllerAction] {
        guard claim.metadata[annotation: completed] != nil, claim.phase != "Lost" else { return [] }
        return [
            .merge(
                PersistentVolumeClaim.kind, claim.key,
                ["status": ["phase": "Lost", "capacity": .null, "accessModes": .null]], isStatus: true),
            .event(
                about: claim.json, warning: true, reason: "ClaimLost",
                message: "Bound claim has lost its PersistentVolume. Data on the volume is lost!"),
        ]
    }

    private static func unprotect(_ claim: PersistentVolumeClaim, in store: ResourceStore) -> [ControllerAction] {
        let pods = store.all(ServedKind.pod).values.filter { pod in
            pod["metadata", "namespace"]?.stringValue == claim.metadata.namespace
                && !["Succeeded", "Failed"].contains(pod["status", "phase"]?.stringValue ?? "")
        }
        let isUsed = pods.contains { pod in
            (pod["spec", "volumes"]?.arrayValue ?? []).contains {
                $0["persistentVolumeClaim"]?["claimName"]?.stringValue == claim.metadata.name
            }
        }
        return isUsed ? [] : drop(Defaults.claimProtection, PersistentVolumeClaim.kind, claim.metadata)
    }

    private static func drop(_ finalizer: String, _ kind: ResourceKind, _ metadata: ObjectMeta) -> [ControllerAction] {
        guard metadata.finalizers.contains(finalizer) else { return [] }
        let rest = metadata.finalizers.filter { $0 != finalizer }.map(JSONValue.string)
        return [.merge(kind, metadata.key, ["metadata": ["finalizers": .array(rest)]], isStatus: false)]
    }
}

// MARK: Volumes

extension BinderPart {
    private static func volumeActions(_ volume: PersistentVolume, in store: ResourceStore) -> [ControllerAction] {
        if volume.metadata.isBeingDeleted, volume.phase != "Bound" {
            return drop(Defaults.volumeProtection, PersistentVolume.kind, volume.metadata)
        }
        guard let reference = volume.claim else { return phase("Available", of: volume) }
        let claim = claim(of: volume, in: store)
        guard let uid = reference.uid, !uid.value.isEmpty else {
            if let claim { return claimActions(claim, bindingTo: volume) }
            return phase("Available", of: volume)
        }
        guard let claim, claim.uid == uid else { return phase("Released", of: volume) }
        return claimActions(claim, bindingTo: volume)
    }

    private static func claimActions(
        _ claim: PersistentVolumeClaim, bindingTo volume: PersistentVolume
    ) -> [ControllerAction] {
        guard claim.volumeName == nil || claim.volumeName == volume.metadata.name else { return [] }
        return bind(volume, to: claim)
    }

    private static func phase(_ phase: String, of volume: PersistentVolume) -> [ControllerAction] {
        if volume.phase == phase { return [] }
        return [.merge(PersistentVolume.kind, volume.key, ["status": ["phase": .string(phase)]], isStatus: true)]
    }

    /// Both sides say that they belong together; what is said already is not said again.
    private static func bind(_ volume: PersistentVolume, to claim: PersistentVolumeClaim) -> [ControllerAction] {
        var actions: [ControllerAction] = []
        if volume.claim?.uid?.value ?? "" == "" {
            let uid = claim.uid.map { JSONValue.string($0.value) } ?? .null
            actions.append(
                .merge(PersistentVolume.kind, volume.key, ["spec": ["claimRef": ["uid": uid]]], isStatus: false))
        }
        actions += phase("Bound", of: volume)
        if claim.volumeName == nil || claim.metadata[annotation: completed] == nil {
            var annotations: JSONObject = [completed: "yes"]
            if claim.volumeName == nil { annotations[byController] = "yes" }
            actions.append(
                .merge(
                    PersistentVolumeClaim.kind, claim.key,
                    [
                        "metadata": ["annotations": .object(annotations)],
                        "spec": ["volumeName": .string(volume.metadata.name)],
                    ], isStatus: false))
        }
        if claim.phase != "Bound" {
            let status: JSONObject = [
                "phase": "Bound", "accessModes": volume.json["spec", "accessModes"] ?? [],
                "capacity": volume.json["spec", "capacity"] ?? [:],
            ]
            actions.append(
                .merge(PersistentVolumeClaim.kind, claim.key, ["status": .object(status)], isStatus: true))
        }
        return actions
    }

    /// Whether a volume names this claim, and no other of the same name.
    private static func isMade(_ volume: PersistentVolume, for claim: PersistentVolumeClaim) -> Bool {
        guard let reference = volume.claim, reference.key == claim.key, !volume.metadata.isBeingDeleted else {
            return false
        }
        return reference.uid.map { $0.value.isEmpty || $0 == claim.uid } ?? true
    }

    private static func claim(of volume: PersistentVolume, in store: ResourceStore) -> PersistentVolumeClaim? {
        volume.claim.flatMap { store[PersistentVolumeClaim.kind, $0.key] }.map(PersistentVolumeClaim.init(json:))
    }

    private static func volumes(claimedBy key: ObjectKey, in store: ResourceStore) -> [PersistentVolume] {
        store.all(PersistentVolume.kind).values.map(PersistentVolume.init(json:)).filter { $0.claim?.key == key }
    }

    private static func claims(in store: ResourceStore) -> [PersistentVolumeClaim] {
        store.all(PersistentVolumeClaim.kind).values.map(PersistentVolumeClaim.init(json:))
    }
}
