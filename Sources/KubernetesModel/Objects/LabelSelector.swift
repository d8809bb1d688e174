/// Which objects are meant, by their labels (`metav1.LabelSelector`). An empty selector means all of them.
public struct LabelSelector: Hashable, Sendable {
    /// The selector as the API carries it.
    public var json: JSONObject

    /// A selector with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// A selector of these labels.
    public init(matchLabels: [String: String]) {
        json = ["matchLabels": .object(JSONObject(strings: matchLabels))]
    }

    /// The selector of an optional field; nil when it is missing, which in most places means "nothing".
    init?(json: JSONValue?) {
        guard let object = json?.objectValue else { return nil }
        self.init(json: object)
    }

    /// The labels that must be there with these values.
    public var matchLabels: [String: String] { json["matchLabels"]?.objectValue?.strings ?? [:] }

    /// The other demands.
    public var matchExpressions: [LabelRequirement] { LabelRequirement.list(json["matchExpressions"]) }

    /// Whether it demands nothing, so that all objects are meant.
    public var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }

    /// Whether an object with these labels is meant. An operator that is none never matches.
    public func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { $0.matches(labels) }
    }
}

/// One demand on labels (`metav1.LabelSelectorRequirement`, `core/v1 NodeSelectorRequirement`).
public struct LabelRequirement: Hashable, Sendable {
    /// The label.
    public var key: String
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`; of nodes also `Gt`, `Lt`.
    public var operation: String
    /// What its value is compared with.
    public var values: [String]

    /// A demand.
    public init(key: String, operation: String, values: [String] = []) {
        self.key = key
        self.operation = operation
        self.values = values
    }

    static func list(_ field: JSONValue?) -> [LabelRequirement] {
        (field?.arrayValue ?? []).map { requirement in
            LabelRequirement(
                key: requirement["key"]?.stringValue ?? "", operation: requirement["operator"]?.stringValue ?? "",
                values: requirement["values"]?.stringsValue ?? [])
        }
    }

    /// Whether labels meet the demand. A label that is not there meets `NotIn`, as in Kubernetes.
    public func matches(_ labels: [String: String]) -> Bool {
        let value = labels[key]
        switch operation {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return value.map { !values.contains($0) } ?? true
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt": return compared(value) { $0 > $1 }
        case "Lt": return compared(value) { $0 < $1 }
        default: return false
        }
    }

    private func compared(_ value: String?, _ holds: (Int64, Int64) -> Bool) -> Bool {
        guard values.count == 1, let left = value.flatMap({ Int64($0) }), let right = Int64(values[0]) else {
            return false
        }
        return holds(left, right)
    }
}

/// Which nodes are meant (`core/v1 NodeSelectorTerm`): those that meet all of it.
public struct NodeSelectorTerm: Hashable, Sendable {
    /// The term as the API carries it.
    public var json: JSONObject

    /// A term with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Demands on labels.
    public var matchExpressions: [LabelRequirement] { LabelRequirement.list(json["matchExpressions"]) }
    /// Demands on fields; `metadata.name` is the only one there is.
    public var matchFields: [LabelRequirement] { LabelRequirement.list(json["matchFields"]) }

    /// Whether a node is meant. A term without demands means no node.
    public func matches(_ node: Node) -> Bool {
        if matchExpressions.isEmpty, matchFields.isEmpty { return false }
        let labels = node.metadata.labels
        let fields = ["metadata.name": node.metadata.name]
        return matchExpressions.allSatisfy { $0.matches(labels) } && matchFields.allSatisfy { $0.matches(fields) }
    }
}
