import CRUSH
import ClusterState
import KubernetesModel
import StateFixtures
import Vocabulary

/// Clusters that the checks of daemons find something in, and near misses.
enum DaemonCase {
    static let all: [CephCase] = [
        CephCase("M01", "two", trigger: { monitors(on: [0, 1]) }, nearMiss: { monitors(on: [0, 1, 2]) }),
        CephCase("M01", "four", trigger: { monitors(on: [0, 1, 2, 3]) }, nearMiss: { monitors(on: [0, 1, 2, 3, 4]) }),
        CephCase("M02", "two of three", trigger: { monitors(on: [0, 0, 1]) }, nearMiss: { monitors(on: [0, 1, 2]) }),
        CephCase(
            "M02", "two of five", trigger: { monitors(on: [0, 0, 0, 1, 2]) },
            nearMiss: { monitors(on: [0, 0, 1, 1, 2]) }),
        CephCase(
            "M02", "one is down", trigger: { monitors(on: [0, 1, 2], down: [2]) },
            nearMiss: { monitors(on: [0, 1, 2, 3, 4], down: [2]) }),
        CephCase(
            "M03", "one rack", trigger: { racks(monitorsOn: [0, 1, 0]) }, nearMiss: { racks(monitorsOn: [0, 1, 2]) }),
        CephCase("M04", "no standby", trigger: { managers(on: [0]) }, nearMiss: { managers(on: [0, 1]) }),
        CephCase("M04", "on one host", trigger: { managers(on: [1, 1]) }, nearMiss: { managers(on: [1, 1, 2]) }),
        CephCase("M05", "on one host", trigger: { filesystem(standby: 0) }, nearMiss: { filesystem(standby: 1) }),
        CephCase(
            "M05", "no standby", trigger: { filesystem(standby: nil) }, nearMiss: { ceph { $0.filesystems = .init() } }),
        CephCase("M06", "rgw", trigger: { gateways(on: [2, 2]) }, nearMiss: { gateways(on: [2, 1]) }),
        CephCase(
            "M07", "csi", trigger: { clients(["10.0.0.10:6789", "10.0.1.10:6789"]) },
            nearMiss: {
                clients(["10.0.0.10:6789", "10.0.1.10:6789", "[v2:10.0.2.10:3300,v1:10.0.2.10:6789]"])
            }),
        CephCase(
            "M07", "csi, the wrong ones", trigger: { clients(["10.9.9.9:6789"]) },
            nearMiss: {
                clients(["10.9.9.9:6789"], id: "another")
            }),
        CephCase(
            "M07", "rook", trigger: { endpoints("a=10.0.0.10:6789,b=10.0.1.10:6789") },
            nearMiss: {
                endpoints("a=10.0.0.10:6789,b=10.0.1.10:6789,c=10.0.2.10:3300")
            }),
        CephCase("M08", "room", trigger: { unwell("MON_DISK_LOW") }, nearMiss: { unwell("OSD_NEARFULL") }),
        CephCase("M08", "clocks", trigger: { unwell("MON_CLOCK_SKEW") }, nearMiss: { unwell("MON_DOWN") }),
        CephCase(
            "M10", "mixed", trigger: { versions(mon: "16.2.15", osd: "16.2.14") },
            nearMiss: { versions(mon: "16.2.15", osd: "16.2.15") }),
        CephCase(
            "M10", "not finished", trigger: { versions(mon: "18.2.7", osd: "18.2.7") },
            nearMiss: { versions(mon: "18.2.7", osd: "18.2.7", require: .reef) }),
    ]

    static func ceph(_ cluster: SyntheticCluster = SyntheticCluster(racks: 5), _ change: (inout CephCapture) -> Void)
        -> ClusterCapture
    {
        var capture = cluster.capture()
        if var ceph = capture.ceph {
            change(&ceph)
            capture.ceph = ceph
        }
        return capture
    }

    /// Monitors on hosts by number; some not in quorum.
    static func monitors(
        on hosts: [Int], down: Set<Int> = [], of cluster: SyntheticCluster = SyntheticCluster(racks: 5)
    ) -> ClusterCapture {
        ceph(cluster) { ceph in
            let monitors = hosts.enumerated().map { number, host in
                MonitorMap.Monitor(
                    name: ["a", "b", "c", "d", "e"][number], rank: number,
                    addresses: [
                        "v2:\(cluster.address(ofHost: host)):3300", "v1:\(cluster.address(ofHost: host)):6789",
                    ],
                    isInQuorum: !down.contains(number), hostname: "host-\(host).example.org")
            }
            ceph.monitors = MonitorMap(monitors: monitors)
        }
    }

    /// Three racks of two hosts, with a pool whose copies are apart by rack.
    static func racks(monitorsOn hosts: [Int]) -> ClusterCapture {
        var cluster = SyntheticCluster(racks: 3, hostsPerRack: 2)
        cluster.pools = [.replicated("rbd", pgCount: 32, failureDomain: "rack")]
        return monitors(on: hosts, of: cluster)
    }

    static func managers(on hosts: [Int]) -> ClusterCapture {
        ceph { ceph in
            let managers = hosts.enumerated().map { number, host in
                ManagerMap.Manager(name: ["x", "y", "z"][number], hostname: "host-\(host)")
            }
            ceph.managers = ManagerMap(active: managers.first, standbys: Array(managers.dropFirst()))
        }
    }

    static func filesystem(standby: Int?) -> ClusterCapture {
        ceph { ceph in
            let active = FilesystemMap.MDS(name: "m", rank: 0, state: "up:active", hostname: "host-0")
            ceph.filesystems = FilesystemMap(
                filesystems: [
                    .init(id: 1, name: "files", metadataPool: PoolID(1), dataPools: [PoolID(1)], daemons: [active])
                ],
                standbys: standby.map { [.init(name: "n", state: "up:standby", hostname: "host-\($0)")] } ?? [])
        }
    }

    static func gateways(on hosts: [Int]) -> ClusterCapture {
        ceph { ceph in
            ceph.services = hosts.enumerated().map {
                ServiceDaemon(service: "rgw", name: "\($0)", hostname: "host-\($1)")
            }
        }
    }

    /// ceph-csi's list of clusters, of which one is this one unless another name is given.
    static func clients(_ monitors: [String], id: String? = nil) -> ClusterCapture {
        configMap("ceph-csi-config") { fsid in
            let entry: JSONObject = [
                "clusterID": .string(id ?? fsid), "monitors": .array(monitors.map { .string($0) }),
            ]
            return ["config.json": JSONValue.array([.object(entry)]).description]
        }
    }

    static func endpoints(_ list: String) -> ClusterCapture {
        configMap("rook-ceph-mon-endpoints") { _ in ["data": list] }
    }

    private static func configMap(_ name: String, _ data: (String) -> [String: String]) -> ClusterCapture {
        var cluster = SyntheticCluster()
        cluster.kubernetes = SyntheticKubernetes()
        var capture = cluster.capture()
        let map: JSONObject = [
            "metadata": ["name": .string(name), "namespace": "rook-ceph"],
            "data": .object(JSONObject(strings: data(capture.ceph?.fsid ?? ""))),
        ]
        capture.kubernetes?.configMaps = [ConfigMap(json: map)]
        return capture
    }

    static func unwell(_ code: String) -> ClusterCapture {
        ceph { ceph in
            let check = Health.Check(
                code: code, severity: .warning, summary: "mon b has a problem", count: 1,
                details: ["mon.b has 28% avail"])
            ceph.health = Health(status: .warning, checks: [check])
        }
    }

    static func versions(mon: String, osd: String, require: CephRelease = .pacific) -> ClusterCapture {
        ceph { ceph in
            ceph.versions = [
                "mon": ["ceph version \(mon) (618f) pacific (stable)": 3],
                "osd": ["ceph version \(osd) (618f) pacific (stable)": 10],
                "overall": ["ceph version \(mon) (618f) pacific (stable)": 13],
            ]
            ceph.osdMap.requireOSDRelease = require
        }
    }
}
