import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing

@testable import Audit

/// Every check of any workload: one cluster in which it finds something, and a near miss.
struct KubernetesCheckTests {
    @Test(arguments: Self.cases)
    func findsAndDoesNotFind(_ checkCase: CheckCase) async throws {
        let found = try await CheckCase.found(checkCase.id, in: checkCase.trigger)
        #expect(!found.isEmpty)
        for finding in found {
            #expect(finding.check == checkCase.id)
            #expect(!finding.message.isEmpty)
        }
        #expect(try await CheckCase.found(checkCase.id, in: checkCase.nearMiss) == [])
    }

    @Test func allWorkloadChecksHaveACase() {
        let tested = Set(Self.cases.map(\.id))
        let all = KubernetesCatalogue.all.filter { $0.family == .kubernetes }.map(\.id)
        #expect(Set(all).subtracting(tested) == [])
    }

    static let cases: [CheckCase] = spread + disruption + replacement + controlPlane

    private static let spread: [CheckCase] = [
        CheckCase(
            "K01", trigger: cluster([workload("shop", on: [1, 1])]), nearMiss: cluster([workload("shop", on: [1, 2])])),
        CheckCase(
            "K02", trigger: cluster([workload("ingress-nginx", on: [0])]),
            nearMiss: cluster([workload("ingress-nginx", on: [0, 1])])),
        // The selector means another label than the pods have: as good as none.
        CheckCase(
            "K03",
            trigger: cluster([workload("shop", on: [0, 1], spec: Spec.antiAffinity("shoppe", required: false))]),
            nearMiss: cluster([workload("shop", on: [0, 1], spec: Spec.antiAffinity("shop", required: false))])),
        CheckCase(
            "K04",
            trigger: cluster(
                hosts: 3, [workload("shop", on: [0, 1, 2], spec: Spec.antiAffinity("shop", required: true))]),
            nearMiss: cluster([workload("shop", on: [0, 1, 2], spec: Spec.antiAffinity("shop", required: true))])),
        CheckCase(
            "K11", trigger: labelled(1, among: 4), nearMiss: labelled(2, among: 4)),
        CheckCase("K12", trigger: twoBehindOneService(on: [1, 1]), nearMiss: twoBehindOneService(on: [1, 2])),
    ]

    private static let disruption: [CheckCase] = [
        CheckCase(
            "K05", trigger: cluster([workload("StatefulSet", "etcd", on: [0, 1, 2], budget: 0)]),
            nearMiss: cluster([workload("StatefulSet", "etcd", on: [0, 1, 2], budget: 2)])),
        CheckCase(
            "K06", trigger: cluster([workload("shop", on: [0, 1], budget: 2)]),
            nearMiss: cluster([workload("shop", on: [0, 1], budget: 1)])),
    ]

    private static let replacement: [CheckCase] = [
        CheckCase(
            "K07", trigger: cluster([workload("keystone", on: [0, 1])]),
            nearMiss: cluster([workload("keystone", on: [0, 1], spec: Spec.tolerating(60))])),
        CheckCase(
            "K08", trigger: cluster([workload("StatefulSet", "rabbitmq", on: [0, 1, 2], claims: ["data": "rbd"])]),
            nearMiss: cluster([workload("StatefulSet", "rabbitmq", on: [0, 1, 2])])),
        CheckCase(
            "K09", trigger: localVolumes(true), nearMiss: localVolumes(false)),
        // Four hosts of 16 cores: 15 are taken on each, so that three more of two cores find no room.
        CheckCase("K10", trigger: full(cores: 15), nearMiss: full(cores: 4)),
        CheckCase(
            "K14", trigger: cluster([workload("shop-operator", on: [0])]),
            nearMiss: cluster([workload("shop-operator", on: [0, 1])])),
        CheckCase("K16", trigger: tight(priority: nil), nearMiss: tight(priority: "system-cluster-critical")),
    ]

    private static let controlPlane: [CheckCase] = [
        CheckCase("K13", trigger: webhook(on: [1, 1]), nearMiss: webhook(on: [1, 2])),
        CheckCase("K18", trigger: controlPlane([0]), nearMiss: controlPlane([0, 1, 2])),
    ]

    // MARK: Clusters

    private static func labelled(_ count: Int, among hosts: Int) -> ClusterCapture {
        cluster(hosts: hosts, [workload("keystone", on: [0, 0], spec: ["nodeSelector": ["openstack": "enabled"]])]) {
            state in
            for index in 0..<count { state.nodes?[index].metadata.labels["openstack"] = "enabled" }
        }
    }

    private static func twoBehindOneService(on hosts: [Int]) -> ClusterCapture {
        cluster([workload("blue", on: [hosts[0]]), workload("green", on: [hosts[1]])]) { state in
            var service = KubernetesService(name: "shop", namespace: "openstack")
            service.json["spec"] = ["clusterIP": "10.96.0.9", "selector": ["tier": "front"]]
            state.services = [service]
            for index in state.pods?.indices ?? 0..<0 { state.pods?[index].metadata.labels["tier"] = "front" }
        }
    }

    private static func localVolumes(_ isLocal: Bool) -> ClusterCapture {
        cluster([workload("StatefulSet", "etcd", on: [0, 1, 2], claims: ["data": "rbd"])]) { state in
            guard isLocal else { return }
            for index in state.persistentVolumes?.indices ?? 0..<0 {
                state.persistentVolumes?[index].csi = nil
                state.persistentVolumes?[index].json["spec", "local"] = ["path": "/data"]
            }
        }
    }

    private static func full(cores: Int) -> ClusterCapture {
        cluster([
            workload("base", on: [0, 1, 2, 3], spec: Spec.cores(cores)),
            workload("extra", on: [0], spec: Spec.cores(1)),
        ])
    }

    private static func tight(priority: String?) -> ClusterCapture {
        var spec = Spec.cores(1)
        spec["priorityClassName"] = priority.map(JSONValue.string)
        return cluster([
            workload("base", on: [0, 1, 2, 3], spec: Spec.cores(15)), workload("keystone", on: [0, 1], spec: spec),
        ])
    }

    private static func webhook(on hosts: [Int]) -> ClusterCapture {
        cluster([workload("guard", on: hosts, service: true)]) { state in
            var configuration = ValidatingWebhookConfiguration(name: "guard")
            configuration.json["webhooks"] = [
                [
                    "name": "pods.guard", "failurePolicy": "Fail",
                    "clientConfig": ["service": ["namespace": "openstack", "name": "guard"]],
                ]
            ]
            state.validatingWebhooks = [configuration]
        }
    }

    private static func controlPlane(_ hosts: [Int]) -> ClusterCapture {
        cluster([], ceph: { $0.kubernetes?.controlPlane = hosts })
    }
}
