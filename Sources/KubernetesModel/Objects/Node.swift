/// A machine of the cluster (`core/v1 Node`).
public struct Node: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Whether the condition `Ready` is `True`.
    public var isReady: Bool {
        let conditions = json["status", "conditions"]?.arrayValue ?? []
        return conditions.contains { $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True" }
    }

    /// Whether new pods are kept away (`kubectl cordon`).
    public var isUnschedulable: Bool { json["spec", "unschedulable"]?.boolValue ?? false }

    /// What keeps pods away or drives them out.
    public var taints: [Taint] { (json["spec", "taints"]?.arrayValue ?? []).map(Taint.init(json:)) }

    /// Its addresses of a type (`InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS`, `ExternalDNS`), or all of them.
    public func addresses(_ type: String? = nil) -> [String] {
        (json["status", "addresses"]?.arrayValue ?? []).filter { type == nil || $0["type"]?.stringValue == type }
            .compactMap { $0["address"]?.stringValue }
    }

    /// Its name as the label `kubernetes.io/hostname` has it; where it is missing, its name.
    public var hostname: String { metadata.labels["kubernetes.io/hostname"] ?? metadata.name }

    /// What pods may take of a resource (`cpu`, `memory`, `pods`, ...); nil when the node does not say.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity, which the API server would have refused.
    public func allocatable(_ resource: String) throws(QuantityError) -> Quantity? {
        try Quantity(field: json["status", "allocatable", resource])
    }

    /// What the machine has of a resource; nil when the node does not say.
    ///
    /// - Throws: ``QuantityError`` when it is no quantity.
    public func capacity(_ resource: String) throws(QuantityError) -> Quantity? {
        try Quantity(field: json["status", "capacity", resource])
    }
}
