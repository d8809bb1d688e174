import Foundation
import KubernetesModel
import LabSupport
import Vocabulary

/// A volume that `holdfast provision` has made.
struct Volume: Sendable {
    /// The PV as it was printed.
    let persistent: PersistentVolume
    let pool: String
    let image: String

    /// Provisions a claim on the lab's pool, as the user `holdfast`.
    ///
    /// - Throws: `CommandFailure` if the command fails; ``NotProvisioned`` if it printed something else than one PV of an
    ///   image.
    static func provision(_ size: String, on ceph: CephLab, in folder: URL) async throws -> Volume {
        let manifests = folder.appending(path: "manifests.yaml")
        try Data(try self.manifests(size, ceph).utf8).write(to: manifests)
        let printed = try await Command([
            Checkout.executable("holdfast"), "provision", "-f", manifests.path, "--conf", ceph.conf, "-o", "json",
        ]).run()
        let list = try JSONObject(json: printed)
        guard let item = list["items"]?.arrayValue?.first?.objectValue else { throw NotProvisioned(printed: printed) }
        let persistent = try PersistentVolume(manifest: item)
        guard let attributes = persistent.csi?.volumeAttributes, let pool = attributes["pool"],
            let image = attributes["imageName"]
        else { throw NotProvisioned(printed: printed) }
        return Volume(persistent: persistent, pool: pool, image: image)
    }

    /// An answer without a volume.
    struct NotProvisioned: Error {
        var printed: String
    }

    private static func manifests(_ size: String, _ ceph: CephLab) throws -> String {
        """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: survival}
        provisioner: rbd.holdfast.io
        parameters:
          clusterID: \(ceph.fsid)
          pool: \(ceph.pool)
          imageFeatures: layering
          csi.storage.k8s.io/fstype: ext4
          csi.storage.k8s.io/provisioner-secret-name: ceph
          csi.storage.k8s.io/provisioner-secret-namespace: survival
          csi.storage.k8s.io/node-stage-secret-name: ceph
          csi.storage.k8s.io/node-stage-secret-namespace: survival
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: ceph, namespace: survival}
        stringData: {userID: holdfast, userKey: \(try ceph.key(of: .holdfast).reveal())}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: survival}
        spec:
          storageClassName: survival
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: \(size)}}
        """
    }
}
