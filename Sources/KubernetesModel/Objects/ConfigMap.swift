/// Texts by name (`core/v1 ConfigMap`).
public struct ConfigMap: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The texts.
    public var data: [String: String] { json["data"]?.objectValue?.strings ?? [:] }
}
