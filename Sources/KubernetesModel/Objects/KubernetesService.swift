/// A name and an address for a set of pods (`core/v1 Service`).
public struct KubernetesService: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Service", plural: "services", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The labels of its pods; empty when somebody else keeps its endpoints.
    public var selector: [String: String] { json["spec", "selector"]?.objectValue?.strings ?? [:] }

    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    public var type: String { json["spec", "type"]?.stringValue ?? "ClusterIP" }

    /// Its address in the cluster; nil for a headless one.
    public var clusterIP: String? {
        json["spec", "clusterIP"]?.stringValue.flatMap { $0.isEmpty || $0 == "None" ? nil : $0 }
    }

    /// Whether pods that are not ready answer for it too.
    public var publishesNotReadyAddresses: Bool { json["spec", "publishNotReadyAddresses"]?.boolValue ?? false }
}
