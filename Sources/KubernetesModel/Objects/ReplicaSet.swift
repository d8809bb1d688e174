/// Pods that are all alike (`apps/v1 ReplicaSet`), as a rule of one version of a Deployment.
public struct ReplicaSet: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", isNamespaced: true)

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

    /// The object that made it: as a rule a Deployment.
    public var controller: OwnerReference? { metadata.controller }
}
