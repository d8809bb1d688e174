import Audit
import AuditReport
import ClusterState
import KubernetesModel
import Resilience
import StateFixtures

/// Reports to be written.
enum Reports {
    /// What a name from the cluster may hold at its worst.
    static let hostile = "<script>alert(1)</script>\"'&\u{1B}[2J\u{0}"

    /// A small cluster with trouble, and with names that are none of a friend.
    static func hostileReport() async -> Report {
        var cluster = SyntheticCluster(racks: 3)
        cluster.pools = [
            .replicated(hostile, size: 2, minSize: 2, pgCount: 32), .replicated("rbd", pgCount: 32),
        ]
        var kubernetes = SyntheticKubernetes()
        kubernetes.workloads = [SyntheticKubernetes.Workload("StatefulSet", "openstack", "etcd", on: [0, 0, 1])]
        cluster.kubernetes = kubernetes
        var capture = cluster.capture()
        capture.ceph?.osdMetadata?[0].hostname = hostile
        return await report(of: capture)
    }

    static func report(of capture: ClusterCapture, profile: Profile = .production) async -> Report {
        Report(of: await AuditRunner(profile: profile, today: "2026-01-02").run(capture, workers: 2))
    }
}
