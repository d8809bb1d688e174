import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension PoolChecks {
    /// Whether there are as many failure domains as copies or shards.
    static let domains: [Check] = [
        Check(
            "P05", "fewer failure domains than copies", .pools, .critical,
            meaning:
                "Below what the pool's rule takes there are fewer failure domains with OSDs in than the pool has copies or shards.",
            reason:
                "Some copies find no home. PGs stay undersized for ever, or, below `min_size`, never become active.",
            remedy: "Add hosts, spread over a smaller domain, or keep fewer copies."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return shapes(context).compactMap { pool, shape, domains in
                let needed = domainsNeeded(shape, pool.size)
                guard domains < needed else { return nil }
                let host = map.crush.typeNames.first { $0.value == "host" }?.key ?? 1
                let byHost =
                    shape.failureDomain > host && shape.domains(of: host, in: map).count >= pool.size
                    ? ["# or keep copies apart by host:"] + ruleByHost(pool, shape, map) : []
                return finding(
                    "P05", .critical, pool,
                    "needs \(needed) failure domains of type \(shape.failureDomainName), and \(domains) have OSDs in",
                    [("rule", shape.name), ("size", "\(pool.size)")],
                    ["# add OSDs on another \(shape.failureDomainName), or bring those back that are out"] + byHost)
            }
        },
        Check(
            "P06", "no spare failure domain", .pools, .warning,
            meaning: "There are exactly as many failure domains as the pool has copies or shards.",
            reason:
                "Once one is lost, its copies have no other place to be made: the pool stays degraded until it is back.",
            remedy: "Add a failure domain; on three hosts with three copies, know it and accept it."
        ) { context in
            shapes(context).compactMap { pool, shape, domains in
                guard shape.failureDomain != 0, domains == domainsNeeded(shape, pool.size), pool.size > 1 else {
                    return nil
                }
                return finding(
                    "P06", .warning, pool,
                    "has \(pool.size) copies or shards on \(domains) domains of type \(shape.failureDomainName): none is left to heal on",
                    [("rule", shape.name), ("size", "\(pool.size)")], ["# add a \(shape.failureDomainName) with OSDs"])
            }
        },
        Check(
            "P07", "copies are spread over OSDs, not hosts", .pools, .critical,
            meaning: "The failure domain of the pool's rule is the OSD, although there are as many hosts as copies.",
            reason: "Several copies of a PG may be on one host: with that host goes the data, or the service.",
            remedy: "Make a rule by host and set it; data move once."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            let hosts = context.snapshot?.domains.all("host").count ?? 0
            return shapes(context).compactMap { pool, shape, _ in
                guard shape.failureDomain == 0, pool.size > 1, hosts >= pool.size else { return nil }
                return finding(
                    "P07", .critical, pool, "spreads \(pool.size) copies over OSDs, although there are \(hosts) hosts",
                    [("rule", shape.name), ("hosts", "\(hosts)")],
                    ruleByHost(pool, shape, map))
            }
        },
        Check(
            "P10", "profile and rule differ", .pools, .warning,
            meaning: "The erasure code profile names another failure domain than the pool's rule has.",
            reason: "The rule is what counts. Who reads the profile believes something else.",
            remedy: "Change the rule, or keep a profile that says what is."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return shapes(context).compactMap { pool, shape, _ in
                guard pool.kind == .erasure,
                    let wanted = map.erasureCodeProfiles[pool.erasureCodeProfile]?["crush-failure-domain"],
                    wanted != shape.failureDomainName
                else { return nil }
                return finding(
                    "P10", .warning, pool,
                    "has a profile by \(wanted) and a rule by \(shape.failureDomainName): the rule counts",
                    [("profile", pool.erasureCodeProfile), ("rule", shape.name)],
                    [
                        "ceph osd crush rule create-erasure \(pool.name)-by-\(wanted) \(pool.erasureCodeProfile)",
                        "ceph osd pool set \(pool.name) crush_rule \(pool.name)-by-\(wanted)",
                    ])
            }
        },
    ]

    /// A rule by host below what the pool's rule takes, and its setting.
    private static func ruleByHost(_ pool: Pool, _ shape: RuleShape, _ map: OSDMap) -> [String] {
        let take = shape.takes.first
        return CrushRemedy.newRule(
            for: pool, root: take.map { shape.itemName($0.root) } ?? "default", domain: "host",
            deviceClass: take?.deviceClass.flatMap { map.crush.classNames[$0] }, in: map)
    }

    /// Each pool with its rule's shape, and how many failure domains with OSDs in that rule reaches.
    private static func shapes(_ context: AuditContext) -> [(Pool, RuleShape, Int)] {
        guard let map = context.ceph?.osdMap else { return [] }
        return pools(context).compactMap { pool in
            guard let shape = RuleShape(pool.crushRule, map: map.crush) else { return nil }
            return (pool, shape, shape.domains(in: map).count)
        }
    }

    /// How many different failure domains copies or shards of a pool of this size are chosen from.
    private static func domainsNeeded(_ shape: RuleShape, _ size: Int) -> Int {
        let domains = shape.takes.map { take in
            shape.levels(of: take, size: size).first { $0.type == shape.failureDomain }?.domains ?? 0
        }
        return min(size, domains.reduce(0, +))
    }
}
