import Ceph
import LabSupport
import Vocabulary

@testable import Volumes

/// Every object of a pool with its omap, in all namespaces: what a leak check compares.
struct PoolInventory: Hashable {
    /// By namespace and name, the omap of each object.
    var objects: [ObjectName: [String: [UInt8]]] = [:]

    struct ObjectName: Hashable, CustomStringConvertible {
        var namespace: String
        var name: String
        var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
    }

    init(of bench: VolumesBench) async throws {
        var contexts: [String: IOContext] = [:]
        // Listed by another program than ours: each line is a namespace, a tab and a name.
        let listing = try await bench.lab.rados(["--pool", bench.pool, "ls", "--all"])
        for line in listing.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count > 1 else { throw Unreadable(line: String(line)) }
            let object = ObjectName(namespace: String(fields[0]), name: String(fields[1]))
            if contexts[object.namespace] == nil {
                contexts[object.namespace] = try await bench.context(namespace: object.namespace)
            }
            guard let context = contexts[object.namespace] else { continue }
            objects[object] = try await Self.omap(of: object.name, in: context)
        }
    }

    /// A line of a listing that is not understood.
    struct Unreadable: Error {
        var line: String
    }

    private static func omap(of object: String, in context: IOContext) async throws -> [String: [UInt8]] {
        var omap: [String: [UInt8]] = [:]
        var after = ""
        while true {
            let page = try await context.omapEntries(of: object, after: after)
            for (key, value) in page.entries { omap[key] = value }
            guard page.more, let last = page.entries.last?.key else { return omap }
            after = last
        }
    }

    /// The names with their keys, without values: what is left over is told in these.
    var lines: Set<String> {
        objects.reduce(into: []) { lines, object in
            lines.insert("\(object.key)")
            for key in object.value.keys { lines.insert("\(object.key) \(key)") }
        }
    }
}

/// What may be in a pool.
struct AllowList {
    private(set) var lines: Set<String> = []
    private let kubernetesCluster: KubernetesClusterID
    private let namespace: String

    /// What is there without any volume.
    init(kubernetesCluster: KubernetesClusterID, namespace: String = "") {
        self.kubernetesCluster = kubernetesCluster
        self.namespace = namespace
        for object in ["rbd_directory", "rbd_info", "rbd_trash", "csi.volumes.default", intentObject] { add(object) }
        add("rbd_directory", "state")
        lines.insert("rbd_info")
    }

    private var intentObject: String { Intent.object(for: kubernetesCluster) }

    /// A whole volume with its journal.
    mutating func add(_ volume: Volume, features: ImageFeatures = [.layering]) {
        let (image, id) = (volume.imageName, volume.imageID)
        add("csi.volumes.default", JournalLayout.directoryKey(volume.name.text))
        for key in ["csi.volname", "csi.imagename", "csi.imageid", "csi.volume.owner"] {
            add(JournalLayout.volumeObject(volume.id.uuid), key)
        }
        add("rbd_directory", "name_\(image)", "id_\(id)")
        add("rbd_id.\(image)")
        addHeader(id)
        if features.contains(.objectMap) { add("rbd_object_map.\(id)") }
    }

    /// An image in the trash.
    mutating func addTrash(_ id: String, features: ImageFeatures = [.layering]) {
        add("rbd_trash", "id_\(id)")
        addHeader(id)
        if features.contains(.objectMap) { add("rbd_object_map.\(id)") }
    }

    /// An intent.
    mutating func addIntent(_ uuid: VolumeUUID) {
        add(intentObject, uuid.text)
    }

    private mutating func addHeader(_ id: String) {
        add(
            "rbd_header.\(id)", "create_timestamp", "access_timestamp", "modify_timestamp", "features", "flags",
            "object_prefix", "order", "size", "snap_seq", "stripe_unit", "stripe_count", "op_features", "data_pool_id")
    }

    private mutating func add(_ object: String, _ keys: String...) {
        let name = namespace.isEmpty ? object : "\(namespace)/\(object)"
        lines.insert(name)
        for key in keys { lines.insert("\(name) \(key)") }
    }

    /// What is there and may not be.
    func excess(in inventory: PoolInventory) -> [String] {
        inventory.lines.filter { !lines.contains($0) && !$0.contains(" metadata_") }.sorted()
    }

    /// What must be there and is not: everything that belongs to volumes, but for what only some images have.
    func missing(in inventory: PoolInventory) -> [String] {
        lines.subtracting(inventory.lines).filter { line in
            line.contains("csi.volume") || line.contains("rbd_id.") || line.contains("name_")
                || line.hasPrefix("rbd_header")
                    && !line.contains(" ")
        }.sorted()
    }
}
