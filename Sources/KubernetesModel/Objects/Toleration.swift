/// A mark on a node that keeps pods away or drives them out (`core/v1 Taint`).
public struct Taint: Hashable, Sendable {
    /// The mark: `node.kubernetes.io/unreachable`.
    public var key: String
    /// Its value; often empty.
    public var value: String
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    public var effect: String

    /// A mark.
    public init(key: String, value: String = "", effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
    }

    init(json: JSONValue) {
        self.init(
            key: json["key"]?.stringValue ?? "", value: json["value"]?.stringValue ?? "",
            effect: json["effect"]?.stringValue ?? "")
    }
}

/// Which taints a pod puts up with, and for how long (`core/v1 Toleration`).
public struct Toleration: Hashable, Sendable {
    /// The toleration as the API carries it.
    public var json: JSONObject

    /// A toleration with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The taint; nil for all of them.
    public var key: String? { json["key"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    /// The taint's value.
    public var value: String { json["value"]?.stringValue ?? "" }
    /// The effect; nil for all of them.
    public var effect: String? { json["effect"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    /// Whether any value will do.
    public var matchesAnyValue: Bool { json["operator"]?.stringValue == "Exists" }
    /// After how many seconds on a node with such a `NoExecute` taint the pod is driven out; nil for never.
    public var seconds: Int64? { json["tolerationSeconds"]?.integerValue }

    /// Whether it covers a taint.
    public func tolerates(_ taint: Taint) -> Bool {
        if let effect, effect != taint.effect { return false }
        guard let key else { return matchesAnyValue }
        return key == taint.key && (matchesAnyValue || value == taint.value)
    }
}
