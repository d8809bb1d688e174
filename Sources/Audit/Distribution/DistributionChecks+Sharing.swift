import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DistributionChecks {
    /// How many PGs a finding names, and mends, one by one.
    static let namedPGs = 100

    static let sharing: [Check] = [
        Check(
            "D01", "copies of a PG share a failure domain", .distribution, .critical,
            meaning: """
                A PG has more copies or shards in one host (or rack: the type that its pool's rule chooses) than the rule puts
                there. An upmap did that, by hand or by a tool that did not know the rule; or two parts of the rule chose the same
                host.
                """,
            reason: """
                The loss of that one domain takes several copies at once: the PG stops, or its data are gone, although the pool looks
                as if it could lose a host. CRUSH tests on samples do not see upmaps; here every PG is mapped, upmaps included.
                """,
            remedy: """
                Take the upmap away: `ceph osd rm-pg-upmap-items PG` (or `rm-pg-upmap`); the PG goes back to where CRUSH puts it.
                Where the rule itself did it, move one copy with `ceph osd pg-upmap-items PG FROM TO`, then mend the rule.
                """
        ) { context in
            guard let ceph = context.ceph else { return [] }
            let candidates = MoveTargets(of: ceph)
            return ceph.osdMap.sortedPools.compactMap { pool in
                CrowdedPGs(pool, in: ceph.osdMap).flatMap { crowdedUp($0, ceph.osdMap, candidates) }
            }
        },
        Check(
            "D02", "copies of a PG are served from one failure domain for now", .distribution, .warning,
            needs: [.osdMap, .pgs],
            meaning: """
                The OSDs that serve a PG now (its acting set) are closer together than its pool's rule allows, though the PG belongs
                elsewhere (its up set is well spread): it is being moved.
                """,
            reason: "Until the move is done, the loss of that domain takes several copies at once.",
            remedy: """
                Let the backfill finish, and put these PGs first: `ceph pg force-backfill PG...`. If nothing moves, look for flags
                such as `nobackfill` and for OSDs above the backfillfull ratio.
                """
        ) { context in
            guard let ceph = context.ceph, let table = ceph.pgs else { return [] }
            return ceph.osdMap.sortedPools.compactMap { pool in
                CrowdedPGs(pool, in: ceph.osdMap).flatMap { crowdedActing($0, table, ceph.osdMap) }
            }
        },
    ]

    private static func crowdedUp(_ domains: CrowdedPGs, _ map: OSDMap, _ targets: MoveTargets) -> Finding? {
        var crowds: [CrowdedPGs.Crowd] = []
        var remedy: [String] = []
        var count = 0
        var up: [Int32] = []
        PoolMapper(map: map, pool: domains.pool).forEach { pg, raw, mapping in
            up.removeAll(keepingCapacity: true)
            for item in mapping.up where item != .none { up.append(item.value) }
            guard let crowd = domains.crowd(pg, up) else { return }
            count += 1
            guard count <= namedPGs else { return }
            crowds.append(crowd)
            remedy += unmixing(crowd, raw: raw.filter { $0 >= 0 && $0 != OSDSets.none }, domains, map, targets)
        }
        guard let first = crowds.first else { return nil }
        if count > namedPGs { remedy.append("# and \(count - namedPGs) more: audit again when these are done") }
        if remedy.contains(where: { $0.hasPrefix("ceph osd pg-upmap") }), map.requireMinCompatClient < .luminous {
            remedy.insert("ceph osd set-require-min-compat-client luminous", at: 0)
        }
        let name = domains.pool.name
        return finding(
            "D01", .critical, .init("pool", name),
            "pool \(name) has \(pgs(count)) with more in one \(first.type) than rule \(domains.shape.name) puts there: "
                + "\(first.pg) has \(first.osds.count) of \(domains.pool.size) in \(first.type) \(first.domain)",
            evidence(crowds), remedy)
    }

    /// The commands that take one PG apart.
    private static func unmixing(
        _ crowd: CrowdedPGs.Crowd, raw: [Int32], _ domains: CrowdedPGs, _ map: OSDMap, _ targets: MoveTargets
    ) -> [String] {
        let rule = domains.crowd(crowd.pg, raw)
        if rule == nil {
            var commands: [String] = []
            if map.upmaps[crowd.pg] != nil { commands.append("ceph osd rm-pg-upmap \(crowd.pg)") }
            if map.upmapItems[crowd.pg] != nil { commands.append("ceph osd rm-pg-upmap-items \(crowd.pg)") }
            if !commands.isEmpty { return commands }
        }
        let crowded = rule ?? crowd
        for old in crowded.osds.dropFirst() {
            guard let target = targets.target(insteadOf: old, in: raw, domains) else { continue }
            let drop = map.upmaps[crowd.pg] == nil ? [] : ["ceph osd rm-pg-upmap \(crowd.pg)"]
            return drop + ["ceph osd pg-upmap-items \(crowd.pg) \(old) \(target)"]
        }
        return ["# \(crowd.pg): there is no other \(crowd.type) that could take a copy; add one"]
    }

    private static func crowdedActing(_ domains: CrowdedPGs, _ table: PGTable, _ map: OSDMap) -> Finding? {
        var crowds: [CrowdedPGs.Crowd] = []
        var count = 0
        for row in table.rows(of: domains.pool.id) {
            guard let crowd = domains.crowd(table.id(row), table.acting[row]),
                domains.crowd(crowd.pg, table.up[row]) == nil
            else { continue }
            count += 1
            if count <= namedPGs { crowds.append(crowd) }
        }
        guard let first = crowds.first else { return nil }
        let name = domains.pool.name
        let unset = [(OSDMapFlags.noBackfill, "nobackfill"), (.noRebalance, "norebalance"), (.noRecover, "norecover")]
            .filter { map.flags.contains($0.0) }.map { "ceph osd unset \($0.1)" }
        return finding(
            "D02", .warning, .init("pool", name),
            "pool \(name) has \(pgs(count)) served from one \(first.type) for more than its rule allows until they have "
                + "moved: \(first.pg) has \(first.osds.count) of \(domains.pool.size) in \(first.type) \(first.domain)",
            evidence(crowds),
            unset + ["ceph pg force-backfill " + crowds.map { "\($0.pg)" }.joined(separator: " ")])
    }

    private static func evidence(_ crowds: [CrowdedPGs.Crowd]) -> [(String, String)] {
        crowds.prefix(12).map { crowd in
            let osds = crowd.osds.map { "osd.\($0)" }.joined(separator: ", ")
            return ("pg \(crowd.pg)", "\(osds) in \(crowd.type) \(crowd.domain)")
        }
    }
}

/// OSDs that a copy may be moved to, emptiest first.
struct MoveTargets: Sendable {
    private let osds: [Int32]
    private let crush: CrushMap

    init(of ceph: CephCapture) {
        var fill: [OSDID: Double] = [:]
        for usage in ceph.osdUsage ?? [] { fill[usage.osd] = usage.fill }
        let states = ceph.osdMap.states
        crush = ceph.osdMap.crush
        osds = states.existing.filter { states.isUp($0) && states.isIn($0) }
            .sorted { (fill[$0] ?? 0, $0) < (fill[$1] ?? 0, $1) }.map(\.value)
    }

    /// The emptiest OSD of the same class that may stand in for one of a set.
    func target(insteadOf old: Int32, in set: [Int32], _ domains: CrowdedPGs) -> Int32? {
        let deviceClass = crush.deviceClasses[ItemID(old)]
        return osds.first {
            crush.deviceClasses[ItemID($0)] == deviceClass && domains.fits($0, insteadOf: old, in: set)
        }
    }
}
