import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing

@testable import Audit

/// A check, a cluster that it finds something in, and one that is nearly the same and in which it finds nothing.
struct CheckCase: Sendable, CustomTestStringConvertible {
    let id: String
    let trigger: ClusterCapture
    let nearMiss: ClusterCapture

    init(_ id: String, trigger: ClusterCapture, nearMiss: ClusterCapture) {
        self.id = id
        self.trigger = trigger
        self.nearMiss = nearMiss
    }

    var testDescription: String { id }

    /// The subjects and severities of what a check finds in a capture.
    static func found(_ id: String, in capture: ClusterCapture) async throws -> [Finding] {
        let context = await AuditContext(of: capture, workers: 2)
        let check = try #require(Catalogue.check(id), "\(id) is not in the catalogue")
        return check.find(context)
    }
}

typealias Workload = SyntheticKubernetes.Workload

/// A cluster of some hosts, each in a rack of its own, on which these workloads run.
func cluster(
    hosts: Int = 4, _ workloads: [Workload], change: (inout KubernetesCapture) -> Void = { _ in }
) -> ClusterCapture {
    cluster(hosts: hosts, workloads, ceph: { (_: inout SyntheticCluster) in }, change: change)
}

/// The same on storage that is changed before it is captured.
func cluster(
    hosts: Int = 4, _ workloads: [Workload], ceph: (inout SyntheticCluster) -> Void,
    change: (inout KubernetesCapture) -> Void = { _ in }
) -> ClusterCapture {
    var cluster = SyntheticCluster(racks: hosts)
    var kubernetes = SyntheticKubernetes()
    kubernetes.workloads = workloads
    cluster.kubernetes = kubernetes
    ceph(&cluster)
    var capture = cluster.capture()
    if var state = capture.kubernetes {
        change(&state)
        capture.kubernetes = state
    }
    return capture
}

/// A workload with more than its kind, name and hosts.
func workload(
    _ name: String, on hosts: [Int], spec: JSONObject = [:], budget: Int? = nil, service: Bool = false,
    claims: [String: String] = [:]
) -> Workload {
    workload("Deployment", name, on: hosts, spec: spec, budget: budget, service: service, claims: claims)
}

/// A workload of another kind than a Deployment.
func workload(
    _ kind: String, _ name: String, on hosts: [Int], spec: JSONObject = [:], budget: Int? = nil,
    service: Bool = false, claims: [String: String] = [:]
) -> Workload {
    var workload = Workload(kind, "openstack", name, on: hosts)
    workload.podSpec = spec
    workload.minAvailable = budget
    workload.hasService = service
    workload.claims = claims
    return workload
}

/// Pieces of pod specifications.
enum Spec {
    /// Anti-affinity by node that means the pods with a label `app`.
    static func antiAffinity(_ app: String, required: Bool) -> JSONObject {
        let term: JSONValue = [
            "topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": ["app": .string(app)]],
        ]
        let rules: JSONValue =
            required
            ? ["requiredDuringSchedulingIgnoredDuringExecution": [term]]
            : ["preferredDuringSchedulingIgnoredDuringExecution": [["weight": 10, "podAffinityTerm": term]]]
        return ["affinity": ["podAntiAffinity": rules]]
    }

    /// One container that asks for so many cores.
    static func cores(_ count: Int) -> JSONObject {
        ["containers": [["name": "main", "resources": ["requests": ["cpu": .string("\(count)")]]]]]
    }

    static func tolerating(_ seconds: Int64) -> JSONObject {
        [
            "tolerations": [
                [
                    "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute",
                    "tolerationSeconds": .integer(seconds),
                ]
            ]
        ]
    }
}
