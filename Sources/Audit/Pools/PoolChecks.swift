import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// What pools promise, and whether they can keep it.
enum PoolChecks {
    static let all = copies + domains + placementGroups + hygiene

    /// The pools of a capture, by number.
    static func pools(_ context: AuditContext) -> [Pool] {
        context.ceph?.osdMap.sortedPools ?? []
    }

    /// A finding about a pool.
    static func finding(
        _ check: String, _ severity: Severity, _ pool: Pool, _ message: String, _ evidence: [(String, String)] = [],
        _ remedy: [String], basis: Finding.Basis = .exact
    ) -> Finding {
        Finding(
            check: check, severity: severity, subject: .init("pool", pool.name),
            message: "pool \(pool.name) \(message)",
            evidence: evidence.map { .init($0.0, $0.1) }, remedy: remedy, basis: basis)
    }

    /// The data shards of an erasure coded pool; nil for copies and for a profile that does not say.
    static func dataShards(_ pool: Pool, _ map: OSDMap) -> Int? {
        guard pool.kind == .erasure else { return nil }
        return map.erasureCodeProfiles[pool.erasureCodeProfile]?["k"].flatMap { Int($0) }
    }

    // MARK: Copies

    private static let copies: [Check] = [
        Check(
            "P01", "a single copy", .pools, .critical,
            meaning: "The pool keeps one copy of each object.",
            reason: "The loss of any one device loses data. There is nothing to recover from.",
            remedy:
                "Keep three copies: `ceph osd pool set POOL size 3`, then `min_size 2`. It takes three times the room."
        ) { context in
            pools(context).filter { $0.kind == .replicated && $0.size == 1 }.map { pool in
                finding(
                    "P01", .critical, pool, "keeps one copy: any lost device loses data", [("size", "1")],
                    ["ceph osd pool set \(pool.name) size 3", "ceph osd pool set \(pool.name) min_size 2"])
            }
        },
        Check(
            "P02", "two copies", .pools, .warning,
            meaning: "The pool keeps two copies of each object.",
            reason: """
                With one copy away, the other is all there is: a bad sector then loses data, and when both come back with different
                contents nothing tells which is right.
                """,
            remedy: "Keep three copies: `ceph osd pool set POOL size 3`."
        ) { context in
            pools(context).filter { $0.kind == .replicated && $0.size == 2 }.map { pool in
                finding(
                    "P02", .warning, pool, "keeps two copies: while one is away, a single fault loses data",
                    [("size", "2"), ("min_size", "\(pool.minSize)")],
                    ["ceph osd pool set \(pool.name) size 3", "ceph osd pool set \(pool.name) min_size 2"])
            }
        },
        Check(
            "P03", "writes are taken without a spare copy", .pools, .critical,
            meaning: "`min_size` is 1 although there are more copies, or no more than k of an erasure coded pool.",
            reason: """
                Writes are acknowledged that exist once. If that device fails before another has caught up, acknowledged writes are
                lost, and older copies that come back cannot be told from newer ones.
                """,
            remedy: "Raise it: 2 for copies, k + 1 for shards."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return pools(context).compactMap { pool in
                let least = dataShards(pool, map).map { $0 + 1 } ?? 2
                guard pool.minSize < least, pool.size >= least else { return nil }
                return finding(
                    "P03", .critical, pool,
                    "takes writes with \(pool.minSize) of \(pool.size) in place: these have no spare",
                    [("min_size", "\(pool.minSize)"), ("size", "\(pool.size)")],
                    ["ceph osd pool set \(pool.name) min_size \(least)"])
            }
        },
        Check(
            "P04", "no copy may be away", .pools, .critical,
            meaning: "`min_size` equals the pool's size.",
            reason:
                "Every restart of a host, every dead device stops reads and writes of the PGs there until it is back or recovered.",
            remedy: "Lower it to one less than the size."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return pools(context).filter { $0.size > 1 && $0.minSize >= $0.size }.compactMap { pool in
                let least = dataShards(pool, map).map { $0 + 1 } ?? 2
                let remedy =
                    pool.size - 1 >= least
                    ? ["ceph osd pool set \(pool.name) min_size \(pool.size - 1)"]
                    : ["# \(pool.size) are too few to spare one: give the pool more copies or another profile first"]
                return finding(
                    "P04", .critical, pool, "stops when one of its \(pool.size) is away: min_size is \(pool.minSize)",
                    [("min_size", "\(pool.minSize)"), ("size", "\(pool.size)")], remedy)
            }
        },
        Check(
            "P08", "rule and pool are of different kinds", .pools, .warning,
            meaning: "An erasure coded pool has a rule of `firstn` steps, or a replicated one a rule of `indep` steps.",
            reason: """
                Shards have places: when one is lost, `firstn` moves all later ones to other places, and each moved shard must be made
                anew. Copies have none, and with `indep` a missing one leaves a hole where a primary should be.
                """,
            remedy:
                "Make a rule of the right kind and set it: `ceph osd crush rule create-erasure`, `create-replicated`."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return pools(context).compactMap { pool in
                guard let rule = map.crush.rule(pool.crushRule) else { return nil }
                let operations = rule.steps.compactMap(\.operation)
                let firstN = operations.contains { $0 == .chooseFirstN || $0 == .chooseLeafFirstN }
                let indep = operations.contains { $0 == .chooseIndep || $0 == .chooseLeafIndep }
                let name = map.crush.ruleNames[pool.crushRule] ?? "\(pool.crushRule)"
                switch pool.kind {
                case .erasure where firstN || rule.kind == .msrFirstN:
                    return finding(
                        "P08", .warning, pool, "keeps shards by rule \(name), which does not keep their places",
                        [("rule", name)],
                        [
                            "ceph osd crush rule create-erasure \(pool.name)-indep \(pool.erasureCodeProfile)",
                            "ceph osd pool set \(pool.name) crush_rule \(pool.name)-indep",
                        ])
                case .replicated where (indep && !firstN) || rule.kind == .msrIndep:
                    return finding(
                        "P08", .warning, pool, "keeps copies by rule \(name), which leaves holes instead of moving up",
                        [("rule", name)],
                        [
                            "ceph osd crush rule create-replicated \(pool.name)-firstn default host",
                            "ceph osd pool set \(pool.name) crush_rule \(pool.name)-firstn",
                        ])
                default: return nil
                }
            }
        },
        Check(
            "P09", "one spare shard", .pools, .warning,
            meaning: "The pool's erasure code has one coding shard (m = 1).",
            reason:
                "While one host is away there is no spare left: a bad sector anywhere then loses data, as with two copies.",
            remedy: "A code cannot be changed: make a pool with m = 2 or more and move the data."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return pools(context).compactMap { pool in
                guard let data = dataShards(pool, map), pool.size - data == 1 else { return nil }
                return finding(
                    "P09", .warning, pool, "has one coding shard for \(data) data shards",
                    [("profile", pool.erasureCodeProfile)],
                    ["# a code cannot be changed: make a pool with m=2 and move the data there"])
            }
        },
    ]
}
