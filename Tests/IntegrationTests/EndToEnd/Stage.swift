import FaultSupport
import Foundation
import KubernetesModel
import LabSupport
import Vocabulary

/// What one end-to-end test works on: a pool, a cephx user that may use it, a namespace, a provisioner's name and a
/// class of its own, so that tests leave each other alone on the labs that they share.
struct Stage: Sendable {
    let ceph: CephLab
    let kube: KubeLab
    /// The name of the pool, the user, the namespace, the Secret and the class alike.
    let name: String
    /// The name of the provisioner that serves the class.
    var provisionerName: String { "\(name).holdfast.io" }
    /// The folder for configuration and logs.
    let folder: URL

    /// Makes a stage, on the labs that tests share unless others are given.
    static func set(_ name: String, ceph ownCeph: CephLab? = nil, kube ownKube: KubeLab? = nil) async throws -> Stage {
        let ceph = if let ownCeph { ownCeph } else { try await CephLab.shared() }
        let kube = if let ownKube { ownKube } else { try await KubeLab.shared() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(name)-\(UUID().uuidString)")
        let stage = Stage(ceph: ceph, kube: kube, name: name, folder: folder)
        try await ceph.ceph(["osd", "pool", "create", name, "16"])
        try await ceph.ceph(["osd", "pool", "application", "enable", name, "rbd"])
        try await ceph.ceph([
            "auth", "get-or-create", "client.\(name)", "mon", "profile rbd", "osd", "profile rbd pool=\(name)",
        ])
        try await kube.kubectl(["create", "namespace", name])
        try await stage.applySecret(name, user: name, key: stage.key(of: name))
        try await stage.apply([stage.storageClass(name)])
        return stage
    }

    /// Removes what ``set(_:)`` made.
    func strike() async throws {
        try await deleteClaims()
        try await kube.kubectl(["delete", "storageclass", "-l", "stage=\(name)", "--wait=false"])
        try await kube.kubectl(["delete", "namespace", name, "--wait=false"])
        try await ceph.ceph(["osd", "pool", "delete", name, name, "--yes-i-really-really-mean-it"])
        try await ceph.ceph(["auth", "del", "client.\(name)"])
        try FileManager.default.removeItem(at: folder)
    }

    /// Runs `body` on a stage of its own and strikes it afterwards. After a failure the folder with the logs stays.
    static func with(
        _ name: String, ceph: CephLab? = nil, kube: KubeLab? = nil, body: (Stage) async throws -> Void
    ) async throws {
        let stage = try await Stage.set(name, ceph: ceph, kube: kube)
        do {
            try await body(stage)
        } catch {
            throw StageFailure(cause: error, folder: stage.folder, log: stage.lastLogLines())
        }
        try await stage.strike()
    }

    /// Starts a provisioner for this stage's class.
    func startProvisioner(
        _ flags: [String] = [], environment: [String: String?] = [:], log: String = "provisioner.log",
        clusterIDs: [String] = []
    ) async throws -> ProvisionerUnderTest {
        try await .start(
            provisionerName, ceph: ceph, kube: kube, folder: folder, flags: flags, environment: environment, log: log,
            clusterIDs: clusterIDs)
    }

    /// Starts a provisioner that talks to the API through a proxy.
    func startProvisioner(through proxy: APIProxy, _ flags: [String] = []) async throws -> ProvisionerUnderTest {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "proxy.kubeconfig")
        try Data(proxy.kubeconfig.utf8).write(to: file)
        return try await startProvisioner(flags + ["--kubeconfig", file.path])
    }

    /// Starts a provisioner to which something happens at one of its calls into Ceph.
    func startProvisioner(with fault: CephFault?, _ flags: [String] = []) async throws -> ProvisionerUnderTest {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: callLog)
        return try await startProvisioner(flags, environment: CephFault.environment(fault, log: callLog))
    }

    /// Where the calls into Ceph are noted of a provisioner that was started with a fault.
    var callLog: URL { folder.appending(path: "calls.log") }

    /// Deletes all claims of this stage in one request, and does not wait until they are gone.
    func deleteClaims() async throws {
        try await kube.kubectl(
            ["delete", "--raw", "/api/v1/namespaces/\(name)/persistentvolumeclaims"], deadline: .in(.seconds(120)))
    }

    /// A user's cephx key.
    func key(of user: String) async throws -> Redacted<String> {
        let text = try await ceph.ceph(["auth", "get-key", "client.\(user)"])
        return Redacted(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func lastLogLines() -> String {
        let log = folder.appending(path: "provisioner.log")
        guard let data = FileManager.default.contents(atPath: log.path) else { return "(no log)" }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(15).joined(separator: "\n")
    }
}

/// A failure on a stage, with where to look.
struct StageFailure: Error, CustomStringConvertible {
    let cause: any Error
    let folder: URL
    let log: String

    var description: String { "\(cause)\nlogs: \(folder.path)\n\(log)" }
}

// MARK: Manifests

extension Stage {
    /// Applies manifests, all in one request of kubectl.
    func apply(_ objects: [JSONObject], deadline: Deadline = .in(.seconds(240))) async throws {
        let list: JSONObject = [
            "apiVersion": "v1", "kind": "List", "items": .array(objects.map(JSONValue.object)),
        ]
        let text = String(decoding: list.encoded(), as: UTF8.self)
        try await kube.kubectl(["create", "-f", "-"], input: text, deadline: deadline)
    }

    /// A Secret with a user's name and key.
    func applySecret(_ secret: String, user: String, key: Redacted<String>) async throws {
        try await apply([
            [
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": .string(secret), "namespace": .string(name)],
                "stringData": ["userID": .string(user), "userKey": .string(key.reveal())],
            ]
        ])
    }

    /// The parameters that a good class has.
    var parameters: [String: String] {
        [
            "clusterID": ceph.fsid, "pool": name, "imageFeatures": "layering",
            "csi.storage.k8s.io/provisioner-secret-name": name,
            "csi.storage.k8s.io/provisioner-secret-namespace": name,
            "csi.storage.k8s.io/node-stage-secret-name": name,
            "csi.storage.k8s.io/node-stage-secret-namespace": name,
        ]
    }

    /// A class of this stage; a parameter set to nil is left out.
    func storageClass(_ className: String, changing changes: [String: String?] = [:]) -> JSONObject {
        var parameters = parameters
        for (key, value) in changes { parameters[key] = value }
        return [
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": ["name": .string(className), "labels": ["stage": .string(name)]],
            "provisioner": .string(provisionerName),
            "parameters": .object(JSONObject(strings: parameters)),
        ]
    }

    /// A claim of this stage.
    func claim(
        _ claimName: String, of className: String? = nil, storage: String = "4Mi", spec: JSONObject = [:]
    ) -> JSONObject {
        var whole: JSONObject = [
            "accessModes": ["ReadWriteOnce"], "storageClassName": .string(className ?? name),
            "resources": ["requests": ["storage": .string(storage)]],
        ]
        for (key, value) in spec { whole[key] = value }
        return [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": ["name": .string(claimName), "namespace": .string(name)],
            "spec": .object(whole),
        ]
    }
}
