/// Who answers for a Service (`discovery.k8s.io/v1 EndpointSlice`).
public struct EndpointSlice: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The Service, in the same namespace.
    public var serviceName: String? { json["metadata", "labels", "kubernetes.io/service-name"]?.stringValue }

    /// Who answers.
    public var endpoints: [Endpoint] {
        (json["endpoints"]?.arrayValue ?? []).map { endpoint in
            Endpoint(
                addresses: endpoint["addresses"]?.stringsValue ?? [], nodeName: endpoint["nodeName"]?.stringValue,
                target: endpoint["targetRef"]?.objectValue.map(ObjectReference.init(json:)),
                isReady: endpoint["conditions"]?["ready"]?.boolValue ?? true)
        }
    }

    /// One who answers.
    public struct Endpoint: Hashable, Sendable {
        /// Its addresses.
        public var addresses: [String]
        /// Its node, where it is known.
        public var nodeName: String?
        /// The pod, as a rule.
        public var target: ObjectReference?
        /// Whether it takes requests; unknown counts as yes, as in Kubernetes.
        public var isReady: Bool
    }
}
