import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DistributionChecks {
    /// Longer than this a host's data should not be short of a copy.
    static let recoveryTarget = Duration.seconds(86_400)

    static let capacity: [Check] = [
        Check(
            "D04", "OSDs overfill when a host's data are made anew", .distribution, .warning,
            needs: [.osdMap, .osdUsage],
            meaning: """
                After the loss of one host, recovery copies its data to the others. An OSD comes above the nearfull, backfillfull or
                full ratio by that. Every PG that moves is counted, with its bytes, to the OSD that it really moves to.
                """,
            reason: """
                At the backfillfull ratio backfill stops, and PGs stay short of a copy. At the full ratio writes to every pool on
                that OSD stop: losing one host then stops the cluster some hours later.
                """,
            remedy: "Add room, or spread what is there more evenly (`ceph balancer`). Lower ratios do not make room."
        ) { context in
            overfilling(context).map { [$0] } ?? []
        },
        Check(
            "D05", "nothing can be made anew after the loss of a host", .distribution, .warning,
            meaning: """
                There are as many hosts as a PG has copies: when one is lost, no other is left that could take its copies. What
                is there stays, short of a copy; the OSDs that are left do not fill.
                """,
            reason: """
                This is as it must be on three hosts with three copies. It means that the cluster does not heal by itself: until the
                host is back or replaced, a second fault stops PGs.
                """,
            remedy:
                "Add a host. Until then keep spare parts at hand, and let `holdfast audit --profile three-node` accept it."
        ) { context in
            withoutNewHome(context).map { [$0] } ?? []
        },
        Check(
            "D06", "the full ratios are not in order", .distribution, .warning,
            meaning: "nearfull < backfillfull < full < failsafe full does not hold.",
            reason: """
                Each ratio is a fence before the next: a warning, then no backfill, then no writes, then an OSD that saves itself. If
                two change places, an OSD fills up without a warning, or recovery fills it until writes stop.
                """,
            remedy: "Set them in order; Ceph's own are 0.85, 0.90, 0.95, and 0.97 for the OSD itself."
        ) { context in
            disorderedRatios(context).map { [$0] } ?? []
        },
        Check(
            "D12", "it takes long to make a host's data anew", .distribution, .warning, .heuristic,
            needs: [.osdMap, .osdUsage, .pgs],
            meaning: """
                The copies that the largest loss of one host takes are made anew in more than a day, by a rule of thumb: what
                the slowest OSD has to write, by its class and by the configured recovery limits.
                """,
            reason: """
                All that time a further fault meets PGs that are short of a copy. The chance to lose data grows with the square of
                this time.
                """,
            remedy: """
                Give recovery more: `osd_mclock_profile high_recovery_ops`, or `osd_max_backfills` under the wpq scheduler. Many
                small hosts recover faster than few large ones.
                """
        ) { context in
            slowRecovery(context).map { [$0] } ?? []
        },
    ]

    private static func overfilling(_ context: AuditContext) -> Finding? {
        guard let map = context.ceph?.osdMap else { return nil }
        let hit = hostReports(context).filter {
            $0.report.total.copiesToMove > 0 && !$0.report.load.aboveNearFull.isEmpty
        }
        let worst = hit.max { ($0.report.load.fullest?.fill ?? 0) < ($1.report.load.fullest?.fill ?? 0) }
        guard let worst, let fullest = worst.report.load.fullest else { return nil }
        let load = worst.report.load
        let crossed: (severity: Severity, name: String, ratio: Float, osds: Int)
        if !load.aboveFull.isEmpty {
            crossed = (.critical, "full", map.fullRatio, load.aboveFull.count)
        } else if !load.aboveBackfillFull.isEmpty {
            crossed = (.warning, "backfillfull", map.backfillFullRatio, load.aboveBackfillFull.count)
        } else {
            crossed = (.warning, "nearfull", map.nearFullRatio, load.aboveNearFull.count)
        }
        let count = crossed.osds == 1 ? "1 OSD comes" : "\(crossed.osds) OSDs come"
        return finding(
            "D04", crossed.severity, .cluster,
            "after the loss of host \(worst.host), the worst of \(hit.count) such hosts, \(count) above the \(crossed.name) "
                + "ratio of \(Double(crossed.ratio).percent): \(fullest.osd) to \(fullest.fill.percent)",
            [
                ("fullest", "\(fullest.osd) at \(fullest.fill.percent)"),
                ("bytes to copy", Double(worst.report.total.bytesToMove.bytes).gibibytes),
                ("OSDs above nearfull", "\(load.aboveNearFull.count)"),
                ("OSDs above backfillfull", "\(load.aboveBackfillFull.count)"),
                ("OSDs above full", "\(load.aboveFull.count)"),
                ("hosts", hit.map(\.host).limited(to: 12).joined(separator: ", ")),
            ],
            [
                "# add OSDs or hosts, or delete data; see what helps with: holdfast whatif lose host=\(worst.host)",
                "ceph balancer mode upmap", "ceph balancer on",
            ])
    }

    private static func withoutNewHome(_ context: AuditContext) -> Finding? {
        let reports = hostReports(context)
        let stuck = reports.filter(\.report.cannotRemap)
        guard let first = stuck.first else { return nil }
        let pools = Set(stuck.flatMap { $0.report.pools.filter { $0.counts.homeless.pgs > 0 }.map(\.name) }).sorted()
        let fullest = stuck.compactMap(\.report.load.fullest).max { $0.fill < $1.fill }
        let which = stuck.count == reports.count ? "any one of \(stuck.count) hosts" : "host \(first.host)"
        let pgCount = stuck.map(\.report.total.homeless.pgs).max() ?? 0
        return finding(
            "D05", .warning, .cluster,
            "after the loss of \(which) nothing is made anew: up to \(pgs(pgCount)) find no home, "
                + (fullest.map { "and the fullest OSD stays at \($0.fill.percent)" } ?? "and no OSD fills"),
            [
                ("hosts", stuck.map(\.host).limited(to: 12).joined(separator: ", ")),
                ("pools", pools.limited(to: 12).joined(separator: ", ")),
            ],
            ["# add a host; what it would take: holdfast whatif add-host --help"])
    }

    private static func disorderedRatios(_ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph else { return nil }
        let failsafe = ceph.configuration[.failsafeFullRatio]
        let ratios: [(name: String, value: Double)] = [
            ("nearfull", Double(ceph.osdMap.nearFullRatio)), ("backfillfull", Double(ceph.osdMap.backfillFullRatio)),
            ("full", Double(ceph.osdMap.fullRatio)), ("failsafe full", failsafe),
        ]
        // The map has single precision: what differs by less is the same number.
        let wrong = zip(ratios, ratios.dropFirst()).first { $0.value + 1e-6 >= $1.value }
        guard let (lower, upper) = wrong else { return nil }
        return finding(
            "D06", .warning, .cluster,
            "the \(lower.name) ratio of \(lower.value.thousandths) is not below the \(upper.name) ratio of "
                + upper.value.thousandths,
            ratios.map { ($0.name, $0.value.thousandths) },
            [
                "ceph osd set-full-ratio 0.95", "ceph osd set-backfillfull-ratio 0.9",
                "ceph osd set-nearfull-ratio 0.85",
            ] + (failsafe > 0.95 ? [] : ["ceph config set osd osd_failsafe_full_ratio 0.97"]))
    }

    private static func slowRecovery(_ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph else { return nil }
        let timed = hostReports(context).compactMap { host, report in
            report.recovery.duration.map { (host: host, report: report, duration: $0) }
        }
        guard let worst = timed.max(by: { $0.duration < $1.duration }), worst.duration > recoveryTarget else {
            return nil
        }
        let slow = timed.filter { $0.duration > recoveryTarget }
        let days = Double(worst.duration.components.seconds) / 86_400
        return finding(
            "D12", .warning, .cluster,
            "the data of host \(worst.host), the slowest of \(slow.count) such hosts, take about \(days.short) days to be made "
                + "anew: \(Double(worst.report.recovery.bytes.bytes).gibibytes) in all",
            [
                ("slowest", worst.report.recovery.slowest.map { "\($0)" } ?? "none"),
                ("bytes to copy", Double(worst.report.recovery.bytes.bytes).gibibytes),
                ("hosts", slow.map(\.host).limited(to: 12).joined(separator: ", ")),
            ],
            fasterRecovery(ceph), basis: .heuristic)
    }

    /// What gives recovery more of the devices, under the scheduler that is in use.
    private static func fasterRecovery(_ ceph: CephCapture) -> [String] {
        let options = ceph.configuration
        let hasMClock = ceph.osdMap.requireOSDRelease.rawValue >= 17 && options[.opQueue] == "mclock_scheduler"
        if hasMClock, !options[.mclockOverridesRecovery] {
            return options[.mclockProfile] == "high_recovery_ops"
                ? ["# recovery has its largest share already: more and smaller OSDs and hosts are what is left"]
                : ["# clients get less while it recovers", "ceph config set osd osd_mclock_profile high_recovery_ops"]
        }
        return [
            "# clients get less while it recovers",
            "ceph config set osd osd_max_backfills \(min(8, max(1, options[.maxBackfills]) * 2))",
            "ceph config set osd osd_recovery_sleep_hdd 0.05",
        ]
    }
}
