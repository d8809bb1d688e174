/// What a pod asks for (`core/v1 PodSpec`): in a pod, and in the template of a workload.
public struct PodSpec: Hashable, Sendable {
    /// The specification as the API carries it.
    public var json: JSONObject

    /// A specification with this content.
    public init(json: JSONObject = JSONObject()) {
        self.json = json
    }

    /// The node; nil while none has been found.
    public var nodeName: String? { json["nodeName"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }

    /// The labels that a node must have.
    public var nodeSelector: [String: String] { json["nodeSelector"]?.objectValue?.strings ?? [:] }

    /// Which taints it puts up with.
    public var tolerations: [Toleration] {
        (json["tolerations"]?.arrayValue ?? []).compactMap(\.objectValue).map(Toleration.init(json:))
    }

    /// Which nodes it wants, and near or away from which pods.
    public var affinity: Affinity? { json["affinity"]?.objectValue.map(Affinity.init(json:)) }

    /// How it is to be spread.
    public var topologySpreadConstraints: [TopologySpreadConstraint] {
        (json["topologySpreadConstraints"]?.arrayValue ?? []).compactMap(\.objectValue)
            .map(TopologySpreadConstraint.init(json:))
    }

    /// The name of its priority.
    public var priorityClassName: String? { json["priorityClassName"]?.stringValue }

    /// Its priority as the API server has worked it out; nil in a template.
    public var priority: Int64? { json["priority"]?.integerValue }

    /// Whether it uses the node's network as its own.
    public var usesHostNetwork: Bool { json["hostNetwork"]?.boolValue ?? false }

    /// The names of the claims that it mounts, in its own namespace. A claim made from a volume's template counts in
    /// a pod under the name that it has there; see ``ephemeralVolumes``.
    public var claimNames: [String] {
        volumes.compactMap { $0["persistentVolumeClaim"]?["claimName"]?.stringValue }
    }

    /// The names of volumes whose claim is made and deleted with the pod: the claim is called `<pod>-<volume>`.
    public var ephemeralVolumes: [String] {
        volumes.filter { $0["ephemeral"] != nil }.compactMap { $0["name"]?.stringValue }
    }

    /// The folders of the node that it mounts.
    public var hostPaths: [String] { volumes.compactMap { $0["hostPath"]?["path"]?.stringValue } }

    /// The names of the ConfigMaps that it mounts.
    public var configMapNames: [String] { volumes.compactMap { $0["configMap"]?["name"]?.stringValue } }

    /// The names of its containers; those that run before them are not among them.
    public var containerNames: [String] { containers.compactMap { $0["name"]?.stringValue } }

    /// The images of its containers.
    public var images: [String] { containers.compactMap { $0["image"]?.stringValue } }

    /// How many ports of the node it takes for itself.
    public var hostPorts: [Int64] {
        containers.flatMap { $0["ports"]?.arrayValue ?? [] }.compactMap { $0["hostPort"]?.integerValue }
            .filter { $0 != 0 }
    }

    /// Whether a container has a liveness probe.
    public var hasLivenessProbe: Bool { containers.contains { $0["livenessProbe"]?.objectValue != nil } }

    /// What it takes of a node's resource (`cpu`, `memory`, `ephemeral-storage`, ...), as the scheduler counts: the sum
    /// over its containers and over sidecars (restartable init containers), or the most that an init container needs
    /// beside the sidecars before it, if that is more, and the overhead of its runtime. Zero when nothing is asked for.
    ///
    /// - Throws: ``QuantityError`` when a request is no quantity, which the API server would have refused.
    public func request(_ resource: String) throws(QuantityError) -> Quantity {
        var running = Quantity.zero
        var sidecars = Quantity.zero
        var starting = Quantity.zero
        for container in containers { running = running + (try Self.request(resource, of: container)) }
        for container in json["initContainers"]?.arrayValue ?? [] {
            let own = try Self.request(resource, of: container)
            if container["restartPolicy"]?.stringValue == "Always" {
                sidecars = sidecars + own
                starting = max(starting, sidecars)
            } else {
                starting = max(starting, sidecars + own)
            }
        }
        let overhead = try Quantity(field: json["overhead", resource]) ?? .zero
        return max(running + sidecars, starting) + overhead
    }

    private static func request(_ resource: String, of container: JSONValue) throws(QuantityError) -> Quantity {
        let resources = container["resources"]
        // A limit without a request is a request, too: the API server fills it in, a template may not show it.
        let field = resources?["requests"]?[resource] ?? resources?["limits"]?[resource]
        return try Quantity(field: field) ?? .zero
    }

    private var volumes: [JSONValue] { json["volumes"]?.arrayValue ?? [] }
    private var containers: [JSONValue] { json["containers"]?.arrayValue ?? [] }
}
