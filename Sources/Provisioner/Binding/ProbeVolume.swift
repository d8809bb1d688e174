import KubernetesModel

/// The PV by which the controller-manager is asked how far it has got. It has no storage and can be bound to nothing: it
/// is reserved for a claim that does not exist, and its class does not either.
///
/// A round sets its phase to `Pending`. The controller-manager knows but one phase for a PV that is reserved and not
/// bound, `Available`, and sets that; it leaves the reason alone, in which the round stands.
struct ProbeVolume: Sendable {
    /// Its name.
    let name: String
    /// The namespace of the claim that it is reserved for.
    let namespace: String
    /// What tells this process's rounds from those of an earlier one.
    let nonce: String

    private static let claimName = "holdfast-binding-probe"

    /// The probe of a provisioner.
    init(provisioner: String, namespace: String, nonce: String) {
        name = "holdfast-binding-probe.\(provisioner.replacing("/", with: "."))"
        self.namespace = namespace
        self.nonce = nonce
    }

    /// The object, as it is created.
    var object: PersistentVolume {
        var volume = PersistentVolume(name: name)
        volume.metadata[annotation: "holdfast.io/description"] =
            "no volume: by its phase Holdfast sees how far the controller-manager has got; may be deleted at any time"
        volume.json["spec"] = [
            "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1"], "storageClassName": .string(Self.claimName),
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": .string(namespace),
                "name": .string(Self.claimName),
            ],
            "csi": ["driver": "binding-probe.holdfast.io", "volumeHandle": "none"],
        ]
        return volume
    }

    /// The status that begins a round.
    func status(round: Int) -> JSONObject {
        [
            "status": [
                "phase": "Pending", "message": "waiting for the controller-manager", "reason": .string(reason(round)),
            ]
        ]
    }

    /// The round that a state of the probe answers; nil if it answers none of this process.
    func answer(in volume: PersistentVolume) -> Int? {
        guard volume.metadata.name == name, volume.phase == "Available",
            let reason = volume.json["status", "reason"]?.stringValue, reason.hasPrefix("\(nonce)-")
        else { return nil }
        return Int(reason.dropFirst(nonce.utf8.count + 1))
    }

    private func reason(_ round: Int) -> String { "\(nonce)-\(round)" }
}
