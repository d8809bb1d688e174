import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension RuleChecks {
    /// C02: every PG mapped, and those counted that get too few OSDs.
    static func unmapped(_ view: CrushView) -> [Finding] {
        view.pools.compactMap { pool -> Finding? in
            var short: [PGID] = []
            var sizes: [Int: Int] = [:]
            PoolMapper(map: view.map, pool: pool).forEach { pg, raw, _ in
                let found = raw.count { view.map.states.exists(OSDID($0)) }
                guard found < pool.size else { return }
                sizes[found, default: 0] += 1
                short.append(pg)
            }
            guard !short.isEmpty else { return nil }
            let below = sizes.filter { $0.key < pool.minSize }.values.reduce(0, +)
            let shape = view.shape(of: pool)
            let rule = shape.map { "rule \($0.name)" } ?? "rule \(pool.crushRule), which does not exist,"
            return Finding(
                check: "C02", severity: .critical, subject: pool.subject,
                message:
                    "\(short.count) of \(pool.pgCount) PGs get fewer than \(pool.size) OSDs from \(rule)"
                    + (below > 0 ? "; \(below) of them fewer than min_size \(pool.minSize)" : ""),
                evidence: sizes.sorted { $0.key < $1.key }.map {
                    Finding.Evidence("PGs on \(Phrase.count($0.key, "OSD"))", "\($0.value)")
                } + [Finding.Evidence("such as", Phrase.list(short))],
                remedy: shape.map { moreOSDs(pool, $0, view) } ?? [
                    "ceph osd crush rule ls", "ceph osd pool set \(pool.name) crush_rule RULE",
                ],
                basis: .exact)
        }
    }

    /// What helps a rule that does not find enough: domains, another shape, or tries.
    private static func moreOSDs(_ pool: Pool, _ shape: RuleShape, _ view: CrushView) -> [String] {
        let type = shape.failureDomainName
        let count = shape.domains(in: view.map).count
        if !shape.hasRoom(size: pool.size, on: view.map.states.isIn) {
            let rest = shape.count(size: pool.size) < pool.size ? ["# correct the counts in rule \(shape.name)"] : []
            return rest + [
                "# \(count) of type \(type) have OSDs in: add a \(type), or",
                "ceph osd pool set \(pool.name) size \(max(1, min(count, pool.size - 1)))",
            ]
        }
        let root = shape.takes.first.map { view.name($0.root) } ?? "default"
        if shape.isChain {
            return CrushRemedy.newRule(
                for: pool, root: root, domain: type,
                deviceClass: shape.takes.first?.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map)
        }
        return moreTries(shape, view)
    }

    private static func moreTries(_ shape: RuleShape, _ view: CrushView) -> [String] {
        let step = shape.isMSR ? "set_msr_descents" : "set_choose_tries"
        return CrushRemedy.edit("\"step \(step) \(2 * tries(of: shape, view))\" first in rule \(shape.name)")
    }

    /// How often the rule may try: its own number, else the map's.
    private static func tries(of shape: RuleShape, _ view: CrushView) -> Int {
        let operation: Rule.Operation = shape.isMSR ? .setMSRDescents : .setChooseTries
        let own = view.crush.rule(shape.number)?.steps.last { $0.operation == operation && $0.first > 0 }
        let tunables = view.crush.tunables
        // The map's number counts retries, a rule's counts tries.
        let common = shape.isMSR ? Int(tunables.msrDescents) : Int(tunables.chooseTotalTries) + 1
        return own.map { Int($0.first) } ?? common
    }

    /// C03: PGs that come out otherwise with 60 % of the tries.
    static func nearTheLimit(_ view: CrushView) -> [Finding] {
        view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool), pool.size > 1, let rule = view.crush.rule(shape.number) else {
                return nil
            }
            let allowed = tries(of: shape, view)
            let fewer = max(1, allowed * 6 / 10)
            let operation: Rule.Operation = shape.isMSR ? .setMSRDescents : .setChooseTries
            var limited = view.crush
            limited.rules[Int(shape.number)]?.steps =
                [Rule.Step(operation, Int32(clamping: fewer))] + rule.steps.filter { $0.operation != operation }
            let late = latePGs(pool, view, limited)
            guard !late.isEmpty else { return nil }
            return Finding(
                check: "C03", severity: .warning, subject: pool.subject,
                message:
                    "\(late.count) of \(pool.pgCount) PGs need more than \(fewer) of the \(allowed) tries that rule "
                    + "\(shape.name) allows",
                evidence: [
                    Finding.Evidence("tries allowed", "\(allowed)"), Finding.Evidence("such as", Phrase.list(late)),
                ],
                remedy: moreTries(shape, view), basis: .exact)
        }
    }

    /// PGs that a map maps fully, and another one with fewer tries otherwise.
    private static func latePGs(_ pool: Pool, _ view: CrushView, _ limited: CrushMap) -> [PGID] {
        let overrides = view.crush.overrides(for: pool.id.value)
        let seeds = pool.placementSeeds
        func map(_ crush: CrushMap) -> [Int32] {
            RuleMapper(map: crush, rule: pool.crushRule, resultMax: pool.size, overrides: overrides)
                .map(seeds, weights: view.map.states.weights)
        }
        let (all, some) = (map(view.crush), map(limited))
        return seeds.indices.compactMap { index in
            let places = index * pool.size..<(index + 1) * pool.size
            let isWhole = all[places].allSatisfy { $0 >= 0 && $0 != ItemID.none.value }
            return isWhole && all[places] != some[places] ? PGID(pool: pool.id, seed: UInt32(index)) : nil
        }
    }

    /// C04: pools that stay short after the loss of a host although there is room.
    static func holesAfterLoss(_ view: CrushView, _ hosts: LossMatrix.Level) -> [Finding] {
        view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool), shape.isChain, pool.size > 1 else { return nil }
            let needless = hosts.reports.compactMap { report -> (host: String, pgs: Int)? in
                let lost = Set(report.scenario.osds)
                let pgs = report.pools.first { $0.pool == pool.id }?.counts.homeless.pgs ?? 0
                guard pgs > 0, let name = report.scenario.domains.first?.name,
                    shape.hasRoom(size: pool.size, on: { view.map.states.isIn($0) && !lost.contains($0) })
                else { return nil }
                return (name, pgs)
            }
            guard let worst = needless.max(by: { $0.pgs < $1.pgs }) else { return nil }
            let steps = shape.takes.map { text(of: $0, in: shape) }.joined(separator: "; ")
            let root = shape.takes.first.map { view.name($0.root) } ?? "default"
            let domain = shape.takes.compactMap { $0.choices.first?.type }.max() ?? 1
            let enough = shape.domains(of: domain, in: view.map).count > pool.size
            return Finding(
                check: "C04", severity: .critical, subject: pool.subject,
                message:
                    "after the loss of host \(worst.host) \(worst.pgs) of \(pool.pgCount) PGs stay short of a copy although there is "
                    + "room: rule \(shape.name) (\(steps)) does not try another \(shape.typeName(domain))",
                evidence: [Finding.Evidence("hosts of which that is so", "\(needless.count) of \(hosts.reports.count)")]
                    + needless.prefix(6).map { Finding.Evidence("host \($0.host)", Phrase.count($0.pgs, "PG")) },
                remedy: enough || view.map.requireOSDRelease < .squid
                    ? CrushRemedy.newRule(
                        for: pool, root: root, domain: enough ? shape.typeName(domain) : "host",
                        deviceClass: shape.takes.first?.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map)
                    : retryingRule(pool, shape, root, view),
                basis: .exact)
        }
    }

    /// A multi-step retry rule of the same counts: it keeps several shards a host, and heals.
    private static func retryingRule(_ pool: Pool, _ shape: RuleShape, _ root: String, _ view: CrushView) -> [String] {
        guard pool.kind == .erasure, let take = shape.takes.first,
            let top = shape.levels(of: take, size: pool.size).first
        else {
            return CrushRemedy.newRule(for: pool, root: root, domain: "host", deviceClass: nil, in: view.map)
        }
        var profile = view.map.erasureCodeProfiles[pool.erasureCodeProfile] ?? [:]
        profile["crush-root"] = root
        profile["crush-failure-domain"] = shape.typeName(top.type)
        profile["crush-num-failure-domains"] = "\(top.domains)"
        profile["crush-osds-per-failure-domain"] = "\(top.copies)"
        profile["crush-device-class"] = take.deviceClass.flatMap { view.crush.classNames[$0] }
        let keys = profile.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let name = "\(pool.name)-msr"
        return [
            "ceph osd erasure-code-profile set \(name) \(keys)", "ceph osd crush rule create-erasure \(name) \(name)",
            "ceph osd pool set \(pool.name) crush_rule \(name)",
        ]
    }

    /// C06: copies of different takes in one failure domain.
    static func meetingTakes(_ view: CrushView) -> [Finding] {
        view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool), shape.takes.count > 1, pool.size > 1 else { return nil }
            let host = view.typeNumber("host") ?? 1
            let type = max(shape.failureDomain, host)
            let sets = shape.takes.map { Set(shape.members(of: $0, by: type).map(\.domain)) }
            let isShared = sets.indices.contains { index in
                sets[(index + 1)...].contains { !$0.isDisjoint(with: sets[index]) }
            }
            guard isShared else { return nil }
            let domains = shape.domainOfOSD(by: type)
            var meeting: [PGID] = []
            view.allUp(pool).forEach { pg, _, mapping in
                let places = mapping.up.compactMap { item in item.osd.flatMap { domains[$0] } }
                if Set(places).count < places.count { meeting.append(pg) }
            }
            guard !meeting.isEmpty else { return nil }
            let take = shape.takes[0]
            return Finding(
                check: "C06", severity: .critical, subject: pool.subject,
                message:
                    "\(meeting.count) of \(pool.pgCount) PGs have two copies in one \(shape.typeName(type)): rule \(shape.name) "
                    + "takes \(shape.takes.map(shape.text).joined(separator: " and ")), which share them",
                evidence: [Finding.Evidence("such as", Phrase.list(meeting))],
                remedy: ["# give the parts a \(shape.typeName(type)) of their own each, or use one of them:"]
                    + CrushRemedy.newRule(
                        for: pool, root: view.name(take.root), domain: shape.typeName(type),
                        deviceClass: take.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map),
                basis: .exact)
        }
    }
}
