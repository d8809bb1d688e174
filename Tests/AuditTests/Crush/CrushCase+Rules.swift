import CRUSH
import ClusterState
import Resilience
import StateFixtures
import Vocabulary

extension CrushCase {
    static let all: [CrushCase] = takes + mapping + chains + upmaps + racks + sites + classes + weights + others

    private static let takes: [CrushCase] = [
        CrushCase(
            "C01", .critical, "rule rbd-rule", says: "which is not in the map",
            remedy: "ceph osd crush rule create-replicated rbd-by-host default host",
            trigger: { mapped { $0.crush.rules[0]?.steps[0] = Rule.Step(.take, -99) } }, nearMiss: { mapped() }),
        CrushCase(
            "C01", .critical, "rule rbd-rule", says: "no OSD there has that class",
            remedy: "ceph osd crush rule create-replicated rbd-by-host-ssd default host ssd",
            trigger: { mapped { takeClass("nvme", in: &$0) } }, nearMiss: { mapped { takeClass("ssd", in: &$0) } }),
        CrushCase(
            "C01", .info, "rule rbd-rule", says: "no pool uses it", remedy: "ceph osd crush rule rm rbd-rule",
            trigger: {
                mapped { map in
                    map.crush.rules[0]?.steps[0] = Rule.Step(.take, -99)
                    map.pools = [:]
                }
            }, nearMiss: { mapped { $0.pools = [:] } }),
        CrushCase(
            "C05", .critical, "pool rbd", says: "yields 2 OSDs", remedy: "ceph osd pool set rbd crush_rule rbd-by-host",
            trigger: { mapped { $0.setSteps([Rule.Step(.chooseLeafFirstN, 2, 1)]) } },
            nearMiss: { mapped { $0.setSteps([Rule.Step(.chooseLeafFirstN, 3, 1)]) } }),
        CrushCase(
            "C05", .critical, "pool rbd", says: "up to 4 of 4 copies into one rack",
            remedy: "create-replicated rbd-by-host",
            trigger: {
                mapped(rackedCluster(racks: 2, hosts: 4, size: 4)) {
                    $0.setSteps([Rule.Step(.chooseFirstN, 2, 3), Rule.Step(.chooseLeafFirstN, 0, 1)])
                }
            },
            nearMiss: {
                mapped(rackedCluster(racks: 2, hosts: 4, size: 4)) {
                    $0.setSteps([Rule.Step(.chooseFirstN, 2, 3), Rule.Step(.chooseLeafFirstN, 2, 1)])
                }
            }),
        CrushCase(
            "C06", .critical, "pool rbd", says: "have two copies in one host",
            remedy: "create-replicated rbd-by-host-ssd",
            trigger: { hybrid { $0 % 2 == 0 ? "ssd" : "hdd" } }, nearMiss: { hybrid { $0 % 4 < 2 ? "ssd" : "hdd" } }),
    ]

    private static let mapping: [CrushCase] = [
        CrushCase(
            "C02", .critical, "pool rbd", says: "64 of 64 PGs get fewer than 3 OSDs from rule rbd-rule",
            remedy: "ceph osd pool set rbd size 2",
            trigger: { mapped(rackedCluster(racks: 3)) { $0.states.markOut([OSDID(4), OSDID(5)]) } },
            nearMiss: { mapped(rackedCluster(racks: 3)) { $0.states.markDown([OSDID(4), OSDID(5)]) } }),
        CrushCase(
            "C02", .critical, "pool rbd", says: "rule 7, which does not exist", remedy: "ceph osd crush rule ls",
            trigger: { mapped { $0.pools[PoolID(1)]?.crushRule = 7 } }, nearMiss: { mapped() }),
        CrushCase(
            "C02", .critical, "pool rbd", says: "PGs get fewer than 3 OSDs", remedy: "step set_choose_tries 4",
            trigger: { mapped(rackedCluster(racks: 4)) { tries(2, in: &$0) } },
            nearMiss: { mapped(rackedCluster(racks: 4)) { tries(50, in: &$0) } }),
        CrushCase(
            "C03", .warning, "pool rbd", says: "need more than 6 of the 10 tries", remedy: "step set_choose_tries 20",
            trigger: { mapped(rackedCluster(racks: 3, pgs: 128)) { tries(10, in: &$0) } },
            nearMiss: { mapped(rackedCluster(racks: 3, pgs: 128)) { tries(100, in: &$0) } }),
    ]

    private static let chains: [CrushCase] = [
        CrushCase(
            "C04", .critical, "pool backup", says: "does not try another host",
            remedy: "ceph osd crush rule create-erasure backup-by-host backup-by-host",
            trigger: { chain(hosts: 6) }, nearMiss: { chain(hosts: 3) }),
        CrushCase(
            "C04", .critical, "pool rbd", says: "choose 0 host, choose 1 osd",
            remedy: "ceph osd pool set rbd crush_rule rbd-by-host",
            trigger: {
                mapped(rackedCluster(racks: 5)) {
                    $0.setSteps([Rule.Step(.chooseFirstN, 0, 1), Rule.Step(.chooseFirstN, 1, 0)])
                }
            }, nearMiss: { mapped(rackedCluster(racks: 5)) }),
        CrushCase(
            "C04", .critical, "pool backup", says: "does not try another host",
            remedy: "crush-osds-per-failure-domain=2",
            trigger: {
                var capture = chain(hosts: 6)
                capture.osdMap.requireOSDRelease = .squid
                return capture
            }, nearMiss: { chain(hosts: 3) }),
    ]

    private static let upmaps: [CrushCase] = [
        CrushCase(
            "C18", .critical, "pg 1.0", says: "puts 2 copies on host host-", remedy: "ceph osd rm-pg-upmap-items 1.0",
            trigger: { upmapToNeighbour() },
            nearMiss: {
                mapped { map in
                    let first = map.chosen(0)[0]
                    map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [.init(from: first, to: ItemID(first.value ^ 1))]
                }
            }),
        CrushCase(
            "C18", .critical, "pg 1.0", says: "outside of what is taken (default class ssd)",
            remedy: "ceph osd rm-pg-upmap 1.0", trigger: { upmapToClass("hdd") }, nearMiss: { upmapToClass("ssd") }),
        CrushCase(
            "C19", .info, "pool rbd", says: "is not chosen", remedy: "ceph osd rm-pg-upmap-items 1.0",
            trigger: {
                mapped { map in
                    let chosen = map.chosen(0)
                    let other = ItemID(chosen[0].value ^ 1)
                    map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [
                        .init(from: other, to: free(of: chosen, hosts: 4))
                    ]
                }
            },
            nearMiss: {
                mapped { map in
                    let chosen = map.chosen(0)
                    map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [
                        .init(from: chosen[0], to: free(of: chosen, hosts: 4))
                    ]
                }
            }),
        CrushCase(
            "C19", .info, "cluster upmaps", says: "PGs that do not exist: 1.40",
            remedy: "ceph osd rm-pg-upmap-items 1.40",
            trigger: {
                mapped(rackedCluster(racks: 4)) {
                    $0.upmapItems[PGID(pool: PoolID(1), seed: 64)] = [.init(from: ItemID(0), to: ItemID(1))]
                }
            }, nearMiss: { mapped(rackedCluster(racks: 4)) }),
    ]

    private static let racks: [CrushCase] = [
        CrushCase(
            "C12", .critical, "pool rbd", says: "wants 3 of type rack, and there are 2 with OSDs in (4 hosts)",
            remedy: "ceph osd crush rule create-replicated rbd-by-host default host",
            trigger: { mapped(rackedCluster(racks: 2, hosts: 2, by: "rack")) },
            nearMiss: { mapped(rackedCluster(racks: 3, hosts: 2, by: "rack")) }),
        CrushCase(
            "C12", .warning, "pool rbd", says: "PGs stop with rack rack-",
            remedy: "-rack root=default",
            trigger: { mapped(rackedCluster(racks: 2, hosts: 2)) }, nearMiss: { mapped(rackedCluster(racks: 4)) }),
        CrushCase(
            "C12", .warning, "pool rbd", says: "PGs stop with rack rack-",
            remedy: "ceph osd crush rule create-replicated rbd-by-rack default rack",
            trigger: { mapped(rackedCluster(racks: 3, hosts: 2)) },
            nearMiss: { mapped(rackedCluster(racks: 3, hosts: 2, by: "rack")) }),
    ]

    private static let sites: [CrushCase] = [
        CrushCase(
            "C22", .warning, "cluster", says: "rack-0 cannot hold what rack-1 holds",
            remedy: "# add 1.00 TiB to datacenter rack-0",
            trigger: { stretched { $0.osdMap.states.markOut([OSDID(0)]) } }, nearMiss: { stretched() }),
        CrushCase(
            "C22", .warning, "mon a", says: "has no datacenter in its location",
            remedy: "ceph mon set_location a datacenter=rack-0",
            trigger: { stretched { $0.monitors?.monitors[0].crushLocation = ["rack": "r"] } }, nearMiss: { stretched() }
        ),
        CrushCase(
            "C22", .warning, "mon c", says: "is the tiebreaker and stands in data site rack-1",
            remedy: "ceph mon set_new_tiebreaker",
            trigger: { stretched { $0.monitors?.monitors[2].crushLocation = ["datacenter": "rack-1"] } },
            nearMiss: { stretched { $0.monitors?.monitors[2].crushLocation = ["datacenter": "elsewhere"] } }),
        CrushCase(
            "C23", .critical, "pool rbd", says: "in one of two datacenters", remedy: "ceph mon enable_stretch_mode MON",
            trigger: { mapped(rackedCluster(racks: 2, hosts: 2)) { $0.crush.typeNames[3] = "datacenter" } },
            nearMiss: {
                mapped(rackedCluster(racks: 2, hosts: 2, size: 4)) { map in
                    map.crush.typeNames[3] = "datacenter"
                    map.setSteps([Rule.Step(.chooseFirstN, 0, 3), Rule.Step(.chooseLeafFirstN, 2, 1)])
                }
            }),
    ]
}

// MARK: Fixtures

private func takeClass(_ name: String, in map: inout OSDMap) {
    map.crush.classNames[7] = "nvme"
    map.crush.makeShadowTrees(previous: [:])
    let shadow = map.shadow(name)
    map.crush.rules[0]?.steps[0] = Rule.Step(.take, shadow)
}

private func tries(_ count: Int32, in map: inout OSDMap) {
    map.crush.rules[0]?.steps.insert(Rule.Step(.setChooseTries, count), at: 0)
}

/// One copy on flash, the others on disks.
private func hybrid(_ deviceClass: @escaping @Sendable (Int) -> String) -> CephCapture {
    var hybrid = rackedCluster(racks: 4, hosts: 2, osds: 2)
    hybrid.deviceClass = deviceClass
    return mapped(hybrid) { map in
        let (flash, disks) = (map.shadow("ssd"), map.shadow("hdd"))
        map.crush.rules[0]?.steps = [
            Rule.Step(.take, flash), Rule.Step(.chooseLeafFirstN, 1, 1), Rule.Step(.emit),
            Rule.Step(.take, disks), Rule.Step(.chooseLeafFirstN, -1, 1), Rule.Step(.emit),
        ]
    }
}

/// Shards on three hosts, two each.
private func chain(hosts: Int) -> CephCapture {
    var cluster = SyntheticCluster(racks: hosts, hostsPerRack: 1, osdsPerHost: 4)
    cluster.pools = [.erasure("backup", k: 4, m: 2, pgCount: 64)]
    return mapped(cluster) { $0.setSteps([Rule.Step(.chooseIndep, 3, 1), Rule.Step(.chooseIndep, 2, 0)]) }
}

/// An OSD on a host that a PG is not on.
private func free(of chosen: [ItemID], hosts: Int32) -> ItemID {
    ItemID((0..<hosts * 2).first { osd in !chosen.contains { $0.value / 2 == osd / 2 } } ?? 0)
}

/// Four hosts of flash that a pool is on, and two of disks.
private func upmapToClass(_ name: String) -> CephCapture {
    var mixed = rackedCluster(racks: 6, deviceClass: "ssd")
    mixed.deviceClass = { $0 < 8 ? "ssd" : "hdd" }
    return mapped(mixed) { map in
        var chosen = map.chosen(0)
        chosen[0] = name == "hdd" ? ItemID(9) : free(of: chosen, hosts: 4)
        map.upmaps[PGID(pool: PoolID(1), seed: 0)] = chosen
    }
}

/// Two sites in stretch mode, with a tiebreaker elsewhere.
private func stretched(_ change: (inout CephCapture) -> Void = { _ in }) -> CephCapture {
    var capture = mapped(rackedCluster(racks: 2, hosts: 2, size: 4)) { map in
        map.crush.typeNames[3] = "datacenter"
        map.setSteps([Rule.Step(.chooseFirstN, 0, 3), Rule.Step(.chooseLeafFirstN, 2, 1)])
        map.stretchMode.isEnabled = true
        map.stretchMode.bucketCount = 2
        map.stretchMode.bucketType = 3
    }
    capture.monitors?.isStretchMode = true
    capture.monitors?.tiebreaker = "c"
    capture.monitors?.monitors[0].crushLocation = ["datacenter": "rack-0"]
    capture.monitors?.monitors[1].crushLocation = ["datacenter": "rack-1"]
    change(&capture)
    return capture
}
