/// How many pods of a selector may be evicted at a time (`policy/v1 PodDisruptionBudget`).
public struct PodDisruptionBudget: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Which pods it protects, in its own namespace. Nil means none; an empty selector means all.
    public var selector: LabelSelector? { LabelSelector(json: json["spec", "selector"]) }

    /// How many must stay.
    public var minAvailable: IntOrPercent? { IntOrPercent(json: json["spec", "minAvailable"]) }

    /// How many may be gone.
    public var maxUnavailable: IntOrPercent? { IntOrPercent(json: json["spec", "maxUnavailable"]) }

    /// How many pods there are by the last count.
    public var expectedPods: Int64? { json["status", "expectedPods"]?.integerValue }

    /// How many of them are healthy by the last count.
    public var currentHealthy: Int64? { json["status", "currentHealthy"]?.integerValue }

    /// How many of them must be healthy by the last count.
    public var desiredHealthy: Int64? { json["status", "desiredHealthy"]?.integerValue }

    /// How many may be evicted now by the last count.
    public var disruptionsAllowed: Int64? { json["status", "disruptionsAllowed"]?.integerValue }
}
