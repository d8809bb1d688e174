public import CRUSH
import Foundation
import Vocabulary

extension SyntheticCluster {
    /// The numbers that Ceph gives the types of buckets in a new cluster.
    public static let typeNumbers: [String: UInt16] = ["osd": 0, "host": 1, "rack": 3, "root": 11]

    /// The CRUSH map: root, racks, hosts, OSDs, a shadow tree for each class, and one rule for each pool, numbered as
    /// the pools are from 0.
    public func crushMap() -> CrushMap {
        var map = CrushMap()
        map.typeNames = Dictionary(uniqueKeysWithValues: Self.typeNumbers.map { (Int32($0.value), $0.key) })
        map.deviceLimit = Int32(osds)
        let classes = Set((0..<osds).map(deviceClass)).sorted()
        for (number, name) in classes.enumerated() { map.classNames[Int32(number)] = name }
        let weight = Weight(raw: UInt32(Double(osdSize.bytes) / Double(1 << 40) * 65536))
        for osd in 0..<osds {
            let item = ItemID(Int32(osd))
            map.itemNames[item] = "osd.\(osd)"
            map.deviceClasses[item] = Int32(classes.firstIndex(of: deviceClass(osd)) ?? 0)
        }
        let hostIDs = (0..<hosts).map { ItemID(bucketAt: Int32(1 + racks + $0)) }
        for host in 0..<hosts {
            let members = (0..<osdsPerHost).map { ItemID(Int32(host * osdsPerHost + $0)) }
            map.add("host-\(host)", hostIDs[host], "host", members, members.map { _ in weight })
        }
        let rackIDs = (0..<racks).map { ItemID(bucketAt: Int32(1 + $0)) }
        for rack in 0..<racks {
            let members = Array(hostIDs[rack * hostsPerRack..<(rack + 1) * hostsPerRack])
            map.add("rack-\(rack)", rackIDs[rack], "rack", members, members.map(map.weight(of:)))
        }
        map.add("default", ItemID(bucketAt: 0), "root", rackIDs, rackIDs.map(map.weight(of:)))
        map.makeShadowTrees(previous: [:])
        for (number, pool) in pools.enumerated() {
            map.ruleNames[Int32(number)] = "\(pool.name)-rule"
            map.rules.append(rule(UInt8(number), of: pool, in: map))
        }
        return map
    }

    private func rule(_ number: UInt8, of pool: PoolSpec, in map: CrushMap) -> Rule {
        let root = ItemID(bucketAt: 0)
        let shadows = map.shadowBuckets[root] ?? [:]
        let wanted = shadows.first { map.classNames[$0.key] == pool.deviceClass }?.value
        let type = Int32(Self.typeNumbers[pool.failureDomain] ?? 1)
        let isLeaf = type == 0
        let take = Rule.Step(.take, (pool.deviceClass == nil ? root : wanted ?? root).value)
        switch pool.kind {
        case .replicated:
            let choose = Rule.Step(isLeaf ? .chooseFirstN : .chooseLeafFirstN, 0, type)
            return Rule(kind: .replicated, ruleset: number, steps: [take, choose, Rule.Step(.emit)])
        case .erasure:
            let choose = Rule.Step(isLeaf ? .chooseIndep : .chooseLeafIndep, 0, type)
            return Rule(
                kind: .erasure, ruleset: number,
                steps: [
                    Rule.Step(.setChooseLeafTries, 5), Rule.Step(.setChooseTries, 100), take, choose, Rule.Step(.emit),
                ])
        }
    }

    /// The OSDMap: every OSD up and in, the pools with their rules, ratios and release as in a new cluster.
    public func osdMap() -> OSDMap {
        var map = OSDMap(crush: crushMap())
        map.fsid = UUID(uuid: (0x5e, 0xed, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
        map.epoch = 100
        map.created = CephTime(seconds: 1_767_000_000)
        map.modified = CephTime(seconds: 1_767_200_000)
        map.nearFullRatio = 0.85
        map.backfillFullRatio = 0.9
        map.fullRatio = 0.95
        map.requireMinCompatClient = .luminous
        map.requireOSDRelease = .pacific
        map.flags = [.sortBitwise, .recoveryDeletes, .pgLogHardLimit]
        map.states = OSDStates(count: osds)
        for osd in 0..<osds { map.states.states[osd] = [.exists, .up] }
        map.states.markAllUpIn()
        map.osds = (0..<osds).map(entry(ofOSD:))
        for (index, spec) in pools.enumerated() {
            let id = PoolID(Int64(index + 1))
            var pool = Pool(
                id: id, name: spec.name, kind: spec.kind, size: spec.size, minSize: spec.minSize,
                crushRule: Int32(index), pgCount: spec.pgCount)
            pool.flags = [.hashPSPool]
            pool.applications = [spec.name == ".mgr" ? "mgr" : "rbd": [:]]
            if spec.kind == .erasure {
                let profile = "\(spec.name)-profile"
                pool.erasureCodeProfile = profile
                pool.stripeWidth = UInt32(spec.dataShards * 4096)
                map.erasureCodeProfiles[profile] = [
                    "plugin": "jerasure", "technique": "reed_sol_van", "k": "\(spec.dataShards)",
                    "m": "\(spec.size - spec.dataShards)", "crush-failure-domain": spec.failureDomain,
                    "crush-root": "default",
                ]
            }
            map.pools[id] = pool
            map.highestPool = id
        }
        return map
    }

    private func entry(ofOSD osd: Int) -> OSDEntry {
        var entry = OSDEntry()
        let port = 6800 + 4 * (osd % osdsPerHost)
        let host = address(ofHost: host(ofOSD: osd))
        entry.publicAddresses = [EntityAddress(kind: .v2, endpoint: "\(host):\(port)", nonce: 1)]
        entry.clusterAddresses = [EntityAddress(kind: .v2, endpoint: "\(host):\(port + 1)", nonce: 1)]
        entry.upFrom = 5
        entry.upThru = 90
        return entry
    }
}

extension CrushMap {
    /// What a bucket weighs; zero for one that is not there.
    fileprivate func weight(of bucket: ItemID) -> Weight { self.bucket(bucket)?.weight ?? .zero }

    /// Adds a straw2 bucket with its name.
    fileprivate mutating func add(
        _ name: String, _ id: ItemID, _ type: String, _ items: [ItemID], _ weights: [Weight]
    ) {
        let total = Weight(raw: weights.reduce(0) { $0 + $1.raw })
        let bucket = Bucket(
            id: id, type: SyntheticCluster.typeNumbers[type] ?? 0, weight: total, items: items,
            content: .straw2(weights: weights))
        if insert(bucket) { itemNames[id] = name }
    }
}
