import KubernetesModel

/// The next write that binds a claim to the PV that was made for it: what the controller-manager's binder would write,
/// in its order (pkg/controller/volume/persistentvolume, `bind`).
enum ClaimBinding: Hashable {
    /// Everything is written, or the claim went another way: nothing is left to do here.
    case done
    /// The claim is to name the PV and say that it is bound.
    case name(PersistentVolume)
    /// The claim's status is to say so, too.
    case status(PersistentVolume)

    /// Decides from a claim and its PV as they are now.
    init(of claim: PersistentVolumeClaim?, to volume: PersistentVolume) {
        self = .done
        guard let claim, claim.uid != nil, claim.uid == volume.claim?.uid, !volume.metadata.isBeingDeleted,
            volume.phase != "Released", volume.phase != "Failed"
        else { return }
        switch claim.volumeName {
        case nil:
            // Of a claim that is going its PV would be released at once.
            if !claim.metadata.isBeingDeleted { self = .name(volume) }
        case volume.metadata.name where claim.metadata[annotation: WellKnown.bindCompleted] != nil:
            // `Lost`: the controller-manager came to the claim before it came to the PV, after all.
            if claim.phase != "Bound" { self = .status(volume) }
        default:
            return
        }
    }

    /// What the claim is to say once it names its PV. The provisioner's name is there as the controller-manager writes it
    /// before it waits for a provisioner, which it did not have to.
    static func naming(_ volume: PersistentVolume) -> JSONObject {
        var annotations: JSONObject = [WellKnown.bindCompleted: "yes", WellKnown.boundByController: "yes"]
        if let provisioner = volume.metadata[annotation: WellKnown.provisionedBy] {
            for name in WellKnown.storageProvisioner { annotations[name] = .string(provisioner) }
        }
        return [
            "metadata": ["annotations": .object(annotations)],
            "spec": ["volumeName": .string(volume.metadata.name)],
        ]
    }

    /// The status of a claim that is bound.
    static func status(_ volume: PersistentVolume) -> JSONObject {
        [
            "status": [
                "phase": "Bound", "accessModes": .array(volume.accessModes.map(JSONValue.string)),
                "capacity": volume.json["spec", "capacity"] ?? [:],
            ]
        ]
    }
}

extension PersistentVolume {
    /// Whether the controller-manager might choose this PV for a claim that has none: it is not bound yet, and was not made
    /// for the claim that it names. There are few of these, among any number of PVs.
    var mightBeChosen: Bool {
        switch phase {
        case "Bound", "Released", "Failed": false
        default: claim?.uid.map { metadata.name != "pvc-\($0)" } ?? true
        }
    }

    /// Whether the controller-manager may choose this PV for a claim without a volume: it is of the claim's class and
    /// nobody's, or reserved for this claim. It may still not fit; who is in doubt leaves the claim to the
    /// controller-manager.
    func isCandidate(for claim: PersistentVolumeClaim) -> Bool {
        guard let reserved = self.claim else { return storageClassName == claim.storageClassName }
        return reserved.namespace == claim.metadata.namespace && reserved.name == claim.metadata.name
            && (reserved.uid == nil || reserved.uid == claim.uid) && metadata.name != claim.provisionedVolumeName
    }
}
