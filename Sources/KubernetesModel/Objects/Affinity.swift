/// Which nodes a pod wants, and near or away from which pods (`core/v1 Affinity`).
public struct Affinity: Hashable, Sendable {
    /// The wish as the API carries it.
    public var json: JSONObject

    /// A wish with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// One demand on the pods that run near: in the same domain of a topology, or not there.
    public struct PodTerm: Hashable, Sendable {
        /// The demand as the API carries it.
        public var json: JSONObject
        /// How much it counts, 1 to 100; nil when it is required.
        public var weight: Int64?

        /// A demand with this content.
        public init(json: JSONObject, weight: Int64? = nil) {
            self.json = json
            self.weight = weight
        }

        /// The label of nodes whose value is the domain: `kubernetes.io/hostname`.
        public var topologyKey: String { json["topologyKey"]?.stringValue ?? "" }
        /// The pods meant; nil means none.
        public var labelSelector: LabelSelector? { LabelSelector(json: json["labelSelector"]) }
        /// The namespaces meant beside those of ``namespaceSelector``; none at all means the pod's own.
        public var namespaces: [String] { json["namespaces"]?.stringsValue ?? [] }
        /// Namespaces meant by their labels; an empty selector means all.
        public var namespaceSelector: LabelSelector? { LabelSelector(json: json["namespaceSelector"]) }
    }

    /// The pods that must not be in the same domain.
    public var requiredAntiAffinity: [PodTerm] { required("podAntiAffinity") }
    /// The pods that had better not be in the same domain.
    public var preferredAntiAffinity: [PodTerm] { preferred("podAntiAffinity") }
    /// The pods that must be in the same domain.
    public var requiredAffinity: [PodTerm] { required("podAffinity") }
    /// The pods that had better be in the same domain.
    public var preferredAffinity: [PodTerm] { preferred("podAffinity") }

    /// The nodes that it must run on: any of these; nil for all.
    public var requiredNodeTerms: [NodeSelectorTerm]? {
        json["nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]?.arrayValue?
            .compactMap(\.objectValue).map(NodeSelectorTerm.init(json:))
    }

    private func required(_ kind: String) -> [PodTerm] {
        (json[kind, "requiredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []).compactMap(\.objectValue)
            .map { PodTerm(json: $0) }
    }

    private func preferred(_ kind: String) -> [PodTerm] {
        (json[kind, "preferredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []).compactMap { term in
            guard let json = term["podAffinityTerm"]?.objectValue else { return nil }
            return PodTerm(json: json, weight: term["weight"]?.integerValue)
        }
    }
}

/// How the pods of a selector are to be spread over domains (`core/v1 TopologySpreadConstraint`).
public struct TopologySpreadConstraint: Hashable, Sendable {
    /// The constraint as the API carries it.
    public var json: JSONObject

    /// A constraint with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// By how many pods domains may differ.
    public var maxSkew: Int64 { json["maxSkew"]?.integerValue ?? 1 }
    /// The label of nodes whose value is the domain.
    public var topologyKey: String { json["topologyKey"]?.stringValue ?? "" }
    /// Whether a pod that would break it stays unscheduled (`DoNotSchedule`, the default).
    public var isRequired: Bool { json["whenUnsatisfiable"]?.stringValue != "ScheduleAnyway" }
    /// The pods that are counted; nil means none.
    public var labelSelector: LabelSelector? { LabelSelector(json: json["labelSelector"]) }
    /// How few domains there may be before the constraint counts missing ones; nil means 1.
    public var minDomains: Int64? { json["minDomains"]?.integerValue }
}
