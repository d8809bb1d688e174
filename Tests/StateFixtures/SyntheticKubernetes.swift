import ClusterState
public import KubernetesModel
import Vocabulary

/// What runs in Kubernetes on the hosts of a ``SyntheticCluster``: a node a host, and the workloads that are added.
public struct SyntheticKubernetes: Sendable {
    /// A workload to be made, with its pods on given hosts.
    public struct Workload: Sendable {
        /// The kind: `Deployment`, `StatefulSet` or `DaemonSet`.
        public var kind: String
        /// Its namespace.
        public var namespace: String
        /// Its name, which is also the value of the label `app` of its pods.
        public var name: String
        /// The host of each pod, by number; one number a pod.
        public var hosts: [Int]
        /// The claims of each pod: its name in the template, and the class. A StatefulSet's claims are
        /// `<claim>-<pod>`, a Deployment's `<name>-<claim>`.
        public var claims: [String: String] = [:]
        /// The rest of the pods' specification: affinity, tolerations, priority, resources.
        public var podSpec: JSONObject = JSONObject()
        /// The least that must stay available; nil for no PodDisruptionBudget.
        public var minAvailable: Int?
        /// Whether a Service with this name selects its pods.
        public var hasService = false

        /// A workload.
        public init(_ kind: String, _ namespace: String, _ name: String, on hosts: [Int]) {
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.hosts = hosts
        }
    }

    /// The workloads.
    public var workloads: [Workload] = []
    /// StorageClasses: name to the parameters, such as `pool`.
    public var classes: [String: [String: String]] = ["rbd": ["clusterID": "ceph", "pool": "rbd"]]
    /// The hosts with a control plane, by number.
    public var controlPlane: [Int] = [0, 1, 2]

    /// No workloads.
    public init() {}

    /// What Kubernetes would say.
    func capture(on cluster: SyntheticCluster) -> KubernetesCapture {
        var capture = KubernetesCapture(serverVersion: "v1.33.0")
        capture.nodes = (0..<cluster.hosts).map { node($0, of: cluster) }
        capture.namespaces = Set(workloads.map(\.namespace) + ["kube-system"]).sorted().map { name in
            var namespace = Namespace(name: name)
            namespace.metadata.uid = ObjectUID("uid-\(name)")
            return namespace
        }
        capture.storageClasses = classes.sorted { $0.key < $1.key }.map { name, parameters in
            var storageClass = StorageClass(name: name)
            storageClass.json["provisioner"] = "rbd.csi.ceph.com"
            storageClass.json["parameters"] = .object(JSONObject(strings: parameters))
            return storageClass
        }
        capture.pods = workloads.flatMap { pods(of: $0, on: cluster) }
        capture.deployments = made("Deployment")
        capture.statefulSets = made("StatefulSet")
        capture.daemonSets = made("DaemonSet")
        capture.replicaSets = []
        capture.podDisruptionBudgets = workloads.compactMap(budget(of:))
        addVolumes(to: &capture)
        capture.services = workloads.filter(\.hasService).map { workload in
            var service = KubernetesService(name: workload.name, namespace: workload.namespace)
            service.json["spec", "selector"] = .object(["app": .string(workload.name)])
            return service
        }
        capture.volumeAttachments = []
        capture.leases = []
        capture.validatingWebhooks = []
        capture.mutatingWebhooks = []
        capture.endpointSlices = []
        capture.priorityClasses = []
        capture.customResourceDefinitions = []
        capture.configMaps = []
        return capture
    }

    private func node(_ host: Int, of cluster: SyntheticCluster) -> Node {
        var node = Node(name: "host-\(host)")
        node.metadata.labels = [
            "kubernetes.io/hostname": "host-\(host)",
            "topology.kubernetes.io/zone": "rack-\(cluster.rack(ofHost: host))",
        ]
        if controlPlane.contains(host) { node.metadata.labels["node-role.kubernetes.io/control-plane"] = "" }
        node.json["status"] = [
            "addresses": [
                ["type": "InternalIP", "address": .string(cluster.address(ofHost: host))],
                ["type": "Hostname", "address": .string("host-\(host)")],
            ],
            "allocatable": ["cpu": "16", "memory": "64Gi", "pods": "110"],
            "conditions": [["type": "Ready", "status": "True"]],
        ]
        return node
    }

    private func made<Object: KubernetesObject>(_ kind: String) -> [Object] {
        workloads.filter { $0.kind == kind }.map { workload in
            var object = Object(name: workload.name, namespace: workload.namespace)
            object.json["spec"] = [
                "replicas": .integer(Int64(workload.hosts.count)),
                "selector": ["matchLabels": ["app": .string(workload.name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(workload.name)]], "spec": .object(workload.podSpec),
                ],
            ]
            object.json["status"] = ["readyReplicas": .integer(Int64(workload.hosts.count))]
            return object
        }
    }

    private func pods(of workload: Workload, on cluster: SyntheticCluster) -> [Pod] {
        workload.hosts.enumerated().map { index, host in
            var pod = Pod(name: "\(workload.name)-\(index)", namespace: workload.namespace)
            pod.metadata.labels = ["app": workload.name]
            pod.metadata.ownerReferences = [
                OwnerReference(json: [
                    "apiVersion": "apps/v1", "kind": .string(workload.kind), "name": .string(workload.name),
                    "controller": true,
                ])
            ]
            pod.json["spec"] = .object(workload.podSpec)
            pod.nodeName = "host-\(host)"
            let volumes = workload.claims.keys.sorted().map { claim in
                let name = claimName(claim, pod: pod.metadata.name, workload)
                return ["name": .string(claim), "persistentVolumeClaim": ["claimName": .string(name)]] as JSONValue
            }
            if !volumes.isEmpty { pod.json["spec", "volumes"] = .array(volumes) }
            pod.json["status"] = [
                "phase": "Running", "hostIP": .string(cluster.address(ofHost: host)),
                "conditions": [["type": "Ready", "status": "True"]],
            ]
            return pod
        }
    }

    private func claimName(_ claim: String, pod: String, _ workload: Workload) -> String {
        workload.kind == "StatefulSet" ? "\(claim)-\(pod)" : "\(workload.name)-\(claim)"
    }

    private func budget(of workload: Workload) -> PodDisruptionBudget? {
        guard let minAvailable = workload.minAvailable else { return nil }
        var budget = PodDisruptionBudget(name: workload.name, namespace: workload.namespace)
        budget.json["spec"] = [
            "minAvailable": .integer(Int64(minAvailable)),
            "selector": ["matchLabels": ["app": .string(workload.name)]],
        ]
        let count = Int64(workload.hosts.count)
        budget.json["status"] = [
            "expectedPods": .integer(count), "currentHealthy": .integer(count),
            "desiredHealthy": .integer(Int64(minAvailable)),
            "disruptionsAllowed": .integer(max(0, count - Int64(minAvailable))),
        ]
        return budget
    }

    /// Claims and volumes, bound to each other; of a claim that several pods share there is one.
    private func addVolumes(to capture: inout KubernetesCapture) {
        var claims: [PersistentVolumeClaim] = []
        var volumes: [PersistentVolume] = []
        var seen = Set<ObjectKey>()
        for workload in workloads {
            for index in workload.hosts.indices {
                for (claim, storageClass) in workload.claims.sorted(by: { $0.key < $1.key }) {
                    let name = claimName(claim, pod: "\(workload.name)-\(index)", workload)
                    let key = ObjectKey(namespace: workload.namespace, name: name)
                    guard seen.insert(key).inserted else { continue }
                    let bound = Self.bound(key, storageClass, classes[storageClass] ?? [:])
                    claims.append(bound.claim)
                    volumes.append(bound.volume)
                }
            }
        }
        capture.persistentVolumeClaims = claims
        capture.persistentVolumes = volumes
    }

    private static func bound(
        _ key: ObjectKey, _ storageClass: String, _ parameters: [String: String]
    ) -> (claim: PersistentVolumeClaim, volume: PersistentVolume) {
        let volumeName = "pvc-\(key.namespace ?? "")-\(key.name)"
        var claim = PersistentVolumeClaim(name: key.name, namespace: key.namespace)
        claim.metadata.uid = ObjectUID("uid-\(key)")
        claim.storageClassName = storageClass
        claim.accessModes = ["ReadWriteOnce"]
        claim.volumeName = volumeName
        claim.json["status"] = ["phase": "Bound"]
        var volume = PersistentVolume(name: volumeName)
        volume.storageClassName = storageClass
        volume.accessModes = ["ReadWriteOnce"]
        volume.claim = ObjectReference(to: claim)
        var source = CSISource(driver: "rbd.csi.ceph.com", handle: "handle-of-\(volumeName)")
        source.volumeAttributes = parameters
        volume.csi = source
        volume.json["status"] = ["phase": "Bound"]
        return (claim, volume)
    }
}
