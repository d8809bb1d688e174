import Foundation
import KubernetesModel
import LabSupport
import Vocabulary

/// What is there, as kubectl, rbd and rados tell it.
extension Stage {
    /// The claims of this stage.
    func claims() async throws -> [PersistentVolumeClaim] {
        try await items("pvc", "-n", name).map(PersistentVolumeClaim.init(json:))
    }

    /// The PVs of this stage's provisioner.
    func volumes() async throws -> [PersistentVolume] {
        try await items("pv").map(PersistentVolume.init(json:)).filter { volume in
            volume.metadata.annotations["pv.kubernetes.io/provisioned-by"] == provisionerName
        }
    }

    /// The events of this stage's namespace that warn.
    func warnings() async throws -> [Event] {
        try await items("events", "-n", name, "--field-selector", "type=Warning").map(Event.init(json:))
    }

    private func items(_ words: String...) async throws -> [JSONObject] {
        let text = try await kube.kubectl(["get", "-o", "json"] + words, deadline: .in(.seconds(60)))
        let list = try JSONObject(json: text)
        return list["items"]?.arrayValue?.compactMap(\.objectValue) ?? []
    }

    /// The names of the images in the pool.
    func images() async throws -> Set<String> {
        lines(try await ceph.rbd(["ls", name]))
    }

    /// The keys of an object's omap; none for an object that is not there.
    func omapKeys(_ object: String, namespace: String = "") async throws -> Set<String> {
        do {
            return lines(try await ceph.rados(["-p", name, "--namespace", namespace, "listomapkeys", object]))
        } catch let failure as CommandFailure where failure.detail.contains("No such file") {
            return []
        }
    }

    /// Every object of the pool, in all namespaces.
    func objects() async throws -> Set<String> {
        lines(try await ceph.rados(["-p", name, "ls", "--all"], deadline: .in(.seconds(60))))
    }

    /// The keys of the work that is on record in the pool as under way.
    func openIntents() async throws -> Set<String> {
        var open: Set<String> = []
        for object in try await objects() where object.contains("holdfast.intents.") {
            open.formUnion(try await omapKeys(object.trimmingCharacters(in: .whitespaces)))
        }
        return open
    }

    /// Objects that may stay in a pool whose volumes are all gone, and what omap keys they may hold: none.
    static let allowedObjects: Set<String> = [
        "rbd_directory", "rbd_info", "rbd_trash", "csi.volumes.default",
    ]

    /// What is in the pool and should not be there when no volume is left: objects that nothing accounts for, and omap
    /// keys of those that may stay.
    func leftovers() async throws -> Set<String> {
        var found: Set<String> = []
        for line in try await objects() {
            // "<namespace>\t<object>", the default namespace being empty.
            let parts = line.split(separator: "\t").map(String.init)
            let (namespace, object) = (parts.count > 1 ? parts[0] : "", parts.last ?? line)
            guard Self.allowedObjects.contains(object) || object.hasPrefix("holdfast.intents.") else {
                found.insert(object)
                continue
            }
            if object == "rbd_info" { continue }
            for key in try await omapKeys(object, namespace: namespace) { found.insert("\(object): \(key)") }
        }
        return found
    }

    private func lines(_ text: String) -> Set<String> {
        Set(text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
    }
}
