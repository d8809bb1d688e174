import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DistributionChecks {
    static let marking: [Check] = [
        Check(
            "D09", "flags keep the cluster from healing or serving", .distribution, .warning,
            meaning: """
                A flag such as `noout`, `nobackfill`, `norecover`, `norebalance`, `nodown`, `noup`, `noin` or `pause` is set: on the
                whole cluster, on a host or another part of the tree, on a device class, or on single OSDs.
                """,
            reason: """
                Such flags are meant for the minutes of a maintenance, and are forgotten. While they are set, a lost host's data are
                not made anew (`noout`, `nobackfill`, ...), dead OSDs keep clients waiting (`nodown`), or no I/O is served (`pause`).
                """,
            remedy: "Unset what no maintenance needs: `ceph osd unset FLAG`, `ceph osd unset-group FLAG WHAT`."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return clusterFlags(map) + partFlags(map) + osdFlags(map)
        },
        Check(
            "D10", "a lost host is never marked out", .distribution, .warning, needs: [.osdMap, .configuration],
            meaning: """
                `mon_osd_down_out_subtree_limit` is `host` or finer: when a whole host is down, the monitors leave its OSDs in. Or
                `mon_osd_down_out_interval` is 0: they never mark any OSD out.
                """,
            reason:
                "Until somebody marks them out by hand, nothing is copied, and all PGs of that host stay short of a copy.",
            remedy: "Leave the limit at `rack`, Ceph's own, and the interval at 600 seconds."
        ) { context in
            neverMarkedOut(context)
        },
        Check(
            "D11", "too few OSDs stay in for a lost host to be marked out", .distribution, .warning,
            needs: [.osdMap, .configuration],
            meaning: """
                The monitors stop marking OSDs out when the share of OSDs that are in is below `mon_osd_min_in_ratio` (0.75). The
                loss of one host comes to that before all of its OSDs are out.
                """,
            reason: """
                The rest of its OSDs stay in, so that their PGs stay short of a copy: healing goes half way and stops. On few hosts
                that is as it must be; know it, and mark the rest out by hand.
                """,
            remedy: "Know it; after a loss: `ceph osd out HOST'S OSDS`. Or lower `mon_osd_min_in_ratio`."
        ) { context in
            stoppedMarking(context).map { [$0] } ?? []
        },
    ]

    // MARK: Flags

    private static let harmful: [(flag: OSDMapFlags, name: String)] = [
        (.pauseRead, "pauserd"), (.pauseWrite, "pausewr"), (.noUp, "noup"), (.noDown, "nodown"), (.noOut, "noout"),
        (.noIn, "noin"), (.noBackfill, "nobackfill"), (.noRecover, "norecover"), (.noRebalance, "norebalance"),
    ]

    private static let harmfulStates: [(state: OSDState, name: String)] = [
        (.noUp, "noup"), (.noDown, "nodown"), (.noIn, "noin"), (.noOut, "noout"),
    ]

    private static func clusterFlags(_ map: OSDMap) -> [Finding] {
        let set = harmful.filter { map.flags.contains($0.flag) }.map(\.name)
        guard !set.isEmpty else { return [] }
        let isPaused = !map.flags.isDisjoint(with: [.pauseRead, .pauseWrite])
        let commands = set.map { $0.hasPrefix("pause") ? "ceph osd unset pause" : "ceph osd unset \($0)" }
        let unique = commands.enumerated().filter { !commands[..<$0.offset].contains($0.element) }.map(\.element)
        return [
            finding(
                "D09", isPaused ? .critical : .warning, .cluster,
                "the cluster has \(set.count == 1 ? "the flag" : "\(set.count) flags") \(set.joined(separator: ", ")) set",
                [("flags", map.flags.names.joined(separator: ","))], unique)
        ]
    }

    private static func partFlags(_ map: OSDMap) -> [Finding] {
        let nodes = map.nodeFlags.map { item, state in
            let type = map.crush.bucket(item).flatMap { map.crush.typeNames[Int32($0.type)] } ?? "osd"
            let name = map.crush.itemNames[item] ?? (item.isDevice ? "osd.\(item)" : "\(item)")
            return (subject: Finding.Subject(type, name), state: state)
        }
        let classes = map.classFlags.map { number, state in
            (subject: Finding.Subject("class", map.crush.classNames[number] ?? "\(number)"), state: state)
        }
        return (nodes + classes).sorted { $0.subject < $1.subject }.compactMap { subject, state in
            let set = harmfulStates.filter { state.contains($0.state) }.map(\.name)
            guard !set.isEmpty else { return nil }
            return finding(
                "D09", .warning, subject, "\(subject) has \(set.joined(separator: ", ")) set on all of its OSDs",
                [("flags", set.joined(separator: ","))],
                ["ceph osd unset-group \(set.joined(separator: ",")) \(subject.name)"])
        }
    }

    private static func osdFlags(_ map: OSDMap) -> [Finding] {
        harmfulStates.compactMap { state, name in
            let osds = map.states.existing.filter { map.states.state(of: $0).contains(state) }.map { "\($0)" }
            guard !osds.isEmpty else { return nil }
            return finding(
                "D09", .warning, .init("flag", name),
                "\(osds.count) OSD\(osds.count == 1 ? " has" : "s have") \(name) set, \(osds[0]) among them",
                [("osds", osds.limited(to: 12).joined(separator: ", "))],
                ["ceph osd unset-group \(name) \(osds.joined(separator: " "))"])
        }
    }

    // MARK: Marking out

    private static func neverMarkedOut(_ context: AuditContext) -> [Finding] {
        guard let ceph = context.ceph else { return [] }
        var findings: [Finding] = []
        let limit = ceph.configuration.setting(of: .downOutSubtreeLimit)
        let numbers = Dictionary(ceph.osdMap.crush.typeNames.map { ($1, $0) }) { first, _ in first }
        if let host = numbers["host"], let number = numbers[limit.value], number <= host {
            let hosts = hostReports(context).count
            findings.append(
                finding(
                    "D10", .warning, .init("option", "mon_osd_down_out_subtree_limit"),
                    "mon_osd_down_out_subtree_limit is \(limit.value): none of \(hosts) hosts is marked out when all of it is down",
                    [("mon_osd_down_out_subtree_limit", limit.value), ("set by", text(limit.source))],
                    setting("mon_osd_down_out_subtree_limit", "rack", from: limit.source)))
        }
        let interval = ceph.configuration.setting(of: .downOutInterval)
        if interval.value <= 0 {
            findings.append(
                finding(
                    "D10", .warning, .init("option", "mon_osd_down_out_interval"),
                    "mon_osd_down_out_interval is \(interval.value.short): no OSD that is down is ever marked out",
                    [("mon_osd_down_out_interval", interval.value.short), ("set by", text(interval.source))],
                    setting("mon_osd_down_out_interval", "600", from: interval.source)))
        }
        return findings
    }

    /// How far marking goes after the loss of each host: an OSD is marked out as long as enough are in before.
    ///
    /// Source: `OSDMonitor::can_mark_out`, which compares in single precision.
    private static func stoppedMarking(_ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph else { return nil }
        let states = ceph.osdMap.states
        let all = states.existing.count
        let inNow = states.existing.count { states.isIn($0) }
        let ratio = Float(ceph.configuration[.minInRatio])
        guard all > 0 else { return nil }
        let stopped = hostReports(context).compactMap { host, report -> (host: String, osds: [OSDID], marked: Int)? in
            let osds = report.scenario.osds.filter { states.isIn($0) }
            let marked = osds.indices.prefix { Float(inNow - $0) / Float(all) >= ratio }.count
            return marked < osds.count ? (host, osds, marked) : nil
        }
        guard let worst = stopped.max(by: { $0.osds.count - $0.marked < $1.osds.count - $1.marked }) else { return nil }
        let rest = worst.osds.map { "\($0.value)" }.joined(separator: " ")
        return finding(
            "D11", .warning, .cluster,
            "of \(worst.osds.count) OSDs of host \(worst.host) only \(worst.marked) are marked out when it is lost: then "
                + "\(inNow - worst.marked) of \(all) are in, below the share of \(Double(ratio).hundredths)",
            [
                ("mon_osd_min_in_ratio", Double(ratio).hundredths), ("OSDs in", "\(inNow) of \(all)"),
                ("hosts", stopped.map(\.host).limited(to: 12).joined(separator: ", ")),
            ],
            [
                "# on the day that \(worst.host) is lost for good:", "ceph osd out \(rest)",
                "# or let the monitors go on by themselves:",
                "ceph config set mon mon_osd_min_in_ratio \(lowestRatio(inNow, worst.osds.count, all))",
            ])
    }

    /// A ratio, in hundredths and rounded down, with which the last of some OSDs is still marked out.
    private static func lowestRatio(_ inNow: Int, _ osds: Int, _ all: Int) -> String {
        let share = Double(inNow - osds + 1) / Double(all)
        return ((share * 100).rounded(.down) / 100).hundredths
    }

    private static func text(_ source: CephConfiguration.Source) -> String {
        switch source {
        case .standard: "nobody: Ceph's default"
        case .central(let section): "ceph config, section \(section)"
        case .running(let daemon): "the file, command line or environment of \(daemon)"
        }
    }

    /// Sets an option of the monitors; where a daemon has it from its own file, that goes first.
    private static func setting(_ name: String, _ value: String, from source: CephConfiguration.Source) -> [String] {
        let set = "ceph config set mon \(name) \(value)"
        guard case .running = source else { return [set] }
        return ["# take \(name) out of the monitors' ceph.conf and restart them; then:", set]
    }
}
