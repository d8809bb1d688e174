import KubernetesModel
import Synchronization
import TestSupport
import Vocabulary
import Volumes

@testable import Provisioner

/// The world outside the process under test: the API's objects, the controller-manager, and Ceph. It survives a crash
/// of the process; what the process does goes through ``WorldDoor``.
struct World {
    static let className = "fast"
    static let driver = "rbd.csi.ceph.com"

    /// A volume in Ceph and what is on record about it.
    struct Disk {
        /// Volumes that exist, by name; a half-made one is `false`.
        var volumes: [String: Bool] = [:]
        /// What is on record, by volume name.
        var records: [String: PendingWork.Kind] = [:]
    }

    var claims: [ObjectUID: PersistentVolumeClaim] = [:]
    var volumes: [String: PersistentVolume] = [:]
    var storageClass: StorageClass
    var disk = Disk()
    /// Events in the order in which they were reported: object, reason, message.
    var events: [(object: String, reason: String, message: String)] = []
    /// Writes to the API, in words.
    var writes: [String] = []
    /// Whether Secrets are there.
    var hasSecrets = true
    /// Nodes that a VolumeAttachment of every volume names.
    var attachedNodes: [String] = []
    /// The users as which volumes were deleted; nil for the provisioner's own.
    var deletedWith: [String?] = []
    /// What a test must not see, in words.
    var violations: [String] = []
    /// What the watches have brought to the process so far.
    var seenClaims: [ObjectUID: PersistentVolumeClaim] = [:]
    var seenVolumes: [String: PersistentVolume] = [:]

    init() {
        storageClass = StorageClass(name: Self.className)
        storageClass.metadata.uid = ObjectUID("class-1")
        storageClass.json["provisioner"] = "rbd.holdfast.io"
        storageClass.json["parameters"] = .object(
            JSONObject(strings: [
                "clusterID": "c1", "pool": "rbd",
                "csi.storage.k8s.io/provisioner-secret-name": "ceph",
                "csi.storage.k8s.io/provisioner-secret-namespace": "ns",
                "csi.storage.k8s.io/node-stage-secret-name": "ceph",
                "csi.storage.k8s.io/node-stage-secret-namespace": "ns",
            ]))
    }

    // MARK: Users

    mutating func addClaim(_ number: UInt64) {
        let uid = "00000000-0000-4000-8000-" + padded(number)
        var claim = PersistentVolumeClaim(name: "claim-\(number)", namespace: "team")
        claim.metadata.uid = ObjectUID(uid)
        claim.metadata[annotation: "volume.kubernetes.io/storage-provisioner"] = "rbd.holdfast.io"
        claim.storageClassName = Self.className
        claim.accessModes = ["ReadWriteOnce"]
        claim.setRequestedStorage(Quantity(.mib(64)))
        claims[ObjectUID(uid)] = claim
    }

    /// Changes each claim in a way that means nothing, so that the watches bring it again.
    mutating func touchClaims() {
        for uid in claims.keys { claims[uid]?.metadata[annotation: "touched"] = "\(events.count)" }
    }

    private func padded(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    // MARK: The controller-manager

    /// What the controller-manager does at its next look at a PV. Gives whether anything changed.
    mutating func bind(_ name: String) -> Bool {
        guard var volume = volumes[name], let reference = volume.claim, let uid = reference.uid else { return false }
        let phase = volume.phase
        if var claim = claims[uid], claim.volumeName == nil || claim.volumeName == name {
            if phase == "Bound", claim.volumeName == name { return false }
            claim.volumeName = name
            claims[uid] = claim
            volume.json["status", "phase"] = "Bound"
        } else {
            if phase == "Released" { return false }
            volume.json["status", "phase"] = "Released"
        }
        volumes[name] = volume
        return true
    }

    // MARK: The API's side of deleting a PV

    mutating func removeFinalizer(_ finalizer: String, of name: String) {
        guard var volume = volumes[name] else { return }
        volume.metadata.finalizers.removeAll { $0 == finalizer }
        volumes[name] = volume.metadata.isBeingDeleted && volume.metadata.finalizers.isEmpty ? nil : volume
    }

    mutating func deleteVolume(_ name: String) {
        guard var volume = volumes[name] else { return }
        volume.json["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        volumes[name] = volume.metadata.finalizers.isEmpty ? nil : volume
    }

    // MARK: The watches

    /// Brings the state of one object to the process; nil when it has seen all.
    mutating func deliver(using random: inout SeededGenerator) -> WorkKey? {
        let claimKeys = Set(claims.keys).union(seenClaims.keys).filter { claims[$0] != seenClaims[$0] }.sorted()
        let volumeKeys = Set(volumes.keys).union(seenVolumes.keys).filter { volumes[$0] != seenVolumes[$0] }.sorted()
        let count = claimKeys.count + volumeKeys.count
        guard count > 0 else { return nil }
        let choice = Int.random(in: 0..<count, using: &random)
        if choice < claimKeys.count {
            let uid = claimKeys[choice]
            seenClaims[uid] = claims[uid]
            return .claim(uid)
        }
        let name = volumeKeys[choice - claimKeys.count]
        seenVolumes[name] = volumes[name]
        return .volume(name)
    }

    /// A new list at the start of a process.
    mutating func relist() -> [WorkKey] {
        seenClaims = claims
        seenVolumes = volumes
        return claims.keys.sorted().map(WorkKey.claim) + volumes.keys.sorted().map(WorkKey.volume)
    }
}
