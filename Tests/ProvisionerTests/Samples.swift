import KubernetesModel
import Vocabulary

@testable import Provisioner

/// Objects that tests start from.
enum Samples {
    static let uid = "11111111-2222-4333-8444-555555555555"
    static let parameters = [
        "clusterID": "c1", "pool": "kube",
        "csi.storage.k8s.io/provisioner-secret-name": "admin",
        "csi.storage.k8s.io/provisioner-secret-namespace": "ceph",
        "csi.storage.k8s.io/node-stage-secret-name": "node", "csi.storage.k8s.io/node-stage-secret-namespace": "ceph",
    ]

    static func claim(_ change: (inout PersistentVolumeClaim) -> Void = { _ in }) -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: "data", namespace: "team")
        claim.metadata.uid = ObjectUID(uid)
        claim.metadata.resourceVersion = "7"
        claim.metadata[annotation: "volume.kubernetes.io/storage-provisioner"] = "rbd.holdfast.io"
        claim.storageClassName = "fast"
        claim.accessModes = ["ReadWriteOnce"]
        claim.setRequestedStorage(Quantity(.gib(1)))
        change(&claim)
        return claim
    }

    static func storageClass(
        _ parameters: [String: String] = parameters, _ change: (inout StorageClass) -> Void = { _ in }
    ) -> StorageClass {
        var storageClass = StorageClass(name: "fast")
        storageClass.metadata.uid = ObjectUID("class-uid")
        storageClass.json["provisioner"] = "rbd.holdfast.io"
        storageClass.json["parameters"] = .object(JSONObject(strings: parameters))
        change(&storageClass)
        return storageClass
    }

    /// A PV of ours as the API would have it.
    static func volume(phase: String = "Released", _ change: (inout PersistentVolume) -> Void = { _ in })
        -> PersistentVolume
    {
        var volume = PersistentVolume(name: "pvc-\(uid)")
        volume.metadata.uid = ObjectUID("pv-uid")
        volume.metadata[annotation: WellKnown.provisionedBy] = "rbd.holdfast.io"
        volume.metadata.finalizers = [WellKnown.volumeFinalizer]
        volume.reclaimPolicy = "Delete"
        volume.json["status"] = ["phase": .string(phase)]
        volume.csi = CSISource(driver: "rbd.csi.ceph.com", handle: "0001-0002-c1-0000000000000001-\(uid)")
        change(&volume)
        return volume
    }
}
