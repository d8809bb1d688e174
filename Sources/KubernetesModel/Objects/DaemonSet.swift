/// A pod on each node that is meant (`apps/v1 DaemonSet`).
public struct DaemonSet: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Which pods are its own.
    public var selector: LabelSelector? { LabelSelector(json: json["spec", "selector"]) }

    /// What its pods look like.
    public var template: PodTemplate { PodTemplate(json: json["spec", "template"]?.objectValue ?? JSONObject()) }

    /// On how many nodes there should be a pod.
    public var desiredCount: Int64 { json["status", "desiredNumberScheduled"]?.integerValue ?? 0 }

    /// On how many nodes there is one that is ready.
    public var readyCount: Int64 { json["status", "numberReady"]?.integerValue ?? 0 }
}
