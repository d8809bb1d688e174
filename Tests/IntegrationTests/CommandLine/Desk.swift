import Foundation
import KubernetesModel
import LabSupport
import Vocabulary

/// What a test of the command `holdfast` works with: a pool, a cephx user that may use it, and a folder with manifests and
/// a `config.json`.
struct Desk: Sendable {
    let ceph: CephLab
    /// The name of the pool, the user, the class and its provisioner, the Secret and the namespace alike.
    let name: String
    let folder: URL
    /// The user's cephx key.
    let key: Redacted<String>

    /// Runs `body` with a desk of its own, and clears it whatever comes of it.
    static func with(_ body: (Desk) async throws -> Void) async throws {
        let ceph = try await CephLab.shared()
        let name = "desk-\(UInt32.random(in: 0 ... .max))"
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await ceph.ceph(["osd", "pool", "create", name, "8"])
        try await ceph.ceph(["osd", "pool", "application", "enable", name, "rbd"])
        let caps = "profile rbd pool=\(name)"
        let words = ["auth", "get-or-create-key", "client.\(name)", "mon", "profile rbd", "osd", caps]
        let key = try await ceph.ceph(words).trimmingCharacters(in: .whitespacesAndNewlines)
        let desk = Desk(ceph: ceph, name: name, folder: folder, key: Redacted(key))
        do {
            try desk.writeManifests()
            try await body(desk)
        } catch {
            try await desk.clear()
            throw error
        }
        try await desk.clear()
    }

    private func clear() async throws {
        try await ceph.ceph(["osd", "pool", "delete", name, name, "--yes-i-really-really-mean-it"])
        try await ceph.ceph(["auth", "del", "client.\(name)"])
        try FileManager.default.removeItem(at: folder)
    }

    // MARK: Files

    /// The path of a file in the folder.
    func path(_ file: String) -> String { folder.appending(path: file).path }

    func write(_ file: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: file))
    }

    private func writeManifests() throws {
        let monitors = ceph.monitors.map { "\"\($0)\"" }.joined(separator: ",")
        try write("config.json", "[{\"clusterID\": \"\(ceph.fsid)\", \"monitors\": [\(monitors)]}]")
        try write("class.yaml", storageClass())
        try write(
            "secret.yaml",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: \(name), namespace: \(name)}
            stringData: {userID: \(name), userKey: \(key.reveal())}
            """)
        try write("claims.yaml", claim("data", storage: "6Mi") + "---\n" + claim("logs", storage: "5M"))
    }

    /// A class; more parameters can be given, a line each.
    func storageClass(with parameters: String...) -> String {
        """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: \(name)
        provisioner: \(name).holdfast.io
        parameters:
          clusterID: \(ceph.fsid)
          pool: \(name)
          imageFeatures: layering
          csi.storage.k8s.io/provisioner-secret-name: \(name)
          csi.storage.k8s.io/provisioner-secret-namespace: \(name)
          csi.storage.k8s.io/node-stage-secret-name: \(name)
          csi.storage.k8s.io/node-stage-secret-namespace: \(name)

        """ + parameters.map { "  \($0)\n" }.joined()
    }

    func claim(_ claim: String, storage: String) -> String {
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: \(claim)
          namespace: \(name)
        spec:
          storageClassName: \(name)
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: \(storage)}}

        """
    }

    // MARK: Programs

    /// Runs `holdfast provision` on the manifests, or on these files of the folder.
    func provision(
        _ options: String..., files: [String] = ["class.yaml", "secret.yaml", "claims.yaml"]
    ) async throws -> Command.Result {
        let words =
            [Checkout.executable("holdfast"), "provision", "-f"] + files.map(path) + [
                "--ceph-config", path("config.json"), "--provisioner-name", "\(name).holdfast.io",
            ] + options
        return try await Command(words).result()
    }

    /// The names of the images in the pool.
    func images() async throws -> Set<String> {
        Set(try await ceph.rbd(["ls", name]).split(separator: "\n").map(String.init))
    }

    /// Every object of the pool with its omap, as rados prints it.
    func contents() async throws -> [String: String] {
        var contents: [String: String] = [:]
        for object in try await ceph.rados(["-p", name, "ls"]).split(separator: "\n").map(String.init) {
            contents[object] = try await ceph.rados(["-p", name, "listomapvals", object])
        }
        return contents
    }
}
