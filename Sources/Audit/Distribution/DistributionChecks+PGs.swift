import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import Vocabulary

extension DistributionChecks {
    static let placementGroups: [Check] = [
        Check(
            "D03", "PGs lack copies before any loss", .distribution, .warning, needs: [.osdMap, .pgs],
            meaning: "PGs have fewer copies or shards in place now than their pool's size, or do not serve at all.",
            reason: """
                Every other answer of the audit is about one more loss on top of this. A PG that is short of a copy now has one less
                to lose.
                """,
            remedy: "Heal first: start the OSDs that are down, or let recovery finish; then audit again."
        ) { context in
            guard let ceph = context.ceph, let table = ceph.pgs else { return [] }
            return ceph.osdMap.sortedPools.compactMap { shortOfCopies($0, table, ceph) }
        },
        Check(
            "D07", "PGs wait for room on full OSDs", .distribution, .warning, needs: [.osdMap, .pgs],
            meaning:
                "PGs are in `backfill_toofull` or `recovery_toofull`: the OSD that is to take a copy is too full for it.",
            reason:
                "These PGs stay short of a copy, or at the wrong place, until somebody makes room. Waiting does not help.",
            remedy: """
                Make room: add OSDs, delete data, or move PGs off the fullest OSDs. Raising the backfillfull ratio a little, below
                the full ratio, lets a stuck recovery finish; set it back afterwards.
                """
        ) { context in
            guard let ceph = context.ceph, let table = ceph.pgs else { return [] }
            return ceph.osdMap.sortedPools.compactMap { waitingForRoom($0, table, ceph) }
        },
        Check(
            "D14", "PGs have not been deep-scrubbed in time", .distribution, .info, needs: [.osdMap, .pgs],
            meaning: """
                The last deep scrub of PGs is longer ago than `osd_deep_scrub_interval` plus the share
                `mon_warn_pg_not_deep_scrubbed_ratio` of it: by default 12 days and 6 hours.
                """,
            reason: """
                Only a deep scrub reads every copy. Bad sectors that nobody has read are found when a host is lost and its copies
                are made anew from the others: too late.
                """,
            remedy:
                "Scrub: `ceph osd pool deep-scrub POOL`. Look for the flags `noscrub` and `nodeep-scrub`, and for short windows."
        ) { context in
            guard let ceph = context.ceph, let table = ceph.pgs else { return [] }
            let now = context.capture.takenAt.microseconds / 1_000_000
            return ceph.osdMap.sortedPools.compactMap { overdue($0, table, ceph, now: now) }
        },
    ]

    private static func shortOfCopies(_ pool: Pool, _ table: PGTable, _ ceph: CephCapture) -> Finding? {
        var short = 0
        var stopped = 0
        var objects: UInt64 = 0
        var example: PGID?
        for row in table.rows(of: pool.id) {
            let state = table.states[row]
            let members = table.acting[row].count { $0 != OSDSets.none }
            let isStopped = !state.contains(.active) || members < pool.minSize
            guard isStopped || members < pool.size || !state.isDisjoint(with: [.degraded, .undersized]) else {
                continue
            }
            short += 1
            objects += table.degraded[row]
            if isStopped { stopped += 1 }
            if example == nil || (isStopped && stopped == 1) { example = table.id(row) }
        }
        guard let example else { return nil }
        let map = ceph.osdMap
        let down = map.states.existing.filter { !map.states.isUp($0) }
        let hosts = Dictionary((ceph.osdMetadata ?? []).map { ($0.osd, $0.hostname) }) { first, _ in first }
        let orchestration = Orchestration(of: ceph)
        let starting = down.prefix(namedPGs).map { orchestration.starting(osd: $0.value, on: hosts[$0] ?? nil) }
        return finding(
            "D03", stopped > 0 ? .critical : .warning, .init("pool", pool.name),
            "pool \(pool.name) has \(pgs(short)) of \(pool.pgCount) short of a copy or shard"
                + (stopped > 0 ? ", of which \(stopped) do not serve" : ""),
            [
                ("pgs", "\(short)"), ("pgs that do not serve", "\(stopped)"),
                ("copies of objects that are missing", "\(objects)"), ("first", "\(example)"),
                ("osds down", down.isEmpty ? "none" : down.map { "\($0)" }.limited(to: 12).joined(separator: ", ")),
            ],
            starting.isEmpty
                ? ["ceph pg \(example) query", "ceph pg ls-by-pool \(pool.name) degraded"] : Array(starting))
    }

    private static func waitingForRoom(_ pool: Pool, _ table: PGTable, _ ceph: CephCapture) -> Finding? {
        var count = 0
        var waiting = Set<Int32>()
        for row in table.rows(of: pool.id) {
            guard !table.states[row].isDisjoint(with: [.backfillTooFull, .recoveryTooFull]) else { continue }
            count += 1
            waiting.formUnion(table.up[row].filter { $0 != OSDSets.none })
        }
        guard count > 0 else { return nil }
        let map = ceph.osdMap
        let fullest = (ceph.osdUsage ?? []).filter { waiting.contains($0.osd.value) }.max { $0.fill < $1.fill }
        let backfill = Double(map.backfillFullRatio)
        var remedy = ["# make room: add OSDs or delete data; meanwhile take load off the fullest of these OSDs"]
        if let fullest, case let weight = map.states.weight(of: fullest.osd).value, weight > 0.1 {
            remedy.append("ceph osd reweight \(fullest.osd.value) \((weight - 0.05).hundredths)")
        }
        let raised = (backfill + Double(map.fullRatio)) / 2
        if backfill > 0, raised > backfill {
            remedy += [
                "# or let it finish above the ratio, and set that back afterwards",
                "ceph osd set-backfillfull-ratio \(raised.thousandths)",
                "ceph osd set-backfillfull-ratio \(backfill.thousandths)",
            ]
        }
        return finding(
            "D07", .warning, .init("pool", pool.name),
            "pool \(pool.name) has \(pgs(count)) that wait for room on OSDs at or above the backfillfull ratio of "
                + backfill.percent,
            [
                ("pgs", "\(count)"),
                ("fullest OSD of these PGs", fullest.map { "\($0.osd) at \($0.fill.percent)" } ?? "unknown"),
            ],
            remedy)
    }

    private static func overdue(_ pool: Pool, _ table: PGTable, _ ceph: CephCapture, now: Int64) -> Finding? {
        let interval = deepScrubInterval(of: pool, ceph.configuration)
        let limit = interval * (1 + ceph.configuration[.warnNotDeepScrubbedRatio])
        guard interval > 0, limit < 1e12 else { return nil }
        let cutoff = now - Int64(limit)
        var count = 0
        var oldest = Int64.max
        for row in table.rows(of: pool.id) where table.lastDeepScrub[row] < cutoff {
            count += 1
            oldest = min(oldest, table.lastDeepScrub[row])
        }
        guard count > 0 else { return nil }
        let flags = [(OSDMapFlags.noScrub, "noscrub"), (.noDeepScrub, "nodeep-scrub")]
            .filter { ceph.osdMap.flags.contains($0.0) }.map(\.1)
        let poolFlags = [(PoolFlags.noScrub, "noscrub"), (.noDeepScrub, "nodeep-scrub")]
            .filter { pool.flags.contains($0.0) }.map(\.1)
        let age = oldest == 0 ? "never" : "\((Double(now - oldest) / 86_400).short) days ago"
        return finding(
            "D14", .info, .init("pool", pool.name),
            "pool \(pool.name) has \(pgs(count)) of \(pool.pgCount) whose last deep scrub is more than "
                + "\((limit / 86_400).short) days ago",
            [("pgs", "\(count)"), ("oldest", age), ("flags", (flags + poolFlags).joined(separator: ", "))],
            flags.map { "ceph osd unset \($0)" } + poolFlags.map { "ceph osd pool set \(pool.name) \($0) 0" }
                + ["ceph osd pool deep-scrub \(pool.name)"])
    }

    /// Seconds between deep scrubs: the pool's own, else that of its OSDs.
    private static func deepScrubInterval(of pool: Pool, _ options: CephConfiguration) -> Double {
        switch pool.options.values["deep_scrub_interval"] {
        case .number(let seconds) where seconds > 0: seconds
        case .integer(let seconds) where seconds > 0: Double(seconds)
        default: options[.deepScrubInterval]
        }
    }
}

extension Double {
    /// Two decimals, for a weight on a command line: `0.95`.
    var hundredths: String { decimals(100) }

    /// Up to three decimals, for a ratio on a command line: `0.925`.
    var thousandths: String { decimals(1000) }

    private func decimals(_ unit: Double) -> String {
        guard isFinite, magnitude < 1e12 else { return "0" }
        return "\((self * unit).rounded() / unit)"
    }
}
