import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// A PG that has an upmap, with where it is without and with it, whoever is down.
private struct UpmappedPG {
    let pg: PGID
    /// What CRUSH chooses of the OSDs that exist.
    let chosen: [ItemID]
    /// The same after the upmap.
    let placed: [ItemID]
}

extension RuleChecks {
    /// More findings of a pool than this become one.
    private static let singleLimit = 20

    /// C18: PGs that their upmap puts where the rule would not.
    static func upmapsAgainstRule(_ view: CrushView) -> [Finding] {
        view.pools.flatMap { pool -> [Finding] in
            guard let shape = view.shape(of: pool) else { return [] }
            let promise = Promise(shape, pool)
            let broken = upmapped(pool, view).compactMap { one -> (pg: PGID, fault: String)? in
                promise.fault(of: one).map { (one.pg, $0) }
            }
            guard broken.count > singleLimit else {
                return broken.map { pg, fault in
                    Finding(
                        check: "C18", severity: .critical, subject: Finding.Subject("pg", "\(pg)"),
                        message: "its upmap \(fault), against rule \(shape.name) of pool \(pool.name)",
                        evidence: [Finding.Evidence("upmap", upmapText(pg, view.map))],
                        remedy: removal(of: pg, in: view.map), basis: .exact)
                }
            }
            return [
                Finding(
                    check: "C18", severity: .critical, subject: pool.subject,
                    message:
                        "the upmaps of \(broken.count) of \(pool.pgCount) PGs are against rule \(shape.name): that of "
                        + "\(broken[0].pg) \(broken[0].fault)",
                    evidence: broken.prefix(8).map { Finding.Evidence("pg \($0.pg)", $0.fault) },
                    remedy: broken.flatMap { removal(of: $0.pg, in: view.map) }, basis: .exact)
            ]
        }
    }

    /// C19: upmaps without effect.
    static func idleUpmaps(_ view: CrushView) -> [Finding] {
        let map = view.map
        var findings = view.pools.compactMap { pool -> Finding? in
            let idle = upmapped(pool, view).compactMap { idleParts(of: $0, in: map) }
            guard !idle.isEmpty else { return nil }
            let shown = 50
            return Finding(
                check: "C19", severity: .info, subject: pool.subject,
                message: "upmaps of \(Phrase.count(idle.count, "PG")) do nothing, or do so in part: " + idle[0].text,
                evidence: idle.prefix(12).map { Finding.Evidence("pg \($0.pg)", $0.text) },
                remedy: idle.prefix(shown).map(\.command)
                    + (idle.count > shown ? ["# and the same for \(idle.count - shown) more"] : []), basis: .exact)
        }
        let all = Set(map.upmaps.keys).union(map.upmapItems.keys).union(map.upmapPrimaries.keys)
        let strange = all.filter { pg in map.pools[pg.pool].map { pg.seed >= $0.pgCount } ?? true }.sorted()
        if !strange.isEmpty {
            findings.append(
                Finding(
                    check: "C19", severity: .info, subject: Finding.Subject("cluster", "upmaps"),
                    message:
                        "\(Phrase.count(strange.count, "upmap")) of PGs that do not exist: \(Phrase.list(strange))",
                    evidence: [Finding.Evidence("pgs", Phrase.list(strange, limit: 24))],
                    remedy: strange.prefix(50).flatMap { removal(of: $0, in: map) }, basis: .exact))
        }
        return findings
    }

    /// The PGs of a pool with an upmap, by seed.
    private static func upmapped(_ pool: Pool, _ view: CrushView) -> [UpmappedPG] {
        let map = view.map
        let wanted = Set(
            [Array(map.upmaps.keys), Array(map.upmapItems.keys), Array(map.upmapPrimaries.keys)].joined()
                .lazy.filter { $0.pool == pool.id && $0.seed < pool.pgCount }.map(\.seed))
        guard !wanted.isEmpty else { return [] }
        var found: [UpmappedPG] = []
        let mapper = view.allUp(pool)
        mapper.forEach { pg, raw, mapping in
            guard wanted.contains(pg.seed) else { return }
            found.append(UpmappedPG(pg: pg, chosen: mapper.layers.existing(raw), placed: mapping.up))
        }
        return found
    }

    private static func removal(of pg: PGID, in map: OSDMap) -> [String] {
        (map.upmaps[pg] == nil ? [] : ["ceph osd rm-pg-upmap \(pg)"])
            + (map.upmapItems[pg] == nil ? [] : ["ceph osd rm-pg-upmap-items \(pg)"])
            + (map.upmaps[pg] == nil && map.upmapItems[pg] == nil ? ["ceph osd rm-pg-upmap-primary \(pg)"] : [])
    }

    private static func upmapText(_ pg: PGID, _ map: OSDMap) -> String {
        let whole = map.upmaps[pg].map { "to " + $0.map { "osd.\($0)" }.joined(separator: ", ") }
        let moves = map.upmapItems[pg].map { $0.map { "osd.\($0.from) to osd.\($0.to)" }.joined(separator: ", ") }
        return [whole, moves].compactMap { $0 }.joined(separator: "; ")
    }

    /// What of a PG's upmap has no effect, and how it is cleaned; nil if all has. Source: `OSDMap::_apply_upmap`.
    private static func idleParts(of one: UpmappedPG, in map: OSDMap) -> (pg: PGID, text: String, command: String)? {
        let pg = one.pg
        func isOut(_ item: ItemID) -> Bool {
            item.osd.map { Int($0.value) < map.states.count && map.states.weight(of: $0) == .zero } ?? false
        }
        var items = one.chosen
        if let whole = map.upmaps[pg] {
            if let out = whole.first(where: isOut) {
                return (pg, "osd.\(out) is out, so the whole upmap is ignored", "ceph osd rm-pg-upmap \(pg)")
            }
            if whole == items { return (pg, "it is what CRUSH chooses", "ceph osd rm-pg-upmap \(pg)") }
            items = whole
        }
        var effective: [OSDMap.UpmapItem] = []
        var idle: [String] = []
        for move in map.upmapItems[pg] ?? [] {
            if let place = items.firstIndex(of: move.from), !items.contains(move.to), !isOut(move.to) {
                items[place] = move.to
                effective.append(move)
            } else if isOut(move.to) {
                idle.append("osd.\(move.to) is out")
            } else if items.contains(move.to) {
                idle.append("osd.\(move.to) is there already")
            } else {
                idle.append("osd.\(move.from) is not chosen")
            }
        }
        if !idle.isEmpty {
            let kept = effective.map { "\($0.from) \($0.to)" }.joined(separator: " ")
            let command = kept.isEmpty ? "ceph osd rm-pg-upmap-items \(pg)" : "ceph osd pg-upmap-items \(pg) \(kept)"
            return (pg, idle.joined(separator: ", "), command)
        }
        guard let primary = map.upmapPrimaries[pg] else { return nil }
        if let osd = primary.osd, map.states.isIn(osd), items.dropFirst().contains(primary) { return nil }
        return (
            pg, "osd.\(primary) is " + (items.first == primary ? "the primary already" : "not there to be primary"),
            "ceph osd rm-pg-upmap-primary \(pg)"
        )
    }
}

/// What a rule promises of each PG: how many copies one bucket gets at most, and which OSDs are chosen from.
private struct Promise {
    let shape: RuleShape
    /// For each type that the rule names: how many copies a bucket gets, and which bucket holds an OSD.
    private let levels: [(type: Int32, copies: Int, domains: [OSDID: ItemID])]
    private let reached: Set<OSDID>

    init(_ shape: RuleShape, _ pool: Pool) {
        self.shape = shape
        var copies: [Int32: Int] = [:]
        // Parts may share buckets: each may put its copies there.
        for take in shape.takes {
            for level in shape.levels(of: take, size: pool.size) { copies[level.type, default: 0] += level.copies }
        }
        levels = copies.sorted { $0.key < $1.key }.filter { $0.key > 0 }.map { type, copies in
            (type, copies, shape.domainOfOSD(by: type))
        }
        reached = Set(shape.takes.flatMap { shape.members(of: $0, by: 0).map(\.osd) })
    }

    /// What a PG's upmap breaks that CRUSH itself does not; nil if nothing.
    func fault(of one: UpmappedPG) -> String? {
        let before = one.chosen.compactMap(\.osd)
        let after = one.placed.compactMap(\.osd)
        if let stranger = after.first(where: { !reached.contains($0) && !before.contains($0) }) {
            return "puts a copy on osd.\(stranger.value), outside of what is taken "
                + "(\(shape.takes.map(shape.text).joined(separator: ", ")))"
        }
        for level in levels {
            let usual = max(level.copies, crowd(before, level.domains)?.osds.count ?? 0)
            if let crowd = crowd(after, level.domains), crowd.osds.count > usual {
                return
                    "puts \(crowd.osds.count) copies on \(shape.typeName(level.type)) \(shape.itemName(crowd.domain)) "
                    + "(\(Phrase.list(crowd.osds)))"
            }
        }
        return nil
    }

    /// The bucket with most of some OSDs.
    private func crowd(_ osds: [OSDID], _ domains: [OSDID: ItemID]) -> (domain: ItemID, osds: [OSDID])? {
        var groups: [ItemID: [OSDID]] = [:]
        for osd in osds { if let domain = domains[osd] { groups[domain, default: []].append(osd) } }
        return groups.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }.map { ($0.key, $0.value) }
    }
}
