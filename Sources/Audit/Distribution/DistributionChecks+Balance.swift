import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DistributionChecks {
    /// A share of the room that uneven OSDs may cost.
    static let toleratedImbalance = 0.15
    /// By how much a domain may be heavier than its part: weights are rounded, and devices of one make differ a little.
    static let toleratedWeight = 1.05

    static let balance: [Check] = [
        Check(
            "D08", "OSDs fill unevenly", .distribution, .warning, .heuristic, needs: [.osdMap, .osdUsage],
            meaning: """
                The fullest OSD below a root (and of a class) that rules use is much fuller than the mean: more than 15 % of the
                room cannot be used, because the cluster is full when its fullest OSD is.
                """,
            reason: """
                Room is lost, and the fullest OSD serves more than its part. After the loss of a host it is the first that comes above
                a ratio.
                """,
            remedy: "Let the balancer even it out: `ceph balancer mode upmap`, `ceph balancer on`."
        ) { context in
            guard let ceph = context.ceph else { return [] }
            return roots(ceph.osdMap).compactMap { uneven($0, ceph) }
        },
        Check(
            "D13", "one failure domain is heavier than its part", .distribution, .warning,
            meaning: """
                Of the weight below what a rule takes, one host (or rack) has more than a size-th part: a third with three copies.
                """,
            reason: """
                No PG has two copies in it, so that it gets at most one copy of every PG. What it has above its part stays empty,
                or the others overfill: they are full first.
                """,
            remedy: """
                Even the hosts out: move OSDs, or add to the others. If it must stay, lower its weight to what it can get, so that
                weights tell the truth.
                """
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return heavyDomains(map)
        },
    ]

    // MARK: Unevenness

    /// What rules take, each once, with the OSDs below.
    private struct Root {
        var name: String
        var osds: Set<OSDID>
    }

    private static func roots(_ map: OSDMap) -> [Root] {
        var roots: [ItemID: Root] = [:]
        for number in Set(map.pools.values.map(\.crushRule)).sorted() {
            guard let shape = RuleShape(number, map: map.crush) else { continue }
            for take in shape.takes where roots[take.item] == nil {
                let osds = shape.members(of: take, by: 0).map(\.osd).filter {
                    map.states.isIn($0) && map.states.isUp($0)
                }
                roots[take.item] = Root(name: shape.text(of: take), osds: Set(osds))
            }
        }
        return roots.sorted { $0.value.name < $1.value.name }.map(\.value)
    }

    private static func uneven(_ root: Root, _ ceph: CephCapture) -> Finding? {
        let usage = (ceph.osdUsage ?? []).filter { root.osds.contains($0.osd) && $0.total > .zero }
        guard usage.count > 1, let fullest = usage.max(by: { $0.fill < $1.fill }) else { return nil }
        let total = usage.reduce(0.0) { $0 + Double($1.total.bytes) }
        let used = usage.reduce(0.0) { $0 + Double($1.used.bytes) }
        let mean = used / total
        // An almost empty cluster is never even.
        guard fullest.fill > 0.1, 1 - mean / fullest.fill > toleratedImbalance else { return nil }
        let lost = (1 - mean / fullest.fill) * total
        let pgCounts = usage.map(\.pgs)
        let map = ceph.osdMap
        let needsLuminous = map.requireMinCompatClient < .luminous
        return finding(
            "D08", .warning, .init("root", root.name),
            "\(fullest.osd) is at \(fullest.fill.percent) where the mean of \(usage.count) OSDs of root \(root.name) is "
                + "\(mean.percent): \(lost.gibibytes) cannot be used",
            [
                ("fullest", "\(fullest.osd) at \(fullest.fill.percent)"), ("mean", mean.percent),
                ("fullest to mean", (fullest.fill / mean).hundredths), ("room lost", lost.gibibytes),
                ("PGs an OSD", "\(pgCounts.min() ?? 0) to \(pgCounts.max() ?? 0)"),
            ],
            (needsLuminous ? ["ceph osd set-require-min-compat-client luminous"] : [])
                + ["ceph balancer mode upmap", "ceph balancer on", "ceph balancer status"], basis: .heuristic)
    }

    // MARK: Weight

    /// A domain that weighs more than its part, by the rule and the size that make it one.
    private struct Heavy {
        var subject: Finding.Subject
        var share: Double
        var part: Double
        var rule: String
        var root: String
        var osds: Int
        /// The weight of each of its OSDs with which it would have its part.
        var fitting: Double
    }

    private static func heavyDomains(_ map: OSDMap) -> [Finding] {
        var worst: [Finding.Subject: Heavy] = [:]
        var seen = Set<[Int32]>()
        for pool in map.sortedPools where seen.insert([pool.crushRule, Int32(clamping: pool.size)]).inserted {
            guard let shape = RuleShape(pool.crushRule, map: map.crush) else { continue }
            for take in shape.takes {
                for level in shape.levels(of: take, size: pool.size) where level.type > 0 && level.copies < pool.size {
                    guard let heavy = heaviest(shape, take, level, pool.size, map) else { continue }
                    if heavy.share / heavy.part > (worst[heavy.subject].map { $0.share / $0.part } ?? 0) {
                        worst[heavy.subject] = heavy
                    }
                }
            }
        }
        return worst.values.sorted { $0.subject < $1.subject }.map { heavy in
            finding(
                "D13", .warning, heavy.subject,
                "\(heavy.subject) has \(heavy.share.percent) of the weight below \(heavy.root), and gets at most "
                    + "\(heavy.part.percent) of the copies by rule \(heavy.rule)",
                [
                    ("share", heavy.share.percent), ("part", heavy.part.percent), ("rule", heavy.rule),
                    ("OSDs", "\(heavy.osds)"),
                ],
                [
                    "# better: move OSDs to the other domains of this type, or add to them; else lower its weight to its part",
                    "ceph osd crush reweight-subtree \(heavy.subject.name) \(heavy.fitting.hundredths)",
                ])
        }
    }

    private static func heaviest(
        _ shape: RuleShape, _ take: RuleShape.Take, _ level: RuleShape.Level, _ size: Int, _ map: OSDMap
    ) -> Heavy? {
        var weights: [ItemID: (weight: Double, osds: Int)] = [:]
        for member in shape.members(of: take, by: level.type) where map.states.isIn(member.osd) {
            weights[member.domain, default: (0, 0)].weight += member.weight.value
            weights[member.domain, default: (0, 0)].osds += 1
        }
        let total = weights.values.reduce(0) { $0 + $1.weight }
        let part = Double(level.copies) / Double(take.count(size: size))
        // With fewer domains than that the rule cannot be met at all, which other checks tell.
        guard total > 0, part < 1, Double(weights.count) * part >= 1 - 1e-9 else { return nil }
        let heaviest = weights.max { ($0.value.weight, $1.key) < ($1.value.weight, $0.key) }
        guard let (domain, held) = heaviest, held.weight / total > part * toleratedWeight else { return nil }
        let others = total - held.weight
        return Heavy(
            subject: .init(shape.typeName(level.type), shape.itemName(domain)), share: held.weight / total, part: part,
            rule: shape.name, root: shape.text(of: take), osds: held.osds,
            fitting: others * part / (1 - part) / Double(max(1, held.osds)))
    }
}
