/// Pods that are all alike, replaced step by step (`apps/v1 Deployment`).
public struct Deployment: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments", isNamespaced: true)

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

    /// How many pods more than ``replicas`` there may be while they are replaced: a number or a percentage. Nil means
    /// 25 %.
    public var maxSurge: IntOrPercent? { IntOrPercent(json: json["spec", "strategy", "rollingUpdate", "maxSurge"]) }

    /// How many pods fewer there may be then. Nil means 25 %.
    public var maxUnavailable: IntOrPercent? {
        IntOrPercent(json: json["spec", "strategy", "rollingUpdate", "maxUnavailable"])
    }

    /// `RollingUpdate` or `Recreate`.
    public var strategy: String { json["spec", "strategy", "type"]?.stringValue ?? "RollingUpdate" }
}
