/// The metadata of an object (`metav1.ObjectMeta`).
public struct ObjectMeta: Hashable, Sendable {
    /// The metadata as the API carries them.
    public var json: JSONObject

    /// Metadata with this content.
    public init(json: JSONObject = JSONObject()) {
        self.json = json
    }

    /// The name; empty when missing.
    public var name: String {
        get { json["name"]?.stringValue ?? "" }
        set { json["name"] = .string(newValue) }
    }

    /// The namespace; nil for kinds that have none.
    public var namespace: String? {
        get { json["namespace"]?.stringValue }
        set { json["namespace"] = newValue.map(JSONValue.string) }
    }

    /// Namespace and name.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// The UID; nil before the object has been created.
    public var uid: ObjectUID? {
        get { json["uid"]?.stringValue.map(ObjectUID.init) }
        set { json["uid"] = newValue.map { .string($0.value) } }
    }

    /// The version of the object, opaque: to be compared for equality only. Set on a write, it is a precondition.
    public var resourceVersion: String? {
        get { json["resourceVersion"]?.stringValue }
        set { json["resourceVersion"] = newValue.map(JSONValue.string) }
    }

    /// When the object was created.
    public var creationTimestamp: Timestamp? { json["creationTimestamp"]?.stringValue.flatMap(Timestamp.init) }

    /// When somebody asked for the object's deletion; it stays until its last finalizer is gone.
    public var deletionTimestamp: Timestamp? { json["deletionTimestamp"]?.stringValue.flatMap(Timestamp.init) }

    /// Whether somebody has asked for the object's deletion.
    public var isBeingDeleted: Bool { json["deletionTimestamp"]?.stringValue != nil }

    /// The annotations.
    public var annotations: [String: String] {
        get { json["annotations"]?.objectValue?.strings ?? [:] }
        set { json["annotations"] = .object(JSONObject(strings: newValue)) }
    }

    /// One annotation, without building the dictionary. Assigning nil removes it.
    public subscript(annotation name: String) -> String? {
        get { json["annotations"]?[name]?.stringValue }
        set { json["annotations", name] = newValue.map(JSONValue.string) }
    }

    /// The labels.
    public var labels: [String: String] {
        get { json["labels"]?.objectValue?.strings ?? [:] }
        set { json["labels"] = .object(JSONObject(strings: newValue)) }
    }

    /// What must be done before the object may go.
    public var finalizers: [String] {
        get { json["finalizers"]?.stringsValue ?? [] }
        set { json["finalizers"] = newValue.isEmpty ? nil : .array(newValue.map(JSONValue.string)) }
    }

    /// The one owner that made this object and manages it, such as a ReplicaSet of its pods.
    public var controller: OwnerReference? { ownerReferences.first(where: \.isController) }

    /// The objects this one goes with.
    public var ownerReferences: [OwnerReference] {
        get { json["ownerReferences"]?.arrayValue?.compactMap(\.objectValue).map(OwnerReference.init(json:)) ?? [] }
        set { json["ownerReferences"] = newValue.isEmpty ? nil : .array(newValue.map { .object($0.json) }) }
    }
}

/// A reference to the object that owns this one (`metav1.OwnerReference`).
public struct OwnerReference: Hashable, Sendable {
    /// The reference as the API carries it.
    public var json: JSONObject

    /// A reference with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// `apiVersion` of the owner.
    public var apiVersion: String { json["apiVersion"]?.stringValue ?? "" }
    /// Kind of the owner.
    public var kind: String { json["kind"]?.stringValue ?? "" }
    /// Name of the owner, in the same namespace or without one.
    public var name: String { json["name"]?.stringValue ?? "" }
    /// Whether it manages the object; at most one owner does.
    public var isController: Bool { json["controller"]?.boolValue ?? false }
    /// UID of the owner.
    public var uid: ObjectUID? { json["uid"]?.stringValue.map(ObjectUID.init) }
}
