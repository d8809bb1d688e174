import KubernetesModel
import Vocabulary

/// The checks of the real server that a storage controller can run into, with its fields, reasons and words.
enum Validation {
    /// What is wrong with a new object.
    static func errors(creating object: JSONObject, _ kind: ResourceKind) -> [FieldError] {
        let name = object["metadata", "name"]?.stringValue ?? ""
        if name.isEmpty { return [.required("metadata.name", "name or generateName is required")] }
        var errors = nameErrors(name, kind)
        switch kind {
        case PersistentVolumeClaim.kind: errors += claimErrors(object)
        case PersistentVolume.kind: errors += volumeErrors(object)
        case StorageClass.kind: errors += classErrors(object)
        default: break
        }
        return errors
    }

    /// What is wrong with a change.
    static func errors(updating old: JSONObject, to new: JSONObject, _ kind: ResourceKind) -> [FieldError] {
        var errors: [FieldError] = []
        if old["metadata", "deletionTimestamp"] != nil {
            let added = Set(new["metadata", "finalizers"]?.stringsValue ?? [])
                .subtracting(old["metadata", "finalizers"]?.stringsValue ?? [])
            if !added.isEmpty {
                errors.append(
                    .forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "\(added.sorted())"))
            }
        }
        switch kind {
        case PersistentVolumeClaim.kind: errors += claimErrors(new) + claimChangeErrors(old, new)
        case PersistentVolume.kind: errors += volumeErrors(new) + volumeChangeErrors(old, new)
        case StorageClass.kind: errors += classChangeErrors(old, new)
        default: break
        }
        return errors
    }

    private static func nameErrors(_ name: String, _ kind: ResourceKind) -> [FieldError] {
        let isLabel = kind == Namespace.kind
        let labels = isLabel ? [name[...]] : name.split(separator: ".", omittingEmptySubsequences: false)
        let isValid =
            name.utf8.count <= (isLabel ? 63 : 253)
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
        if isValid { return [] }
        let what = isLabel ? "label" : "subdomain"
        return [
            .invalid(
                "metadata.name", .string(name),
                "a lowercase RFC 1123 \(what) must consist of lower case alphanumeric characters, '-'"
                    + (isLabel ? "" : " or '.'") + ", and must start and end with an alphanumeric character")
        ]
    }
}

// MARK: Claims

extension Validation {
    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    private static func claimErrors(_ claim: JSONObject) -> [FieldError] {
        var errors: [FieldError] = []
        let modes = claim["spec", "accessModes"]?.stringsValue ?? []
        if modes.isEmpty { errors.append(.required("spec.accessModes", "at least 1 access mode is required")) }
        errors += unsupported(modes, "spec.accessModes", accessModes)
        let path = "spec.resources[storage]"
        guard let requested = claim["spec", "resources", "requests", "storage"] else {
            return errors + [.required(path)]
        }
        if !isPositive(requested) { errors.append(.invalid(path, requested, "must be greater than zero")) }
        return errors
            + unsupported([claim["spec", "volumeMode"]?.stringValue], "spec.volumeMode", ["Block", "Filesystem"])
    }

    /// The spec may change in two ways: `volumeName` is set once, and a bound claim may ask for more.
    private static func claimChangeErrors(_ old: JSONObject, _ new: JSONObject) -> [FieldError] {
        var before = old["spec"]?.objectValue ?? JSONObject()
        let after = new["spec"]?.objectValue ?? JSONObject()
        if before["volumeName"] == nil { before["volumeName"] = after["volumeName"] }
        let asked = before.value(at: ["resources", "requests", "storage"])
        let wanted = after.value(at: ["resources", "requests", "storage"])
        if old["status", "phase"] == "Bound" { before.set(wanted, at: ["resources", "requests", "storage"]) }
        guard before == after else {
            return [
                .forbidden("spec", "spec is immutable after creation except resources.requests for bound claims")
            ]
        }
        if let asked, let wanted, isLess(wanted, than: asked) {
            return [.forbidden("spec.resources.requests.storage", "field can not be less than previous value")]
        }
        return []
    }
}

// MARK: Volumes and classes

extension Validation {
    /// Every volume source that a PV can have.
    private static let sources: Set<String> = [
        "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker",
        "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk",
        "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
    ]

    private static func source(_ volume: JSONObject) -> JSONObject {
        JSONObject(
            (volume["spec"]?.objectValue ?? JSONObject()).filter { sources.contains($0.key) }.map { ($0.key, $0.value) }
        )
    }

    private static func volumeErrors(_ volume: JSONObject) -> [FieldError] {
        var errors: [FieldError] = []
        let modes = volume["spec", "accessModes"]?.stringsValue ?? []
        if modes.isEmpty { errors.append(.required("spec.accessModes")) }
        errors += unsupported(modes, "spec.accessModes", accessModes)
        let capacity = volume["spec", "capacity"]?.objectValue ?? JSONObject()
        if capacity.isEmpty { errors.append(.required("spec.capacity")) }
        if capacity.count != 1 || capacity["storage"] == nil {
            errors.append(.notSupported("spec.capacity", .object(capacity), ["storage"]))
        }
        if let storage = capacity["storage"], !isPositive(storage) {
            errors.append(.invalid("spec.capacity[storage]", storage, "must be greater than zero"))
        }
        let found = source(volume)
        if found.isEmpty { errors.append(.required("spec", "must specify a volume type")) }
        // The real server looks at csi last.
        let names = found.keys.filter { $0 != "csi" } + found.keys.filter { $0 == "csi" }
        for name in names.dropFirst() {
            errors.append(.forbidden("spec.\(name)", "may not specify more than 1 volume type"))
        }
        for (name, fields) in [("csi", ["driver", "volumeHandle"]), ("rbd", ["monitors", "image"])] {
            guard let parts = found[name]?.objectValue else { continue }
            for field in fields
            where (parts[field]?.stringValue ?? "").isEmpty && (parts[field]?.arrayValue ?? []).isEmpty {
                errors.append(.required("spec.\(name).\(field)"))
            }
        }
        let policies = ["Delete", "Recycle", "Retain"]
        let policy = volume["spec", "persistentVolumeReclaimPolicy"]?.stringValue
        return errors + unsupported([policy], "spec.persistentVolumeReclaimPolicy", policies)
    }

    private static func volumeChangeErrors(_ old: JSONObject, _ new: JSONObject) -> [FieldError] {
        var errors: [FieldError] = []
        if source(old) != source(new) {
            errors.append(
                .forbidden(
                    "spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"))
        }
        if old["spec", "volumeMode"] != new["spec", "volumeMode"] {
            errors.append(.invalid("volumeMode", new["spec", "volumeMode"], "field is immutable"))
        }
        if let affinity = old["spec", "nodeAffinity"], affinity != new["spec", "nodeAffinity"] {
            errors.append(.invalid("spec.nodeAffinity", new["spec", "nodeAffinity"], "field is immutable"))
        }
        return errors
    }

    private static func classErrors(_ object: JSONObject) -> [FieldError] {
        var errors: [FieldError] = []
        if (object["provisioner"]?.stringValue ?? "").isEmpty { errors.append(.required("provisioner")) }
        errors += unsupported([object["reclaimPolicy"]?.stringValue], "reclaimPolicy", ["Delete", "Retain"])
        let modes = ["Immediate", "WaitForFirstConsumer"]
        return errors + unsupported([object["volumeBindingMode"]?.stringValue], "volumeBindingMode", modes)
    }

    private static func classChangeErrors(_ old: JSONObject, _ new: JSONObject) -> [FieldError] {
        var errors: [FieldError] = []
        for field in ["parameters", "provisioner", "reclaimPolicy"] where old[field] != new[field] {
            errors.append(.forbidden(field, "updates to \(field) are forbidden."))
        }
        if old["volumeBindingMode"] != new["volumeBindingMode"] {
            errors.append(.invalid("volumeBindingMode", new["volumeBindingMode"], "field is immutable"))
        }
        return errors
    }
}

// MARK: Values

extension Validation {
    private static func unsupported(_ values: [String?], _ field: String, _ supported: [String]) -> [FieldError] {
        values.compactMap { value in
            guard let value, !supported.contains(value) else { return nil }
            return .notSupported(field, .string(value), supported)
        }
    }

    private static func quantity(_ value: JSONValue) -> Quantity? {
        do { return try Quantity(json: value) } catch { return nil }
    }

    private static func isPositive(_ value: JSONValue) -> Bool {
        guard let bytes = quantity(value)?.byteCount else { return false }
        return bytes.bytes > 0
    }

    private static func isLess(_ left: JSONValue, than right: JSONValue) -> Bool {
        guard let left = quantity(left), let right = quantity(right) else { return false }
        return left < right
    }

    /// The first quantity that cannot be read, for the refusal that the real server's decoder gives.
    static func unreadableQuantity(in object: JSONObject, _ kind: ResourceKind) -> JSONValue? {
        let paths: [[String]] =
            switch kind {
            case PersistentVolumeClaim.kind:
                [["spec", "resources", "requests", "storage"], ["spec", "resources", "limits", "storage"]]
            case PersistentVolume.kind: [["spec", "capacity", "storage"]]
            default: []
            }
        return paths.compactMap { object.value(at: $0) }.first { quantity($0) == nil }
    }
}
