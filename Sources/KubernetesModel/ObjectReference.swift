/// A reference to an object of any kind (`core/v1 ObjectReference`): a PV's claim, what an event is about.
public struct ObjectReference: Hashable, Sendable {
    /// The reference as the API carries it.
    public var json: JSONObject

    /// A reference with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// A reference to an object, with the UID and the resourceVersion that this copy of it has.
    public init(to object: some KubernetesObject) {
        self.init(kind: type(of: object).kind, metadata: object.metadata)
    }

    /// A reference to an object by its kind and metadata.
    public init(kind: ResourceKind, metadata: ObjectMeta) {
        json = ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "name": .string(metadata.name)]
        json["namespace"] = metadata.namespace.map(JSONValue.string)
        json["uid"] = metadata.uid.map { .string($0.value) }
        json["resourceVersion"] = metadata.resourceVersion.map(JSONValue.string)
    }

    /// `apiVersion` of the object.
    public var apiVersion: String? { json["apiVersion"]?.stringValue }
    /// Kind of the object.
    public var kind: String? { json["kind"]?.stringValue }
    /// Name of the object.
    public var name: String { json["name"]?.stringValue ?? "" }
    /// Namespace of the object; nil for kinds that have none.
    public var namespace: String? { json["namespace"]?.stringValue }
    /// UID of the object.
    public var uid: ObjectUID? { json["uid"]?.stringValue.map(ObjectUID.init) }
    /// Version of the object that was meant.
    public var resourceVersion: String? { json["resourceVersion"]?.stringValue }
    /// Namespace and name.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

/// A reference to a Secret by namespace and name (`core/v1 SecretReference`).
public struct SecretReference: Hashable, Sendable {
    /// The Secret's namespace.
    public let namespace: String
    /// The Secret's name.
    public let name: String

    /// A reference to a Secret.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// Reads a reference; nil when either half is missing or empty.
    public init?(json: JSONValue?) {
        guard let name = json?["name"]?.stringValue, let namespace = json?["namespace"]?.stringValue,
            !name.isEmpty, !namespace.isEmpty
        else { return nil }
        self.init(namespace: namespace, name: name)
    }

    /// The reference as the API carries it.
    public var json: JSONObject { ["name": .string(name), "namespace": .string(namespace)] }

    /// The Secret's key.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}
