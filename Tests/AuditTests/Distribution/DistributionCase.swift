import CRUSH
import ClusterState
import KubernetesModel
import StateFixtures
import Vocabulary

/// Clusters that the checks of distribution find something in, and near misses.
enum DistributionCase {
    static let all: [CephCase] = [
        CephCase(
            "D01", "an upmap", trigger: { upmapped(besideFirst: true) }, nearMiss: { upmapped(besideFirst: false) }),
        CephCase("D01", "a rule of two parts", trigger: { twoTakes() }, nearMiss: { map { _ in } }),
        CephCase(
            "D02", "acting", trigger: { row(acting: [0, 1, 2]) }, nearMiss: { row(acting: [0, 2, 4]) }),
        CephCase("D03", "a copy short", trigger: { row(acting: [0, 2]) }, nearMiss: { row(acting: [0, 2, 5]) }),
        CephCase("D04", "recovery", trigger: { filled(to: 0.65) }, nearMiss: { filled(to: 0.5) }),
        CephCase("D05", "no spare host", trigger: { hosts(3) }, nearMiss: { hosts(4) }),
        CephCase(
            "D06", "nearfull is backfillfull", trigger: { map { $0.nearFullRatio = $0.backfillFullRatio } },
            nearMiss: { map { $0.nearFullRatio = 0.89 } }),
        CephCase(
            "D06", "failsafe", trigger: { option("osd", "osd_failsafe_full_ratio", "0.94") },
            nearMiss: { option("osd", "osd_failsafe_full_ratio", "0.96") }),
        CephCase(
            "D07", "backfill", trigger: { rows { $0.state = [.active, .remapped, .backfillTooFull] } },
            nearMiss: { rows { $0.state = [.active, .remapped, .backfillWait] } }),
        CephCase("D08", "one full OSD", trigger: { uneven(0.6) }, nearMiss: { uneven(0.45) }),
        CephCase(
            "D09", "the cluster", trigger: { map { $0.flags.insert(.noOut) } },
            nearMiss: { map { $0.flags.insert(.noScrub) } }),
        CephCase(
            "D09", "a host", trigger: { map { $0.nodeFlags = [ItemID(bucketAt: 4): .noOut] } },
            nearMiss: { map { $0.nodeFlags = [ItemID(bucketAt: 4): []] } }),
        CephCase(
            "D09", "a class", trigger: { map { $0.classFlags = [0: .noDown] } },
            nearMiss: { map { $0.classFlags = [0: []] } }),
        CephCase(
            "D09", "an OSD", trigger: { map { $0.states.states[2].insert(.noIn) } },
            nearMiss: { map { $0.states.states[2].insert(.autoOut) } }),
        CephCase(
            "D10", "host", trigger: { option("mon", "mon_osd_down_out_subtree_limit", "host") },
            nearMiss: { option("mon", "mon_osd_down_out_subtree_limit", "rack") }),
        CephCase(
            "D10", "never", trigger: { option("global", "mon_osd_down_out_interval", "0") },
            nearMiss: { option("global", "mon_osd_down_out_interval", "60") }),
        CephCase("D11", "three hosts of five", trigger: { hosts(3, osds: 5) }, nearMiss: { hosts(4, osds: 4) }),
        CephCase("D12", "slow disks", trigger: { slow("hdd") }, nearMiss: { slow("ssd") }),
        CephCase("D13", "a heavy host", trigger: { heavyHost(1.2) }, nearMiss: { heavyHost(1.04) }),
        CephCase("D14", "scrubs", trigger: { scrubbed(daysAgo: 13) }, nearMiss: { scrubbed(daysAgo: 12) }),
    ]

    /// A cluster of some hosts, with PGs where CRUSH puts them.
    static func cluster(_ hosts: Int = 3, osds: Int = 2) -> SyntheticCluster {
        var cluster = SyntheticCluster(racks: hosts, osdsPerHost: osds)
        cluster.pools = [.replicated("rbd", pgCount: 64)]
        return cluster
    }

    static func hosts(_ count: Int, osds: Int = 2) -> ClusterCapture { cluster(count, osds: osds).capture() }

    static func map(_ change: (inout OSDMap) -> Void) -> ClusterCapture {
        var capture = cluster().capture()
        if var ceph = capture.ceph {
            change(&ceph.osdMap)
            capture.ceph = ceph
        }
        return capture
    }

    static func option(_ section: String, _ name: String, _ value: String) -> ClusterCapture {
        var capture = cluster().capture()
        capture.ceph?.configuration.central = [.init(section: section, name: name, value: value)]
        return capture
    }

    /// Changes the first PG.
    static func rows(_ change: (inout PGRow) -> Void) -> ClusterCapture {
        var capture = cluster().capture()
        if let table = capture.ceph?.pgs {
            var rows = (0..<table.count).map { table[$0] }
            change(&rows[0])
            capture.ceph?.pgs = PGTable(rows)
        }
        return capture
    }

    static func row(acting: [Int32]) -> ClusterCapture {
        rows { row in
            row.up = [0, 2, 4]
            row.acting = acting
        }
    }

    /// PG 1.0 has its third copy moved by hand: beside the first one, or to the other OSD of its own host.
    static func upmapped(besideFirst: Bool) -> ClusterCapture {
        map { map in
            let raw = map.pools.values.first.map { PoolMapper(map: map, pool: $0).mappings()[0].up.map(\.value) } ?? []
            // Two OSDs a host: the numbers of neighbours differ in the last bit.
            let to = (besideFirst ? raw[0] : raw[2]) ^ 1
            map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [.init(from: ItemID(raw[2]), to: ItemID(to))]
        }
    }

    /// A rule that takes the root twice: the second part knows nothing of the first.
    static func twoTakes() -> ClusterCapture {
        var capture = cluster(4).capture()
        let root = ItemID(bucketAt: 0).value
        capture.ceph?.osdMap.crush.rules[0]?.steps = [
            Rule.Step(.take, root), Rule.Step(.chooseLeafFirstN, 2, 1), Rule.Step(.emit), Rule.Step(.take, root),
            Rule.Step(.chooseLeafFirstN, -2, 3), Rule.Step(.emit),
        ]
        return capture
    }

    /// Four hosts whose OSDs are all as full, with as much in their PGs: the loss of one brings a third more to the others.
    static func filled(to fill: Double) -> ClusterCapture {
        var cluster = cluster(4, osds: 4)
        cluster.pools = [.replicated("rbd", pgCount: 1024)]
        let used = fill * Double(cluster.osdSize.bytes) * 16
        cluster.pools[0].bytesPerPG = UInt64(used / 3 / 1024)
        cluster.fill = { _ in fill }
        return cluster.capture()
    }

    static func uneven(_ fullest: Double) -> ClusterCapture {
        var cluster = cluster()
        cluster.fill = { $0 == 0 ? fullest : 0.4 }
        return cluster.capture()
    }

    /// Six hosts with so much in their PGs that disks take more than a day for a host's part, and flash does not.
    static func slow(_ deviceClass: String) -> ClusterCapture {
        var cluster = cluster(6, osds: 2)
        cluster.osdSize = .tib(16)
        cluster.deviceClass = { _ in deviceClass }
        cluster.pools[0].bytesPerPG = 512 << 30
        return cluster.capture()
    }

    /// Every OSD of the first host is heavier.
    static func heavyHost(_ weight: Double) -> ClusterCapture {
        map { map in
            let raw = Weight(raw: UInt32(weight * 65536))
            for slot in map.crush.buckets.indices {
                guard var bucket = map.crush.buckets[slot], case .straw2(var weights) = bucket.content else { continue }
                for (place, item) in bucket.items.enumerated() where item.value == 0 || item.value == 1 {
                    weights[place] = raw
                }
                bucket.content = .straw2(weights: weights)
                map.crush.buckets[slot] = bucket
            }
        }
    }

    static func scrubbed(daysAgo: Int64) -> ClusterCapture {
        let cluster = cluster()
        return rows { $0.lastDeepScrub = cluster.takenAt.microseconds / 1_000_000 - daysAgo * 86_400 }
    }
}
