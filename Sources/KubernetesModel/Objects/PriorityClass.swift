/// A priority of pods by name (`scheduling.k8s.io/v1 PriorityClass`).
public struct PriorityClass: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses", isNamespaced: false
    )

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The priority: higher ones drive out lower ones.
    public var value: Int64 { json["value"]?.integerValue ?? 0 }

    /// Whether pods without a class get this one.
    public var isGlobalDefault: Bool { json["globalDefault"]?.boolValue ?? false }

    /// Whether such a pod drives out others at all (`preemptionPolicy`).
    public var preempts: Bool { json["preemptionPolicy"]?.stringValue != "Never" }
}
