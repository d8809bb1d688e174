/// A request for storage (`core/v1 PersistentVolumeClaim`).
public struct PersistentVolumeClaim: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The PV that the claim is bound to, or asks for by name; nil when it is empty.
    public var volumeName: String? {
        get { json["spec", "volumeName"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        set { json["spec", "volumeName"] = newValue.map(JSONValue.string) }
    }

    /// The class: the old annotation `volume.beta.kubernetes.io/storage-class` goes before `spec.storageClassName`.
    /// Nil when neither is there; an empty name means "no class, no provisioning".
    public var storageClassName: String? {
        get {
            json["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"]?.stringValue
                ?? json["spec", "storageClassName"]?.stringValue
        }
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

    /// `spec.resources.requests.storage`; nil when it is missing.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity, which the API server would have refused.
    public var requestedStorage: Quantity? {
        get throws(QuantityError) { try Quantity(field: json["spec", "resources", "requests", "storage"]) }
    }

    /// `spec.resources.limits.storage`; nil when it is missing.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity.
    public var storageLimit: Quantity? {
        get throws(QuantityError) { try Quantity(field: json["spec", "resources", "limits", "storage"]) }
    }

    /// Sets `spec.resources.requests.storage`.
    public mutating func setRequestedStorage(_ quantity: Quantity) {
        json["spec", "resources", "requests", "storage"] = .string(quantity.description)
    }

    /// `spec.selector` as it is; nil when it is missing.
    public var selector: JSONObject? { json["spec", "selector"]?.objectValue }

    /// What the volume is to be filled from: `spec.dataSource`, else `spec.dataSourceRef`.
    public var dataSource: DataSource? {
        DataSource(json: json["spec", "dataSource"]) ?? DataSource(json: json["spec", "dataSourceRef"])
    }

    /// `Pending`, `Bound` or `Lost`.
    public var phase: String? { json["status", "phase"]?.stringValue }

    /// The size of the bound volume; nil when it is missing.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity.
    public var capacity: Quantity? {
        get throws(QuantityError) { try Quantity(field: json["status", "capacity", "storage"]) }
    }

    /// What a claim's volume is to be filled from.
    public struct DataSource: Hashable, Sendable {
        /// The API group; nil for the core group, where a claim is cloned.
        public let apiGroup: String?
        /// The kind, such as `PersistentVolumeClaim` or `VolumeSnapshot`.
        public let kind: String
        /// The name.
        public let name: String
        /// The namespace, where it may differ from the claim's (`dataSourceRef` alone has it).
        public let namespace: String?

        init?(json: JSONValue?) {
            guard let kind = json?["kind"]?.stringValue, let name = json?["name"]?.stringValue else { return nil }
            self.kind = kind
            self.name = name
            apiGroup = json?["apiGroup"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            namespace = json?["namespace"]?.stringValue
        }
    }
}

extension Quantity {
    /// The quantity of an optional field.
    init?(field: JSONValue?) throws(QuantityError) {
        guard let field, !field.isNull else { return nil }
        try self.init(json: field)
    }
}
