/// A namespace (`core/v1 Namespace`). The UID of `kube-system` stands for the whole cluster.
public struct Namespace: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// `Active` or `Terminating`.
    public var phase: String? { json["status", "phase"]?.stringValue }
}
