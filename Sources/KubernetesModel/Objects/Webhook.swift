/// One webhook of the API server (`admissionregistration.k8s.io/v1`).
public struct Webhook: Hashable, Sendable {
    /// The webhook as the API carries it.
    public var json: JSONObject

    /// A webhook with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    static func list(_ field: JSONValue?) -> [Webhook] {
        (field?.arrayValue ?? []).compactMap(\.objectValue).map(Webhook.init(json:))
    }

    /// Its name.
    public var name: String { json["name"]?.stringValue ?? "" }

    /// Whether the request fails when it does not answer (`failurePolicy: Fail`, the default).
    public var failsClosed: Bool { json["failurePolicy"]?.stringValue != "Ignore" }

    /// The Service that answers; nil when it is asked by URL.
    public var service: ObjectKey? { ObjectKey(service: json["clientConfig", "service"]) }

    /// The URL that answers; nil when a Service does.
    public var url: String? { json["clientConfig", "url"]?.stringValue }

    /// After how many seconds without an answer the call has failed.
    public var timeoutSeconds: Int64 { json["timeoutSeconds"]?.integerValue ?? 10 }

    /// Which objects of which namespaces it is asked about, by their labels; nil means all.
    public var namespaceSelector: LabelSelector? { LabelSelector(json: json["namespaceSelector"]) }

    /// Which objects it is asked about, by their labels; nil means all.
    public var objectSelector: LabelSelector? { LabelSelector(json: json["objectSelector"]) }

    /// What it is asked about.
    public var rules: [Rule] {
        (json["rules"]?.arrayValue ?? []).map { rule in
            Rule(
                groups: rule["apiGroups"]?.stringsValue ?? [], versions: rule["apiVersions"]?.stringsValue ?? [],
                resources: rule["resources"]?.stringsValue ?? [],
                operations: rule["operations"]?.stringsValue ?? [], scope: rule["scope"]?.stringValue ?? "*")
        }
    }

    /// What a webhook is asked about; `*` stands for everything.
    public struct Rule: Hashable, Sendable {
        /// The API groups; the core group is empty.
        public var groups: [String]
        /// The versions.
        public var versions: [String]
        /// The resources: `pods`, `pods/eviction`.
        public var resources: [String]
        /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT`.
        public var operations: [String]
        /// `Cluster`, `Namespaced` or `*`.
        public var scope: String

        /// Whether an operation on a resource of a group is meant.
        public func covers(group: String, resource: String, operation: String) -> Bool {
            func names(_ list: [String], _ value: String) -> Bool { list.contains("*") || list.contains(value) }
            let isMeant = names(resources, resource) || (resources.contains("*/*"))
            return names(groups, group) && isMeant && names(operations, operation)
        }
    }
}

extension ObjectKey {
    /// The Service that a `clientConfig` names.
    init?(service: JSONValue?) {
        guard let name = service?["name"]?.stringValue else { return nil }
        self.init(namespace: service?["namespace"]?.stringValue, name: name)
    }
}
