import FoundationEssentials
import KubernetesModel

/// What the real server fills in: API defaults, the status of new objects, and what its admission plugins add.
enum Defaults {
    static let claimProtection = "kubernetes.io/pvc-protection"
    static let volumeProtection = "kubernetes.io/pv-protection"

    /// The object with defaults. `creating` also resets the status and adds the protection finalizers.
    static func applied(_ object: JSONObject, _ kind: ResourceKind, creating: Bool) -> JSONObject {
        var object = object
        tidy(&object)
        switch kind {
        case PersistentVolumeClaim.kind: claim(&object, creating: creating)
        case PersistentVolume.kind: volume(&object, creating: creating)
        case StorageClass.kind:
            fill(&object, ["reclaimPolicy"], "Delete")
            fill(&object, ["volumeBindingMode"], "Immediate")
        case Secret.kind: secret(&object)
        case Namespace.kind where creating:
            object["spec"] = ["finalizers": ["kubernetes"]]
            object["status"] = ["phase": "Active"]
        case VolumeAttachment.kind where creating:
            object["status"] = ["attached": false]
        case Event.kind:
            fill(&object, ["eventTime"], .null)
            fill(&object, ["reportingComponent"], "")
            fill(&object, ["reportingInstance"], "")
            if object["source"] == nil { object["source"] = [:] }
        default: break
        }
        return object
    }

    /// Empty collections of metadata are not stored, and nobody here manages fields.
    private static func tidy(_ object: inout JSONObject) {
        object.set(nil, at: ["metadata", "managedFields"])
        for field in ["annotations", "labels", "finalizers", "ownerReferences"] {
            let value = object["metadata", field]
            if value == [:] || value == [] || value == .null { object.set(nil, at: ["metadata", field]) }
        }
    }

    /// A claim that names no class gets the default one, if there is exactly one newest.
    static func applyDefaultClass(_ claim: inout JSONObject, _ classes: ResourceStore.Objects) {
        guard PersistentVolumeClaim(json: claim).storageClassName == nil else { return }
        let defaults = classes.values.map(StorageClass.init(json:)).filter(\.isDefault)
        let newest = defaults.max {
            let left = $0.metadata.json["creationTimestamp"]?.stringValue ?? ""
            let right = $1.metadata.json["creationTimestamp"]?.stringValue ?? ""
            return (left, $1.metadata.name) < (right, $0.metadata.name)
        }
        if let newest { claim["spec", "storageClassName"] = .string(newest.metadata.name) }
    }

    private static func claim(_ object: inout JSONObject, creating: Bool) {
        fill(&object, ["spec", "volumeMode"], "Filesystem")
        canonicalise(&object, ["spec", "resources", "requests", "storage"])
        guard creating else { return }
        object["status"] = ["phase": "Pending"]
        addFinalizer(claimProtection, to: &object)
    }

    private static func volume(_ object: inout JSONObject, creating: Bool) {
        fill(&object, ["spec", "volumeMode"], "Filesystem")
        fill(&object, ["spec", "persistentVolumeReclaimPolicy"], "Retain")
        canonicalise(&object, ["spec", "capacity", "storage"])
        if object["spec", "rbd"] != nil {
            fill(&object, ["spec", "rbd", "pool"], "rbd")
            fill(&object, ["spec", "rbd", "user"], "admin")
            fill(&object, ["spec", "rbd", "keyring"], "/etc/ceph/keyring")
        }
        if object["spec", "claimRef"] != nil {
            fill(&object, ["spec", "claimRef", "kind"], "PersistentVolumeClaim")
            fill(&object, ["spec", "claimRef", "apiVersion"], "v1")
        }
        guard creating else { return }
        object["status"] = ["phase": "Pending"]
        addFinalizer(volumeProtection, to: &object)
    }

    /// `stringData` is for writing only: it goes into `data`, base64.
    private static func secret(_ object: inout JSONObject) {
        fill(&object, ["type"], "Opaque")
        for (key, value) in object["stringData"]?.objectValue ?? [:] {
            object["data", key] = .string(Data((value.stringValue ?? "").utf8).base64EncodedString())
        }
        object["stringData"] = nil
    }

    private static func addFinalizer(_ finalizer: String, to object: inout JSONObject) {
        var finalizers = object["metadata", "finalizers"]?.stringsValue ?? []
        if !finalizers.contains(finalizer) { finalizers.append(finalizer) }
        object["metadata", "finalizers"] = .array(finalizers.map(JSONValue.string))
    }

    private static func fill(_ object: inout JSONObject, _ path: [String], _ value: JSONValue) {
        if object.value(at: path) == nil { object.set(value, at: path) }
    }

    /// Quantities are stored in their canonical spelling: `1024Mi` reads back as `1Gi`.
    private static func canonicalise(_ object: inout JSONObject, _ path: [String]) {
        guard let value = object.value(at: path) else { return }
        do { object.set(.string(try Quantity(json: value).description), at: path) } catch {
            // What is no quantity stays as it is: validation names it.
        }
    }
}
