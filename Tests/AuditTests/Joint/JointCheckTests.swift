import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// Every check of Ceph and Kubernetes together: one cluster in which it finds something, and a near miss.
struct JointCheckTests {
    @Test(arguments: Self.cases)
    func findsAndDoesNotFind(_ checkCase: CheckCase) async throws {
        let found = try await CheckCase.found(checkCase.id, in: checkCase.trigger)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.check == checkCase.id })
        #expect(try await CheckCase.found(checkCase.id, in: checkCase.nearMiss) == [])
    }

    @Test func allJointChecksHaveACase() {
        #expect(Set(JointCatalogue.all.map(\.id)).subtracting(Self.cases.map(\.id)) == [])
    }

    @Test func cascadeNamesTheWholeWay() async throws {
        let finding = try #require(try await CheckCase.found("X04", in: Self.cascade(minSize: 3)).first)
        let path = try #require(finding.evidence.first { $0.name == "path" }?.value)
        for part in ["host host-", "pool rbd", "claim openstack/data-mariadb-", "pod openstack/mariadb-", "mariadb"] {
            #expect(path.contains(part))
        }
    }

    @Test func machinesAreJoinedByNameLabelAndAddress() async throws {
        var capture = cluster([])
        capture.kubernetes?.nodes?[1].metadata.name = "worker-1"
        capture.kubernetes?.nodes?[2].metadata.name = "worker-2"
        capture.kubernetes?.nodes?[2].metadata.labels["kubernetes.io/hostname"] = "worker-2"
        let rows = await AuditContext(of: capture, workers: 2).machines.rows
        let grounds = rows.map { "\($0.host ?? "-") \($0.node ?? "-") \($0.joinedBy ?? "-")" }
        #expect(
            grounds == ["host-0 host-0 name", "host-1 worker-1 label", "host-2 worker-2 address", "host-3 host-3 name"])
    }

    static let cases: [CheckCase] = [
        CheckCase("C10", trigger: movedOSD("host-1"), nearMiss: movedOSD("host-0.example.org")),
        CheckCase("C11", trigger: zone("rack-3"), nearMiss: zone("rack-0")),
        CheckCase("K17", trigger: cascade(minSize: 3), nearMiss: cascade(minSize: 2)),
        CheckCase("X01", trigger: cascade(minSize: 3), nearMiss: cascade(minSize: 2)),
        CheckCase("X02", trigger: sizes(1, 1), nearMiss: sizes(2, 1)),
        CheckCase(
            "X03", trigger: cluster([workload("StatefulSet", "etcd", on: [0, 0, 1])]),
            nearMiss: cluster([workload("StatefulSet", "etcd", on: [0, 1, 2])])),
        CheckCase("X04", trigger: cascade(minSize: 3), nearMiss: cascade(minSize: 2)),
        CheckCase("X05", trigger: crowded(fill: 0.8), nearMiss: crowded(fill: 0.2)),
        CheckCase(
            "X06", trigger: cluster([workload("StatefulSet", "etcd", on: [0, 1, 2])]),
            nearMiss: cluster(
                hosts: 5, [workload("StatefulSet", "etcd", on: [0, 1, 2, 3, 4])], ceph: { $0.monitors = 5 })),
        CheckCase("X08", trigger: racks(2), nearMiss: racks(4)),
        CheckCase("X09", trigger: outInterval("0"), nearMiss: outInterval("600")),
        CheckCase(
            "X10", trigger: cluster([workload("StatefulSet", "coredns", on: [0, 1], claims: ["data": "rbd"])]),
            nearMiss: cluster([workload("StatefulSet", "shop", on: [0, 1], claims: ["data": "rbd"])])),
    ]

    // MARK: Clusters

    private static func movedOSD(_ hostname: String) -> ClusterCapture {
        var capture = cluster([])
        capture.ceph?.osdMetadata?[0].hostname = hostname
        return capture
    }

    private static func zone(_ name: String) -> ClusterCapture {
        cluster([]) { $0.nodes?[0].metadata.labels["topology.kubernetes.io/zone"] = name }
    }

    private static func sizes(_ size: Int, _ minSize: Int) -> ClusterCapture {
        cluster([], ceph: { $0.pools = [.replicated("rbd", size: size, minSize: minSize, pgCount: 32)] })
    }

    /// Galera on its own hosts, with its volumes on a pool that any host stops, or not.
    private static func cascade(minSize: Int) -> ClusterCapture {
        cluster(
            [workload("StatefulSet", "mariadb", on: [0, 1, 2], claims: ["data": "rbd"])],
            ceph: { $0.pools = [.replicated("rbd", size: 3, minSize: minSize, pgCount: 32)] })
    }

    private static func crowded(fill: Double) -> ClusterCapture {
        cluster(
            [
                workload("base", on: [0, 1, 2, 3], spec: Spec.cores(15)),
                workload("extra", on: [0], spec: Spec.cores(2)),
            ],
            ceph: { cluster in
                cluster.fill = { _ in fill }
                cluster.pools = [.replicated("rbd", pgCount: 256)]
                cluster.pools[0].bytesPerPG = 8 << 30
            })
    }

    /// Four hosts, in two racks or in four, with copies kept apart by host.
    private static func racks(_ count: Int) -> ClusterCapture {
        var cluster = SyntheticCluster(racks: count, hostsPerRack: 4 / count)
        cluster.monitors = 5
        if count == 4 { cluster.monitors = 3 }
        return cluster.capture()
    }

    private static func outInterval(_ value: String) -> ClusterCapture {
        var capture = cluster([])
        capture.ceph?.configuration = CephConfiguration(central: [
            CephConfiguration.Entry(section: "mon", name: "mon_osd_down_out_interval", value: value)
        ])
        return capture
    }
}
