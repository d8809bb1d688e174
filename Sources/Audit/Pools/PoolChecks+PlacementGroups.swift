import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension PoolChecks {
    /// How many PGs there are, and how they share the OSDs.
    static let placementGroups: [Check] = [
        Check(
            "P12", "PGs of unequal size", .pools, .info,
            meaning: "The number of PGs is no power of two.",
            reason: "Some PGs then hold twice as much as others, and so do the OSDs that have many of those.",
            remedy: "`ceph osd pool set POOL pg_num N` with the next power of two."
        ) { context in
            pools(context).filter { $0.pgCount.nonzeroBitCount != 1 && $0.pgCount == $0.pgCountTarget }.map { pool in
                let above = 1 << (UInt32.bitWidth - pool.pgCount.leadingZeroBitCount)
                return finding(
                    "P12", .info, pool, "has \(pool.pgCount) PGs, which is no power of two",
                    [("pg_num", "\(pool.pgCount)")], ["ceph osd pool set \(pool.name) pg_num \(above)"])
            }
        },
        Check(
            "P13", "an unfinished split", .pools, .warning,
            meaning: "`pgp_num` is below `pg_num`, and nothing raises it.",
            reason: "The split PGs lie where their parents lie: data are no better spread than before.",
            remedy: "`ceph osd pool set POOL pgp_num N`"
        ) { context in
            pools(context).filter { $0.placementCount < $0.pgCount && $0.placementCountTarget <= $0.placementCount }.map
            {
                finding(
                    "P13", .warning, $0, "has \($0.pgCount) PGs that are placed as \($0.placementCount)",
                    [("pg_num", "\($0.pgCount)"), ("pgp_num", "\($0.placementCount)")],
                    ["ceph osd pool set \($0.name) pgp_num \($0.pgCount)"])
            }
        },
        Check(
            "P14", "too few or too many PGs on an OSD", .pools, .warning,
            meaning: "The OSDs under a CRUSH root serve fewer than 30 PGs each, or more than `mon_max_pg_per_osd`.",
            reason: """
                With few PGs, chance alone fills some OSDs far above others. With many, each OSD spends memory and peering time on them,
                and new pools are refused.
                """,
            remedy: "Let the autoscaler decide, or set `pg_num` by the pools' shares of the data."
        ) { context in
            guard let ceph = context.ceph else { return [] }
            let most = Double(ceph.configuration[.monMaxPGPerOSD])
            return PGShares.byRoot(ceph.osdMap).compactMap { share in
                guard share.osds > 0, share.perOSD < 30 || share.perOSD > most else { return nil }
                let many = share.perOSD > most
                return Finding(
                    check: "P14", severity: .warning, subject: .init("root", share.name),
                    message: """
                        the \(share.osds) OSDs under \(share.name) serve \(rounded(share.perOSD)) PGs each: \
                        \(many ? "more than the \(rounded(most)) that new pools are refused at" : "too few to share data evenly")
                        """,
                    evidence: share.pools.map { .init("pool \($0.name)", "\($0.pgCount) PGs of \($0.size)") },
                    remedy: share.pools.prefix(3).map { "ceph osd pool set \($0.name) pg_autoscale_mode on" },
                    basis: .exact)
            }
        },
        Check(
            "P15", "too many PGs once a host is lost", .pools, .critical,
            meaning: """
                After the loss of a host, an OSD would have to serve more PGs than `mon_max_pg_per_osd` times
                `osd_max_pg_per_osd_hard_ratio`.
                """,
            reason:
                "An OSD refuses PGs above that limit: they stay activating and serve nobody, although all their data are there.",
            remedy: "Fewer PGs (`pg_num`), more OSDs, or a higher `mon_max_pg_per_osd`."
        ) { context in
            guard let ceph = context.ceph, let level = context.matrix?.level("host") else { return [] }
            return level.reports.compactMap { report in
                guard let worst = report.load.abovePGLimit.first, let host = report.scenario.domains.first else {
                    return nil
                }
                return Finding(
                    check: "P15", severity: .critical, subject: .init("host", host.name),
                    message: """
                        without \(host) \(report.load.abovePGLimit.count) OSDs would serve more PGs than they accept: \
                        \(worst.osd) \(worst.pgs)
                        """,
                    evidence: [.init("mon_max_pg_per_osd", "\(ceph.configuration[.monMaxPGPerOSD])")],
                    remedy: [
                        "ceph config set global mon_max_pg_per_osd \(max(ceph.configuration[.monMaxPGPerOSD], worst.pgs))"
                    ],
                    basis: .exact)
            }
        },
        Check(
            "P16", "pools that cannot be autoscaled", .pools, .warning,
            meaning:
                "The pool's rule takes a root whose OSDs another pool's rule reaches through another root or class.",
            reason:
                "The autoscaler leaves pools on overlapping roots alone, without a word: their PGs stay as few as they began.",
            remedy: "Give every pool a rule with a device class, `.mgr` too."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            let overlapping = PGShares.overlappingRoots(map)
            return pools(context).filter { $0.autoscaleMode != .off }.compactMap { pool in
                let roots = PGShares.roots(of: pool, map).filter { overlapping.contains($0) }
                guard let root = roots.first else { return nil }
                let name = map.crush.itemNames[root] ?? "\(root)"
                return finding(
                    "P16", .warning, pool,
                    "is on root \(name), whose OSDs others reach by another root: it is not scaled",
                    [("root", name)],
                    [
                        "# choose the class that the pool's OSDs have",
                        "ceph osd crush rule create-replicated \(pool.name)-hdd default host hdd",
                        "ceph osd pool set \(pool.name) crush_rule \(pool.name)-hdd",
                    ])
            }
        },
        Check(
            "P18", "nearly all data in few PGs", .pools, .warning, needs: [.osdMap, .poolUsage],
            meaning: "One pool holds more than 80 % of the bytes under its root, in fewer than 20 % of the PGs there.",
            reason: "The few PGs are huge: some OSDs are full while the cluster looks half empty.",
            remedy: "More PGs for that pool, fewer for the others."
        ) { context in
            guard let ceph = context.ceph, let usage = ceph.poolUsage else { return [] }
            let used = Dictionary(usage.map { ($0.pool, Double($0.used.bytes)) }) { first, _ in first }
            return PGShares.byRoot(ceph.osdMap).flatMap { share in
                let bytes = share.pools.reduce(0) { $0 + (used[$1.id] ?? 0) }
                let shards = share.pools.reduce(0) { $0 + Double($1.pgCount) * Double($1.size) }
                guard share.pools.count > 1, bytes > 0, shards > 0 else { return [Finding]() }
                return share.pools.compactMap { pool in
                    let data = (used[pool.id] ?? 0) / bytes
                    let part = Double(pool.pgCount) * Double(pool.size) / shards
                    guard data > 0.8, part < 0.2 else { return nil }
                    return finding(
                        "P18", .warning, pool,
                        "holds \(rounded(data * 100)) % of the data under \(share.name) in \(rounded(part * 100)) % of the PGs",
                        [("pg_num", "\(pool.pgCount)")],
                        ["ceph osd pool set \(pool.name) pg_num \(Int(pool.pgCount) * 4)"])
                }
            }
        },
    ]
}

/// Which pools share which OSDs, by the roots that their rules take.
struct PGShares {
    /// The root's name, with its class: `default~ssd`.
    var name: String
    var pools: [Pool]
    /// OSDs below the root that are in.
    var osds: Int

    /// PGs that each of the OSDs serves on average, every copy and shard counted.
    var perOSD: Double {
        pools.reduce(0) { $0 + Double($1.pgCount) * Double($1.size) } / Double(max(1, osds))
    }

    /// What the rule of a pool takes.
    static func roots(of pool: Pool, _ map: OSDMap) -> [ItemID] {
        let steps = map.crush.rule(pool.crushRule)?.steps ?? []
        return Set(steps.filter { $0.operation == .take }.map { ItemID($0.first) }).sorted()
    }

    /// A share for each root that a pool's rule takes; a pool with several takes counts at each.
    static func byRoot(_ map: OSDMap) -> [PGShares] {
        var pools: [ItemID: [Pool]] = [:]
        for pool in map.sortedPools {
            for root in roots(of: pool, map) { pools[root, default: []].append(pool) }
        }
        return pools.sorted { $0.key > $1.key }.map { root, pools in
            let osds = devices(below: root, map.crush).filter {
                $0.value < map.states.weights.count && map.states.weights[Int($0.value)] > .zero
            }
            return PGShares(name: map.crush.itemNames[root] ?? "\(root)", pools: pools, osds: osds.count)
        }
    }

    /// Roots that share devices with another root that a pool's rule takes.
    static func overlappingRoots(_ map: OSDMap) -> Set<ItemID> {
        let used = Set(map.sortedPools.flatMap { roots(of: $0, map) }).sorted()
        let below = used.map { devices(below: $0, map.crush) }
        var overlapping = Set<ItemID>()
        for (left, first) in used.enumerated() {
            for (right, second) in used.enumerated() where right > left && !below[left].isDisjoint(with: below[right]) {
                overlapping.formUnion([first, second])
            }
        }
        return overlapping
    }

    /// All devices below an item.
    static func devices(below root: ItemID, _ crush: CrushMap) -> Set<ItemID> {
        var devices = Set<ItemID>()
        var seen = Set<ItemID>()
        var queue = [root]
        while let item = queue.popLast() {
            guard seen.insert(item).inserted else { continue }
            if item.isDevice { devices.insert(item) }
            queue += crush.bucket(item)?.items ?? []
        }
        return devices
    }
}
