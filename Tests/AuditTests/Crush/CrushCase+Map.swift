import CRUSH
import ClusterState
import Resilience
import StateFixtures
import Vocabulary

extension CrushCase {
    static let classes: [CrushCase] = [
        CrushCase(
            "C07", .warning, "rule rbd-rule", says: "4 hdd and 4 ssd OSDs are below it",
            remedy: "ceph osd crush rule create-replicated rbd-by-host-hdd default host hdd",
            trigger: { mapped(mixed(nil)) }, nearMiss: { mapped(mixed("ssd")) }),
        CrushCase(
            "C08", .warning, "class none", says: "1 OSD without a device class",
            remedy: "ceph osd crush set-device-class ssd osd.1",
            trigger: { mapped { $0.crush.deviceClasses[ItemID(1)] = nil } }, nearMiss: { mapped() }),
        CrushCase(
            "C08", .warning, "class ssd", says: "1 OSD of class ssd on devices that rotate",
            remedy: "ceph osd crush set-device-class hdd osd.0", trigger: { rotating(as: "ssd") },
            nearMiss: { rotating(as: "archive") }),
        CrushCase(
            "C09", .warning, "host host-1", says: "outside of what any rule takes",
            remedy: "ceph osd crush move host-1 rack=rack-0",
            trigger: { mapped { $0.crush.rules[0]?.steps[0] = Rule.Step(.take, -2) } }, nearMiss: { mapped() }),
        CrushCase(
            "C09", .warning, "osd 0", says: "is in 2 buckets, host-0 and spare",
            remedy: "ceph osd crush unlink osd.0 spare",
            trigger: { mapped { add("spare", type: 11, holding: 0, to: &$0) } },
            nearMiss: { mapped { add("spare", type: 11, holding: nil, to: &$0) } }),
        CrushCase(
            "C09", .info, "host spare", says: "is below no other bucket", remedy: "ceph osd crush rm spare",
            trigger: { mapped { add("spare", type: 1, holding: nil, to: &$0) } },
            nearMiss: { mapped { add("spare", type: 11, holding: nil, to: &$0) } }),
    ]

    static let weights: [CrushCase] = [
        CrushCase(
            "C13", .warning, "host host-0", says: "is weighed with 2.00, and its items weigh 1.50",
            remedy: "ceph osd crush reweight-all",
            trigger: { mapped { $0.weigh(0) { Weight(raw: $0.raw / 2) } } },
            nearMiss: { mapped { $0.weigh(0) { Weight(raw: $0.raw + 9) } } }),
        CrushCase(
            "C14", .warning, "host host-0", says: "1 OSD of host-0 (osd.0) is in with CRUSH weight 0",
            remedy: "ceph osd crush reweight osd.0 1.00000", trigger: { mapped { $0.weigh(0) { _ in .zero } } },
            nearMiss: {
                mapped { map in
                    map.weigh(0) { _ in .zero }
                    map.states.markOut([OSDID(0)])
                }
            }),
        CrushCase(
            "C15", .warning, "host host-0", says: "osd.0 weighs 1.000 at 2.000 TiB",
            remedy: "ceph osd crush reweight osd.0 2.00000", trigger: { sized(2) }, nearMiss: { sized(1.04) }),
        CrushCase(
            "C15", .info, "cluster", says: "OSDs weigh 0.500 a TiB", remedy: "osd_crush_initial_weight 1.00000",
            trigger: { allSized(2) }, nearMiss: { allSized(1.04) }),
        CrushCase(
            "C16", .warning, "cluster reweights", says: "1 OSD in with a reweight below 1 (down to 0.85)",
            remedy: "ceph osd reweight 3 1.0",
            trigger: { mapped { $0.states.weights[3] = Weight(raw: 55_705) } },
            nearMiss: { mapped { $0.states.weights[3] = .zero } }),
        CrushCase(
            "C16", .warning, "weight-set (compat)", says: "while 1 PGs have upmaps",
            remedy: "ceph osd crush weight-set rm-compat", trigger: { weightSet(withUpmap: true) },
            nearMiss: { weightSet(withUpmap: false) }),
        CrushCase(
            "C21", .warning, "rule rbd-rule", says: "at most 3.00 of 5.00 TiB raw can be used, 1.00 TiB of data",
            remedy: "# add 1.00 TiB to host-0",
            trigger: { mapped(rackedCluster(racks: 3)) { $0.states.markOut([OSDID(0)]) } },
            nearMiss: { mapped(rackedCluster(racks: 5)) { $0.states.markOut([OSDID(0)]) } }),
    ]

    static let others: [CrushCase] = [
        CrushCase(
            "C17", .warning, "tunables", says: "chooseleaf_vary_r 0 (1)", remedy: "ceph osd crush tunables optimal",
            trigger: { mapped { $0.crush.tunables = .legacy } },
            nearMiss: { mapped { $0.crush.tunables.chooseTotalTries = 100 } }),
        CrushCase(
            "C17", .warning, "algorithm straw", says: "1 bucket by straw instead of straw2: default",
            remedy: "ceph osd crush set-all-straw-buckets-to-straw2", trigger: { mapped { rebuild(.straw, in: &$0) } },
            nearMiss: { mapped { rebuild(.straw2, in: &$0) } }),
        CrushCase(
            "C17", .warning, "algorithm tree", says: "1 bucket by tree",
            remedy: "\"alg straw2\" instead of \"alg tree\"",
            trigger: { mapped { rebuild(.tree, in: &$0) } }, nearMiss: { mapped { rebuild(.straw2, in: &$0) } }),
        CrushCase(
            "C20", .warning, "cluster", says: "1 upmap of primaries take reef",
            remedy: "ceph osd set-require-min-compat-client reef",
            trigger: { clients(.luminous, upmapPrimary: true) }, nearMiss: { clients(.reef, upmapPrimary: true) }),
        CrushCase(
            "C20", .warning, "cluster", says: "clients from jewel on may connect",
            remedy: "ceph osd set-require-min-compat-client luminous",
            trigger: { clients(CephRelease(rawValue: 10)) }, nearMiss: { clients(.luminous) }),
        CrushCase(
            "C20", .info, "cluster", says: "clients before reef are shut out",
            remedy: "ceph osd set-require-min-compat-client luminous --yes-i-really-mean-it",
            trigger: { clients(.reef) }, nearMiss: { clients(.nautilus) }),
        CrushCase(
            "C24", .info, "host host-0", says: "all 2 OSDs have primary affinity 0",
            remedy: "ceph osd primary-affinity osd.1 1.0", trigger: { unwilling([0, 1]) },
            nearMiss: { unwilling([0, 2]) }),
        CrushCase(
            "C24", .info, "host host-0", says: "primary of 64 PGs, where its copies stand for",
            remedy: "osdmaptool osdmap.bin --read read.txt --read-pool rbd",
            trigger: {
                var capture = mapped(rackedCluster(racks: 4))
                capture.pgs?.actingPrimary = Array(repeating: 0, count: 64)
                return capture
            }, nearMiss: { mapped(rackedCluster(racks: 4)) }),
        CrushCase(
            "C25", .info, "rule extra", says: "no pool uses it", remedy: "ceph osd crush rule rm extra",
            trigger: { mapped { addRule("extra", by: 3, to: &$0) } },
            nearMiss: { configured("osd_pool_default_crush_rule", "1", mapped { addRule("extra", by: 3, to: &$0) }) }),
        CrushCase(
            "C25", .info, "rule extra", says: "has the same steps as rule rbd-rule",
            remedy: "ceph osd crush rule rm extra",
            trigger: { mapped { addRule("extra", by: 1, to: &$0) } }, nearMiss: { mapped() }),
        CrushCase(
            "C26", .warning, "rule scratch-rule", says: "keeps copies apart by osd, on 4 hosts; rbd-rule does by host",
            remedy: "ceph config set global osd_pool_default_crush_rule 1", trigger: { weakDefault() },
            nearMiss: { configured("osd_pool_default_crush_rule", "1", weakDefault()) }),
        CrushCase(
            "C26", .warning, "cluster", says: "is 9, and there is no such rule",
            remedy: "ceph config set global osd_pool_default_crush_rule 0",
            trigger: { configured("osd_pool_default_crush_rule", "9", mapped()) },
            nearMiss: { configured("osd_pool_default_crush_rule", "0", mapped()) }),
        CrushCase(
            "C27", .warning, "host host-0", says: "1 OSD of CRUSH host host-0 would move to elsewhere",
            remedy: "ceph config set osd osd_crush_update_on_start false", trigger: { runningElsewhere() },
            nearMiss: { configured("osd_crush_update_on_start", "false", runningElsewhere()) }),
        CrushCase(
            "C27", .warning, "host host-0", says: "would move to elsewhere", remedy: "osd_crush_update_on_start false",
            trigger: { runningElsewhere() },
            nearMiss: { configured("crush_location_hook", "/usr/local/bin/where", runningElsewhere()) }),
    ]
}

// MARK: Fixtures

private func mixed(_ deviceClass: String?) -> SyntheticCluster {
    var mixed = rackedCluster(racks: 4, deviceClass: deviceClass)
    mixed.deviceClass = { $0 < 4 ? "ssd" : "hdd" }
    return mixed
}

/// osd.0 rotates, whatever its class is called.
private func rotating(as name: String) -> CephCapture {
    var capture = mapped { map in
        map.crush.classNames[7] = name
        map.crush.deviceClasses[ItemID(0)] = 7
    }
    capture.osdMetadata?[0].isRotational = true
    return capture
}

private func add(_ name: String, type: UInt16, holding osd: Int32?, to map: inout OSDMap) {
    let bucket = Bucket(
        id: ItemID(-50), type: type, weight: osd == nil ? .zero : .one, items: osd.map { [ItemID($0)] } ?? [],
        content: .straw2(weights: osd == nil ? [] : [.one]))
    if map.crush.insert(bucket) { map.crush.itemNames[bucket.id] = name }
}

private func sized(_ tib: Double) -> CephCapture {
    var capture = mapped()
    capture.osdUsage?[0].total = ByteCount(UInt64(tib * 0x1p40))
    return capture
}

private func allSized(_ tib: Double) -> CephCapture {
    var capture = mapped()
    capture.osdUsage = capture.osdUsage?.map { usage in
        var usage = usage
        usage.total = ByteCount(UInt64(tib * 0x1p40))
        return usage
    }
    return capture
}

private func weightSet(withUpmap: Bool) -> CephCapture {
    mapped { map in
        let root = ItemID(-1)
        let weights = Array(repeating: Weight.one, count: map.crush.bucket(root)?.items.count ?? 0)
        map.crush.chooseArgs[CrushMap.defaultChooseArgs] = [root: CrushMap.Override(weightSets: [weights])]
        if withUpmap {
            map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [.init(from: ItemID(0), to: ItemID(1))]
        }
    }
}

/// The root by another algorithm.
private func rebuild(_ algorithm: Bucket.Algorithm, in map: inout OSDMap) {
    guard let root = map.crush.bucket(ItemID(-1)) else { return }
    let weights = root.items.indices.map { root.weight(at: $0) }
    if let made = try? Bucket(
        making: algorithm, id: root.id, type: root.type, items: root.items, weights: weights, strawCalcVersion: 1)
    {
        map.crush.buckets[0] = made
    }
}

private func clients(_ release: CephRelease, upmapPrimary: Bool = false) -> CephCapture {
    mapped { map in
        map.requireMinCompatClient = release
        if upmapPrimary { map.upmapPrimaries[PGID(pool: PoolID(1), seed: 0)] = map.chosen(0)[1] }
    }
}

private func unwilling(_ osds: [Int]) -> CephCapture {
    mapped { map in for osd in osds { map.states.primaryAffinities[osd] = .zero } }
}

private func addRule(_ name: String, by type: Int32, to map: inout OSDMap) {
    map.crush.rules.append(
        Rule(
            kind: .replicated, ruleset: 1,
            steps: [Rule.Step(.take, -1), Rule.Step(.chooseLeafFirstN, 0, type), Rule.Step(.emit)]))
    map.crush.ruleNames[1] = name
}

/// The first rule is by OSD, and the pool that matters has one by host.
private func weakDefault() -> CephCapture {
    var two = SyntheticCluster(racks: 4)
    two.pools = [
        .replicated("scratch", size: 1, minSize: 1, pgCount: 8, failureDomain: "osd"), .replicated("rbd", pgCount: 32),
    ]
    return mapped(two)
}

private func configured(_ name: String, _ value: String, _ capture: CephCapture) -> CephCapture {
    var capture = capture
    let section = name.hasPrefix("crush_") || name.hasPrefix("osd_crush") ? "osd" : "global"
    capture.configuration.central?.append(.init(section: section, name: name, value: value))
    return capture
}

private func runningElsewhere() -> CephCapture {
    var capture = mapped()
    capture.osdMetadata?[0].hostname = "elsewhere"
    return capture
}
