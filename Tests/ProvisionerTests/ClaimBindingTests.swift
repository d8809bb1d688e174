import KubernetesModel
import Testing

@testable import Provisioner

@Suite struct ClaimBindingTests {
    private static func made(phase: String = "Bound", isGoing: Bool = false) -> PersistentVolume {
        var volume = PersistentVolume(name: "pvc-u1")
        volume.claim = ObjectReference(to: asked())
        volume.json["status"] = ["phase": .string(phase)]
        volume.json["spec", "capacity"] = ["storage": "1Gi"]
        volume.accessModes = ["ReadWriteOnce"]
        volume.metadata[annotation: WellKnown.provisionedBy] = "rbd.holdfast.io"
        if isGoing { volume.json["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return volume
    }

    private static func asked(
        uid: String = "u1", volumeName: String? = nil, phase: String = "Pending", isComplete: Bool = false,
        isGoing: Bool = false
    ) -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: "data", namespace: "team")
        claim.metadata.uid = ObjectUID(uid)
        claim.volumeName = volumeName
        claim.json["status"] = ["phase": .string(phase)]
        if isComplete { claim.metadata[annotation: WellKnown.bindCompleted] = "yes" }
        if isGoing { claim.json["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return claim
    }

    private enum Next { case name, status, done }

    private static let cases: [(what: String, claim: PersistentVolumeClaim?, volume: PersistentVolume, next: Next)] = [
        ("a new claim", asked(), made(), .name),
        ("named, not yet bound", asked(volumeName: "pvc-u1", isComplete: true), made(), .status),
        ("bound", asked(volumeName: "pvc-u1", phase: "Bound", isComplete: true), made(), .done),
        ("lost by mistake", asked(volumeName: "pvc-u1", phase: "Lost", isComplete: true), made(), .status),
        ("named by its user", asked(volumeName: "pvc-u1"), made(), .done),
        ("bound to another PV", asked(volumeName: "pv-7", phase: "Bound", isComplete: true), made(), .done),
        ("going", asked(isGoing: true), made(), .done),
        ("going, but named", asked(volumeName: "pvc-u1", isComplete: true, isGoing: true), made(), .status),
        ("gone", nil, made(), .done),
        ("another one of that name", asked(uid: "u2"), made(), .done),
        ("its PV is released", asked(), made(phase: "Released"), .done),
        ("its PV has failed", asked(), made(phase: "Failed"), .done),
        ("its PV is going", asked(), made(isGoing: true), .done),
    ]

    @Test(arguments: cases.indices) func theNextWrite(index: Int) {
        let (what, claim, volume, next) = Self.cases[index]
        let expected: ClaimBinding =
            switch next {
            case .name: .name(volume)
            case .status: .status(volume)
            case .done: .done
            }
        #expect(ClaimBinding(of: claim, to: volume) == expected, "\(what)")
    }

    @Test func theWritesAreThoseOfTheControllerManager() {
        #expect(
            ClaimBinding.naming(Self.made()).description
                == #"{"metadata":{"annotations":{"pv.kubernetes.io/bind-completed":"yes","pv.kubernetes.io/bound-by-"#
                + #"controller":"yes","volume.beta.kubernetes.io/storage-provisioner":"rbd.holdfast.io","volume."#
                + #"kubernetes.io/storage-provisioner":"rbd.holdfast.io"}},"spec":{"volumeName":"pvc-u1"}}"#)
        #expect(
            ClaimBinding.status(Self.made()).description
                == #"{"status":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"phase":"Bound"}}"#)
    }

    private static func volume(
        ofClass name: String?, reservedFor namespace: String? = nil, claim: String = "data", uid: String? = nil
    ) -> PersistentVolume {
        var volume = PersistentVolume(name: "pv-7")
        volume.storageClassName = name
        if let namespace {
            var reference: JSONObject = ["namespace": .string(namespace), "name": .string(claim)]
            if let uid { reference["uid"] = .string(uid) }
            volume.json["spec", "claimRef"] = .object(reference)
        }
        return volume
    }

    /// What the controller-manager might choose for the claim team/data of class fast.
    private static let candidates: [(PersistentVolume, Bool)] = [
        (volume(ofClass: "fast"), true), (volume(ofClass: "slow"), false), (volume(ofClass: nil), false),
        (volume(ofClass: "fast", reservedFor: "team"), true), (volume(ofClass: "slow", reservedFor: "team"), true),
        (volume(ofClass: "fast", reservedFor: "other"), false),
        (volume(ofClass: "fast", reservedFor: "team", claim: "other"), false),
        (volume(ofClass: "fast", reservedFor: "team", uid: "u1"), true),
        (volume(ofClass: "fast", reservedFor: "team", uid: "u2"), false),
    ]

    @Test(arguments: candidates.indices) func whatMightBeChosen(index: Int) {
        var claim = Self.asked()
        claim.storageClassName = "fast"
        #expect(Self.candidates[index].0.isCandidate(for: claim) == Self.candidates[index].1)
    }

    @Test(arguments: [
        (nil, true), ("Available", true), ("Pending", true), ("Bound", false), ("Released", false), ("Failed", false),
    ]) func onlyPVsThatAreNotBoundMightBeChosen(phase: String?, isSo: Bool) {
        var volume = Self.volume(ofClass: "fast")
        volume.json["status", "phase"] = phase.map(JSONValue.string)
        #expect(volume.mightBeChosen == isSo)
        var made = Self.made(phase: phase ?? "Pending")
        made.json["status", "phase"] = phase.map(JSONValue.string)
        #expect(!made.mightBeChosen, "it was made for its claim")
    }

    @Test func whatWasMadeForTheClaimIsNoCandidate() {
        #expect(!Self.made().isCandidate(for: Self.asked()))
    }

    @Test func theProbeTellsItsRound() {
        let probe = ProbeVolume(provisioner: "ceph.com/rbd", namespace: "holdfast", nonce: "77")
        var object = probe.object
        #expect(object.metadata.name == "holdfast-binding-probe.ceph.com.rbd")
        #expect(probe.answer(in: object) == nil)
        object.json["status"] = probe.status(round: 5)["status"]
        #expect(probe.answer(in: object) == nil, "nobody has answered")
        object.json["status", "phase"] = "Available"
        #expect(probe.answer(in: object) == 5)
        object.json["status", "reason"] = "78-5"
        #expect(probe.answer(in: object) == nil, "another process's round")
    }
}
