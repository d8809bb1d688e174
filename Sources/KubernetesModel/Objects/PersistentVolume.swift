/// A volume (`core/v1 PersistentVolume`). Its source cannot be changed once it has been created.
public struct PersistentVolume: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The claim that the volume is for.
    public var claim: ObjectReference? {
        get { json["spec", "claimRef"]?.objectValue.map(ObjectReference.init(json:)) }
        set { json["spec", "claimRef"] = newValue.map { .object($0.json) } }
    }

    /// `spec.capacity.storage`; nil when it is missing.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity, which the API server would have refused.
    public var capacity: Quantity? {
        get throws(QuantityError) { try Quantity(field: json["spec", "capacity", "storage"]) }
    }

    /// Sets `spec.capacity.storage`.
    public mutating func setCapacity(_ quantity: Quantity) {
        json["spec", "capacity", "storage"] = .string(quantity.description)
    }

    /// The class that the volume was made by; nil or empty for none.
    public var storageClassName: String? {
        get { json["spec", "storageClassName"]?.stringValue }
        set { json["spec", "storageClassName"] = newValue.map(JSONValue.string) }
    }

    /// `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`.
    public var accessModes: [String] {
        get { json["spec", "accessModes"]?.stringsValue ?? [] }
        set { json["spec", "accessModes"] = .array(newValue.map(JSONValue.string)) }
    }

    /// `Filesystem` or `Block`; nil means `Filesystem`.
    public var volumeMode: String? {
        get { json["spec", "volumeMode"]?.stringValue }
        set { json["spec", "volumeMode"] = newValue.map(JSONValue.string) }
    }

    /// Options for mounting.
    public var mountOptions: [String] {
        get { json["spec", "mountOptions"]?.stringsValue ?? [] }
        set { json["spec", "mountOptions"] = newValue.isEmpty ? nil : .array(newValue.map(JSONValue.string)) }
    }

    /// `Delete`, `Retain` or `Recycle`.
    public var reclaimPolicy: String? {
        get { json["spec", "persistentVolumeReclaimPolicy"]?.stringValue }
        set { json["spec", "persistentVolumeReclaimPolicy"] = newValue.map(JSONValue.string) }
    }

    /// `Pending`, `Available`, `Bound`, `Released` or `Failed`.
    public var phase: String? { json["status", "phase"]?.stringValue }

    /// The source `spec.csi`; nil for another source.
    public var csi: CSISource? {
        get { json["spec", "csi"]?.objectValue.map(CSISource.init(json:)) }
        set { json["spec", "csi"] = newValue.map { .object($0.json) } }
    }

    /// The in-tree source `spec.rbd` (unmountable from Kubernetes 1.31 on); nil for another source.
    public var rbd: JSONObject? {
        get { json["spec", "rbd"]?.objectValue }
        set { json["spec", "rbd"] = newValue.map(JSONValue.object) }
    }
}

/// A volume that a CSI driver serves (`core/v1 CSIPersistentVolumeSource`).
public struct CSISource: Hashable, Sendable {
    /// The source as the API carries it.
    public var json: JSONObject

    /// A source with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The source of a volume that `driver` knows as `handle`.
    public init(driver: String, handle: String) {
        json = ["driver": .string(driver), "volumeHandle": .string(handle)]
    }

    /// The driver's name.
    public var driver: String { json["driver"]?.stringValue ?? "" }

    /// What the driver calls the volume.
    public var volumeHandle: String { json["volumeHandle"]?.stringValue ?? "" }

    /// The file system, for volumes that have one.
    public var fsType: String? {
        get { json["fsType"]?.stringValue }
        set { json["fsType"] = newValue.map(JSONValue.string) }
    }

    /// What the driver needs to know of the volume.
    public var volumeAttributes: [String: String] {
        get { json["volumeAttributes"]?.objectValue?.strings ?? [:] }
        set { json["volumeAttributes"] = .object(JSONObject(strings: newValue)) }
    }

    /// Which of the driver's calls a Secret is for.
    public enum SecretUse: String, Hashable, Sendable, CaseIterable {
        /// Attaching.
        case controllerPublish = "controllerPublishSecretRef"
        /// Expanding, by the controller.
        case controllerExpand = "controllerExpandSecretRef"
        /// Staging on a node.
        case nodeStage = "nodeStageSecretRef"
        /// Publishing on a node.
        case nodePublish = "nodePublishSecretRef"
        /// Expanding, on a node.
        case nodeExpand = "nodeExpandSecretRef"
    }

    /// The Secret for a use; nil when there is none.
    public subscript(secret use: SecretUse) -> SecretReference? {
        get { SecretReference(json: json[use.rawValue]) }
        set { json[use.rawValue] = newValue.map { .object($0.json) } }
    }
}
