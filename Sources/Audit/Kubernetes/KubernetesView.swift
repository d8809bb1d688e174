import ClusterState
import KubernetesModel

/// What Kubernetes runs where, read once out of a capture: the checks ask this, not the JSON.
struct KubernetesView: Sendable {
    /// A machine.
    struct Machine: Sendable {
        var node: Node
        var name: String
        var labels: [String: String]
        var taints: [Taint]
        /// Whether new pods may come: ready and not cordoned.
        var takesPods: Bool
        /// What pods may take of it; nil where the node does not say.
        var cpu: Double?
        var memory: Double?
        var podLimit: Int?
    }

    /// A pod that has not ended.
    struct Member: Sendable {
        var key: ObjectKey
        var labels: [String: String]
        var node: String?
        var spec: PodSpec
        var isReady: Bool
        var isStatic: Bool
        /// The claims that it mounts, those made with it included.
        var claims: [ObjectKey]
        /// The kind and name of the workload that it belongs to.
        var owner: String
    }

    let capture: KubernetesCapture
    let machines: [Machine]
    let machineByName: [String: Int]
    let members: [Member]
    let workloads: [Workload]
    let volumeOfClaim: [ObjectKey: PersistentVolume]

    init(_ capture: KubernetesCapture) {
        self.capture = capture
        let machines = (capture.nodes ?? []).map(Machine.init(_:)).sorted { $0.name < $1.name }
        self.machines = machines
        machineByName = Dictionary(machines.indices.map { (machines[$0].name, $0) }) { first, _ in first }
        let owners = OwnerIndex(capture)
        members = (capture.pods ?? []).filter { !$0.isFinished }.map { Member($0, owner: owners.owner(of: $0)) }
            .sorted { $0.key < $1.key }
        workloads = Workload.all(in: capture, members: members)
        var volumes: [ObjectKey: PersistentVolume] = [:]
        for volume in capture.persistentVolumes ?? [] {
            if let claim = volume.claim { volumes[claim.key] = volume }
        }
        volumeOfClaim = volumes
    }

    /// The machine of a name; nil for none.
    func machine(_ name: String?) -> Machine? { name.flatMap { machineByName[$0] }.map { machines[$0] } }

    /// The machines that take new pods.
    var openMachines: [Machine] { machines.filter(\.takesPods) }

    /// The workloads of a system.
    func workloads(of system: NamedSystem) -> [Workload] { workloads.filter { $0.system == system } }

    /// The pods that a selector means in a namespace; nil means none.
    func members(_ selector: LabelSelector?, in namespace: String?) -> [Member] {
        guard let selector else { return [] }
        return members.filter { $0.key.namespace == namespace && selector.matches($0.labels) }
    }

    /// The nodes of the pods that answer for a Service, a pod each; of a Service without slices those of its selector.
    func backends(of service: ObjectKey) -> [Backend] {
        let slices = (capture.endpointSlices ?? []).filter {
            $0.serviceName == service.name && $0.metadata.namespace == service.namespace
        }
        let endpoints = slices.flatMap(\.endpoints).filter(\.isReady)
        if !endpoints.isEmpty || !slices.isEmpty {
            let byKey = Dictionary(members.map { ($0.key, $0) }) { first, _ in first }
            return endpoints.map { endpoint in
                let pod = endpoint.target.map(\.key).flatMap { byKey[$0] }
                return Backend(pod: endpoint.target?.key, node: endpoint.nodeName ?? pod?.node, owner: pod?.owner)
            }
        }
        let named = (capture.services ?? []).first { $0.key == service }
        guard let selector = named?.selector, !selector.isEmpty else { return [] }
        return members(LabelSelector(matchLabels: selector), in: service.namespace).filter(\.isReady)
            .map { Backend(pod: $0.key, node: $0.node, owner: $0.owner) }
    }

    /// One who answers for a Service.
    struct Backend: Sendable {
        var pod: ObjectKey?
        var node: String?
        var owner: String?
    }
}

extension KubernetesView.Machine {
    init(_ node: Node) {
        self.node = node
        name = node.metadata.name
        labels = node.metadata.labels
        taints = node.taints
        takesPods = node.isReady && !node.isUnschedulable
        cpu = Self.amount(node, "cpu")
        memory = Self.amount(node, "memory")
        podLimit = Self.amount(node, "pods").map { Int($0) }
    }

    /// Nil too for what is no quantity: the API server admits none, so that only a file made by hand has it.
    private static func amount(_ node: Node, _ resource: String) -> Double? {
        do {
            return try node.allocatable(resource)?.doubleValue
        } catch {
            return nil
        }
    }

    /// Whether it is marked as a machine of the control plane.
    var isControlPlane: Bool {
        labels["node-role.kubernetes.io/control-plane"] != nil || labels["node-role.kubernetes.io/master"] != nil
    }

    /// The zone that its labels name.
    var zone: String? {
        labels["topology.kubernetes.io/zone"] ?? labels["failure-domain.beta.kubernetes.io/zone"]
    }

    /// The rack that its labels name.
    var rack: String? { labels["topology.kubernetes.io/rack"] ?? labels["topology.rook.io/rack"] ?? labels["rack"] }
}

extension KubernetesView.Member {
    init(_ pod: Pod, owner: String) {
        key = pod.key
        labels = pod.metadata.labels
        node = pod.nodeName
        spec = pod.spec
        isReady = pod.isReady
        isStatic = pod.isStatic
        self.owner = owner
        let name = pod.metadata.name
        let namespace = pod.metadata.namespace
        claims =
            (spec.claimNames + spec.ephemeralVolumes.map { "\(name)-\($0)" })
            .map { ObjectKey(namespace: namespace, name: $0) }
    }
}

/// Finds the workload behind a pod's owner.
private struct OwnerIndex {
    private var deploymentOfReplicaSet: [ObjectKey: String] = [:]

    init(_ capture: KubernetesCapture) {
        for set in capture.replicaSets ?? [] {
            if let owner = set.controller, owner.kind == "Deployment" { deploymentOfReplicaSet[set.key] = owner.name }
        }
    }

    /// `Deployment openstack/keystone-api`; of a pod without owner `Pod ns/name`.
    func owner(of pod: Pod) -> String {
        let namespace = pod.metadata.namespace ?? ""
        if pod.isStatic { return "StaticPods \(namespace)/\(pod.metadata.labels["component"] ?? pod.metadata.name)" }
        guard let owner = pod.controller else { return "Pod \(namespace)/\(pod.metadata.name)" }
        guard owner.kind == "ReplicaSet" else { return "\(owner.kind) \(namespace)/\(owner.name)" }
        if let name = deploymentOfReplicaSet[ObjectKey(namespace: pod.metadata.namespace, name: owner.name)] {
            return "Deployment \(namespace)/\(name)"
        }
        // Where ReplicaSets may not be read, their name tells: the Deployment's, and the hash that its pods carry.
        if let hash = pod.metadata.labels["pod-template-hash"], owner.name.hasSuffix("-\(hash)") {
            return "Deployment \(namespace)/\(owner.name.dropLast(hash.count + 1))"
        }
        return "ReplicaSet \(namespace)/\(owner.name)"
    }
}
