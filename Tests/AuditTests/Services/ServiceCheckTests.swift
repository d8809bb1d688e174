import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// Every check of a system that is known by name: one cluster in which it finds something, and a near miss.
struct ServiceCheckTests {
    @Test(arguments: Self.cases)
    func findsAndDoesNotFind(_ checkCase: CheckCase) async throws {
        let found = try await CheckCase.found(checkCase.id, in: checkCase.trigger)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.check == checkCase.id })
        #expect(try await CheckCase.found(checkCase.id, in: checkCase.nearMiss) == [])
    }

    @Test func allServiceChecksHaveACase() {
        #expect(Set(ServiceCatalogue.all.map(\.id)).subtracting(Self.cases.map(\.id)) == [])
    }

    static let cases: [CheckCase] = quorums + names + openStack + volumes

    private static func three(_ name: String, on hosts: [Int] = [0, 1, 2]) -> ClusterCapture {
        cluster([workload("StatefulSet", name, on: hosts)])
    }

    private static let quorums: [CheckCase] = [
        CheckCase("G01", trigger: three("mariadb", on: [0, 1]), nearMiss: three("mariadb")),
        CheckCase("G02", trigger: three("mariadb", on: [0, 0, 1]), nearMiss: three("mariadb")),
        CheckCase("G06", trigger: galeraService(pinned: true), nearMiss: galeraService(pinned: false)),
        CheckCase("G07", trigger: backup(to: "rbd"), nearMiss: backup(to: "other")),
        CheckCase("R01", trigger: three("rabbitmq", on: [0, 1]), nearMiss: three("rabbitmq")),
        CheckCase("E01", trigger: three("etcd", on: [0, 1, 2, 3]), nearMiss: three("etcd")),
        CheckCase("E02", trigger: three("etcd", on: [0, 1, 1]), nearMiss: three("etcd")),
        CheckCase(
            "E04", trigger: cluster([workload("StatefulSet", "etcd", on: [0, 1, 2], claims: ["data": "rbd"])]),
            nearMiss: three("etcd")),
    ]

    private static let names: [CheckCase] = [
        CheckCase(
            "S01", trigger: cluster([workload("memcached", on: [0])]),
            nearMiss: cluster([workload("memcached", on: [0, 1])])),
        CheckCase(
            "N01", trigger: cluster([workload("coredns", on: [2, 2])]),
            nearMiss: cluster([workload("coredns", on: [1, 2])])),
        CheckCase(
            "N02",
            trigger: cluster([workload("coredns", on: [0, 1], spec: Spec.antiAffinity("coredns", required: false))]),
            nearMiss: cluster([workload("coredns", on: [0, 1], spec: Spec.antiAffinity("coredns", required: true))])),
        CheckCase(
            "N03", trigger: cluster([workload("coredns", on: [0, 1])]),
            nearMiss: cluster([
                workload("coredns", on: [0, 1]), workload("DaemonSet", "node-local-dns", on: [0, 1, 2, 3]),
            ])),
    ]

    private static let openStack: [CheckCase] = [
        CheckCase(
            "O01", trigger: cluster([workload("glance", on: [3, 3])]),
            nearMiss: cluster([workload("glance", on: [2, 3])])),
        CheckCase(
            "O04", trigger: cluster([workload("ingress-nginx", on: [3, 3])]),
            nearMiss: cluster([workload("ingress-nginx", on: [2, 3])])),
        CheckCase(
            "O05", trigger: cluster([workload("DaemonSet", "libvirt", on: [0, 1, 2, 3])]),
            nearMiss: cluster([workload("shop", on: [0, 1])])),
    ]

    private static let volumes: [CheckCase] = [
        CheckCase(
            "V01", trigger: cluster([workload("holdfast", on: [0])]),
            nearMiss: cluster([workload("holdfast", on: [0, 1])])),
        CheckCase("V02", trigger: storageClass(pool: "gone"), nearMiss: storageClass(pool: "rbd")),
        CheckCase("V03", trigger: attached(ready: false), nearMiss: attached(ready: true)),
        CheckCase("V04", trigger: pending(full: true), nearMiss: pending(full: false)),
    ]

    // MARK: Clusters

    private static func galeraService(pinned: Bool) -> ClusterCapture {
        cluster([workload("StatefulSet", "mariadb", on: [0, 1, 2])]) { state in
            for index in state.pods?.indices ?? 0..<0 {
                let name = state.pods?[index].metadata.name ?? ""
                state.pods?[index].metadata.labels["statefulset.kubernetes.io/pod-name"] = name
            }
            var service = KubernetesService(name: "mariadb", namespace: "openstack")
            service.json["spec"] = [
                "clusterIP": "10.96.0.3",
                "selector": pinned
                    ? ["app": "mariadb", "statefulset.kubernetes.io/pod-name": "mariadb-0"] : ["app": "mariadb"],
            ]
            state.services = [service]
        }
    }

    private static func backup(to storageClass: String) -> ClusterCapture {
        cluster(
            [
                workload("StatefulSet", "mariadb", on: [0, 1, 2], claims: ["data": "rbd"]),
                workload("dump", on: [1], claims: ["backup": storageClass]),
            ],
            ceph: { cluster in
                cluster.pools.append(.replicated("other", pgCount: 8))
                cluster.kubernetes?.classes["other"] = ["clusterID": "ceph", "pool": "other"]
            })
    }

    private static func storageClass(pool: String) -> ClusterCapture {
        cluster([], ceph: { $0.kubernetes?.classes = ["fast": ["clusterID": "ceph", "pool": pool]] })
    }

    private static func attached(ready: Bool) -> ClusterCapture {
        cluster([]) { state in
            var attachment = VolumeAttachment(name: "a")
            attachment.json["spec"] = [
                "attacher": "rbd.csi.ceph.com", "nodeName": "host-1", "source": ["persistentVolumeName": "pv"],
            ]
            state.volumeAttachments = [attachment]
            state.nodes?[1].json["status", "conditions"] = [["type": "Ready", "status": ready ? "True" : "Unknown"]]
        }
    }

    private static func pending(full: Bool) -> ClusterCapture {
        var capture = cluster([]) { state in
            var claim = PersistentVolumeClaim(name: "new", namespace: "openstack")
            claim.storageClassName = "rbd"
            claim.json["status"] = ["phase": "Pending"]
            state.persistentVolumeClaims = [claim]
        }
        if full { capture.ceph?.osdMap.pools[PoolID(1)]?.flags.insert(.full) }
        return capture
    }
}
