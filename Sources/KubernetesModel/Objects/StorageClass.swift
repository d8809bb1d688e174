/// How claims of one class become volumes (`storage.k8s.io/v1 StorageClass`).
public struct StorageClass: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Who makes the volumes.
    public var provisioner: String { json["provisioner"]?.stringValue ?? "" }

    /// The provisioner's own parameters. A value that is no string is left out; the API server admits none.
    public var parameters: [String: String] { json["parameters"]?.objectValue?.strings ?? [:] }

    /// `Delete` or `Retain`; the API's default is `Delete`.
    public var reclaimPolicy: String { json["reclaimPolicy"]?.stringValue ?? "Delete" }

    /// Options for mounting.
    public var mountOptions: [String] { json["mountOptions"]?.stringsValue ?? [] }

    /// Whether provisioning waits for a pod (`WaitForFirstConsumer`) instead of starting at once (`Immediate`).
    public var waitsForFirstConsumer: Bool { json["volumeBindingMode"]?.stringValue == "WaitForFirstConsumer" }

    /// Whether claims of this class may grow.
    public var allowsVolumeExpansion: Bool { json["allowVolumeExpansion"]?.boolValue ?? false }

    /// `allowedTopologies` as they are.
    public var allowedTopologies: [JSONValue] { json["allowedTopologies"]?.arrayValue ?? [] }

    /// Whether claims without a class get this one.
    public var isDefault: Bool { metadata[annotation: "storageclass.kubernetes.io/is-default-class"] == "true" }
}
