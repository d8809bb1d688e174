/// An object of the Kubernetes API: a JSON object with typed accessors.
///
/// The JSON is the storage, so fields that this program does not know survive a read and a write. Accessors read
/// and write it in place; a field of the wrong type reads as absent.
public protocol KubernetesObject: Hashable, Sendable {
    /// The kind that the type stands for.
    static var kind: ResourceKind { get }
    /// The whole object as the API carries it.
    var json: JSONObject { get set }
    /// An object with this content. Nothing is checked; see ``init(manifest:)`` for what people wrote.
    init(json: JSONObject)
}

extension KubernetesObject {
    /// A new object with `apiVersion`, `kind` and its name, to be filled and created.
    public init(name: String, namespace: String? = nil) {
        self.init(json: ["apiVersion": .string(Self.kind.apiVersion), "kind": .string(Self.kind.kind)])
        metadata.name = name
        metadata.namespace = namespace
    }

    /// The object that a manifest describes.
    ///
    /// - Throws: ``ManifestError`` when `apiVersion` or `kind` is another one, or the name is missing.
    public init(manifest: JSONObject) throws(ManifestError) {
        for (field, expected) in [("apiVersion", Self.kind.apiVersion), ("kind", Self.kind.kind)]
        where manifest[field]?.stringValue != expected {
            throw ManifestError(field: field, expected: expected, found: manifest[field])
        }
        self.init(json: manifest)
        if metadata.name.isEmpty {
            throw ManifestError(field: "metadata.name", expected: "a name", found: manifest["metadata"]?["name"])
        }
    }

    /// Name, namespace, annotations and all else that every object has.
    public var metadata: ObjectMeta {
        get { ObjectMeta(json: json["metadata"]?.objectValue ?? JSONObject()) }
        set { json["metadata"] = .object(newValue.json) }
    }

    /// Namespace and name.
    public var key: ObjectKey { metadata.key }

    /// The UID; nil before the object has been created.
    public var uid: ObjectUID? { metadata.uid }

    /// The object without what only the API server needs: `managedFields` and kubectl's copy of the manifest
    /// (`kubectl.kubernetes.io/last-applied-configuration`), often more than half of it.
    ///
    /// A trimmed object is for reading. Write it back with a patch, never with a PUT: that would drop the annotation.
    public func trimmed() -> Self {
        var result = self
        result.json.set(nil, at: ["metadata", "managedFields"])
        result.json.set(nil, at: ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"])
        return result
    }
}

/// A manifest that does not describe the object asked for.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field at fault.
    public let field: String
    /// What it should hold.
    public let expected: String
    /// What it holds; nil when it is missing.
    public let found: JSONValue?

    init(field: String, expected: String, found: JSONValue?) {
        self.field = field
        self.expected = expected
        self.found = found
    }

    /// The field, what it should hold, and what it holds.
    public var description: String {
        "\(field) should be \(expected), but " + (found.map { "is \($0)" } ?? "is missing")
    }
}
