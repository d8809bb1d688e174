import CRUSH
import ClusterState
import KubernetesModel
import StateFixtures
import TestSupport
import Vocabulary

/// Captures for tests.
enum Samples {
    /// A small cluster with something in every part.
    static var full: ClusterCapture {
        var cluster = SyntheticCluster(racks: 3, hostsPerRack: 1, osdsPerHost: 2)
        cluster.pools = [.replicated("rbd", pgCount: 32), .erasure("ec", k: 2, m: 1, pgCount: 8)]
        var kubernetes = SyntheticKubernetes()
        var database = SyntheticKubernetes.Workload("StatefulSet", "openstack", "mariadb", on: [0, 1, 2])
        database.claims = ["data": "rbd"]
        database.minAvailable = 2
        database.hasService = true
        kubernetes.workloads = [database]
        cluster.kubernetes = kubernetes
        var capture = cluster.capture()
        capture.missing = [
            MissingPart(
                part: .health, reason: .permission, detail: "access denied", remedy: "allow command \"health\"")
        ]
        capture.ceph?.health = Health(
            status: .warning,
            checks: [Health.Check(code: "OSD_DOWN", severity: .warning, summary: "1 osds down", details: ["osd.3"])])
        capture.ceph?.configuration = CephConfiguration(
            central: [
                .init(section: "osd", mask: "host:host-1", name: "osd_max_backfills", value: "3"),
                .init(section: "mgr", name: "mgr/dashboard/password", value: nil),
            ],
            running: ["mon.a": ["mon_osd_down_out_interval": "60"]])
        capture.ceph?.services = [ServiceDaemon(service: "rgw", name: "store.a", hostname: "host-1")]
        capture.ceph?.filesystems = FilesystemMap(
            filesystems: [
                .init(
                    id: 1, name: "fs", metadataPool: PoolID(1), dataPools: [PoolID(2)],
                    daemons: [.init(name: "fs-a", rank: 0, state: "up:active", hostname: "host-0")])
            ],
            standbys: [.init(name: "fs-b", state: "up:standby", hostname: "host-1")])
        return capture
    }

    /// A small cluster whose PGs, usage and configuration are random.
    static func random(_ random: inout SeededGenerator) -> ClusterCapture {
        var cluster = SyntheticCluster(
            racks: Int.random(in: 1...3, using: &random), hostsPerRack: Int.random(in: 1...3, using: &random),
            osdsPerHost: Int.random(in: 1...3, using: &random))
        cluster.pools = [.replicated("rbd", pgCount: UInt32.random(in: 1...40, using: &random))]
        var capture = cluster.capture()
        let map = capture.ceph?.osdMap
        capture.ceph?.pgs = PGTable(
            (0..<Int.random(in: 0...60, using: &random)).map { _ in row(osds: map?.osdLimit ?? 1, &random) })
        if Bool.random(using: &random) { capture.ceph?.health = nil }
        if Bool.random(using: &random) { capture.ceph?.configuration.central = nil }
        if Bool.random(using: &random) { capture.ceph?.osdMapBytes = map?.encoded() }
        if Bool.random(using: &random) { capture.ceph?.osdUsage = nil }
        return capture
    }

    private static func row(osds: Int, _ random: inout SeededGenerator) -> PGRow {
        func set(_ random: inout SeededGenerator) -> [Int32] {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Bool.random(using: &random) ? Int32.random(in: 0..<Int32(osds), using: &random) : OSDSets.none
            }
        }
        let id = PGID(
            pool: PoolID(Int64.random(in: 1...3, using: &random)), seed: UInt32.random(in: 0...20, using: &random))
        var row = PGRow(id: id, up: set(&random), acting: Bool.random(using: &random) ? set(&random) : nil)
        row.state = [.active, .clean, .degraded, []].randomElement(using: &random) ?? []
        if Bool.random(using: &random) { row.state.insert(.backfillTooFull) }
        if Bool.random(using: &random) { row.actingPrimary = Int32.random(in: -1..<Int32(osds), using: &random) }
        row.objects = UInt64.random(in: 0...1 << 40, using: &random)
        row.bytes = UInt64.random(in: 0...1 << 60, using: &random)
        row.degraded = UInt64.random(in: 0...1, using: &random)
        row.reportedEpoch = UInt32.random(in: 0...UInt32.max, using: &random)
        row.lastDeepScrub = Int64.random(in: 0...2_000_000_000, using: &random)
        row.blockedBy = set(&random)
        if Bool.random(using: &random) { row.objectLocations = [.init(osds: set(&random), objects: 7)] }
        return row
    }
}
