/// Pods with a name and volumes of their own each (`apps/v1 StatefulSet`).
public struct StatefulSet: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// How many pods there should be.
    public var replicas: Int64 { json["spec", "replicas"]?.integerValue ?? 1 }

    /// Which pods are its own.
    public var selector: LabelSelector? { LabelSelector(json: json["spec", "selector"]) }

    /// What its pods look like.
    public var template: PodTemplate { PodTemplate(json: json["spec", "template"]?.objectValue ?? JSONObject()) }

    /// How many of its pods are ready.
    public var readyReplicas: Int64 { json["status", "readyReplicas"]?.integerValue ?? 0 }

    /// The Service that names its pods.
    public var serviceName: String? { json["spec", "serviceName"]?.stringValue }

    /// The names of the claims that each pod gets; a claim is called `<this>-<pod>`.
    public var claimTemplateNames: [String] {
        (json["spec", "volumeClaimTemplates"]?.arrayValue ?? []).compactMap { $0["metadata"]?["name"]?.stringValue }
    }
}
