import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DaemonChecks {
    static let monitors: [Check] = [
        Check(
            "M01", "too few monitors, or an even number", .daemons, .critical, needs: [.monitors],
            meaning: "There are fewer than three monitors, or an even number of them.",
            reason: """
                A quorum takes more than half of the monitors. With one or two, the loss of any one stops the cluster: no client can
                connect, no OSD can come or go. An even number can lose no more than the odd one below it.
                """,
            remedy: "Run three monitors on three hosts, or five on five."
        ) { context in
            tooFew(context).map { [$0] } ?? []
        },
        Check(
            "M02", "the loss of one host loses the monitors' quorum", .daemons, .critical, needs: [.monitors],
            meaning: """
                So many monitors run on one host that without it no more than half are left. Monitors that are not in quorum now count
                as lost already.
                """,
            reason:
                "Without a quorum the whole cluster stops, however well the data are spread. Which host a monitor runs on it says itself.",
            remedy: "Run each monitor on a host of its own."
        ) { context in
            crowded(context)
        },
        Check(
            "M03", "all monitors are in one rack, room or zone", .daemons, .warning, needs: [.osdMap, .monitors],
            meaning: """
                A rule keeps the copies of a pool apart by rack (or another type above the host), but all monitors are in the same one.
                """,
            reason: "The data would survive the loss of that rack. The cluster does not: it has no monitors then.",
            remedy: "Spread the monitors over as many racks as there are monitors, or at least over three."
        ) { context in
            inOneDomain(context).map { [$0] } ?? []
        },
        Check(
            "M08", "a monitor is short of room, or its clock is off", .daemons, .warning, needs: [.health],
            meaning: "Ceph itself says so: `MON_DISK_LOW`, `MON_DISK_CRIT`, `MON_DISK_BIG`, or `MON_CLOCK_SKEW`.",
            reason: """
                A monitor with less than 5 % of its file system left stops itself, and all monitors of a cluster run full at about the
                same time. With clocks apart by more than 0.05 s, leases expire early and elections do not end.
                """,
            remedy: "Free room on the file system and compact the store; have one source of time on all hosts."
        ) { context in
            unwell(context)
        },
    ]

    /// The monitors by machine; those whose machine is not known are left out.
    private static func placed(_ map: MonitorMap, _ hosts: DaemonHosts) -> [String: [String]] {
        var placed: [String: [String]] = [:]
        for monitor in map.monitors {
            if let machine = hosts.machine(of: monitor) { placed[machine, default: []].append(monitor.name) }
        }
        return placed
    }

    /// Commands that put so many monitors on hosts of their own, as far apart as can be.
    private static func spreading(_ count: Int, _ placed: [String: [String]], _ context: AuditContext) -> [String] {
        guard let ceph = context.ceph else { return [] }
        let hosts = DaemonHosts(context)
        let chosen = hosts.spread(count, keeping: placed.keys.sorted())
        guard chosen.count > 1, chosen.count == count else {
            return ["# there are not enough hosts for \(count) monitors on hosts of their own: add one"]
        }
        let orchestration = Orchestration(of: ceph)
        let choice = "# or any other \(count) hosts that do not fail together"
        return (orchestration == .byHand || orchestration == .cephadm ? [choice] : [])
            + orchestration.placing("mon", on: chosen, present: placed)
    }

    /// How many monitors there should be: an odd number, at least three, five if there are that many now.
    private static func wanted(_ map: MonitorMap) -> Int {
        max(3, map.monitors.count - (map.monitors.count.isMultiple(of: 2) ? 1 : 0))
    }

    private static func tooFew(_ context: AuditContext) -> Finding? {
        guard let map = context.ceph?.monitors, !map.monitors.isEmpty else { return nil }
        let count = map.monitors.count
        guard count < 3 || count.isMultiple(of: 2) else { return nil }
        let spare = count - map.quorumSize
        let placed = placed(map, DaemonHosts(context))
        return finding(
            "M01", count < 3 ? .critical : .warning, .cluster,
            "there \(count == 1 ? "is 1 monitor" : "are \(count) monitors"), a quorum takes \(map.quorumSize): "
                + (spare == 0 ? "none may be lost" : "\(spare) may be lost, as with \(count - 1)"),
            [("monitors", text(placed)), ("quorum", "\(map.quorumSize)")],
            spreading(count < 3 ? 3 : count + 1, placed, context))
    }

    private static func crowded(_ context: AuditContext) -> [Finding] {
        guard let map = context.ceph?.monitors, !map.monitors.isEmpty else { return [] }
        let hosts = DaemonHosts(context)
        let placed = placed(map, hosts)
        let inQuorum = map.monitors.filter(\.isInQuorum)
        let names = Set(inQuorum.map(\.name))
        guard inQuorum.count >= map.quorumSize else { return [] }
        return placed.sorted { $0.key < $1.key }.compactMap { host, monitors in
            let left = inQuorum.count - monitors.filter(names.contains).count
            guard left < map.quorumSize else { return nil }
            return finding(
                "M02", .critical, .init("host", host),
                "without host \(host) \(left) of \(map.monitors.count) monitors are left where a quorum takes "
                    + "\(map.quorumSize): it runs \(monitors.joined(separator: ", "))",
                [
                    ("monitors", text(placed)),
                    ("not in quorum", map.monitors.filter { !$0.isInQuorum }.map(\.name).joined(separator: ", ")),
                ].filter { !$0.1.isEmpty },
                mending(map, monitors.count, placed, context))
        }
    }

    /// Where a host has one monitor only, others that are down are what is wrong.
    private static func mending(
        _ map: MonitorMap, _ onHost: Int, _ placed: [String: [String]], _ context: AuditContext
    ) -> [String] {
        let down = map.monitors.filter { !$0.isInQuorum }.map(\.name)
        if onHost == 1, !down.isEmpty, map.monitors.count > 2 {
            return ["# first bring back the monitors that are not in quorum:"]
                + down.map { name in
                    switch context.ceph.map(Orchestration.init(of:)) ?? .byHand {
                    case .cephadm: "ceph orch daemon restart mon.\(name)"
                    case .rook(let namespace):
                        "kubectl -n \(namespace) rollout restart deployment rook-ceph-mon-\(name)"
                    case .byHand: "systemctl restart ceph-mon@\(name)"
                    }
                }
        }
        return spreading(wanted(map), placed, context)
    }

    private static func inOneDomain(_ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph, let map = ceph.monitors, map.monitors.count > 1 else { return nil }
        let hosts = DaemonHosts(context)
        let chosen = Set(
            ceph.osdMap.pools.values.compactMap { RuleShape($0.crushRule, map: ceph.osdMap.crush) }
                .flatMap { shape in
                    shape.takes.flatMap(\.choices).filter { $0.count != 1 }.map { shape.typeName($0.type) }
                })
        for type in hosts.widerTypes.reversed() where chosen.contains(type) {
            let places = map.monitors.map { monitor in
                monitor.crushLocation[type] ?? hosts.machine(of: monitor).flatMap { hosts.location(of: $0)[type] }
            }
            guard let first = places[0], places.allSatisfy({ $0 == first }) else { continue }
            let placed = placed(map, hosts)
            return finding(
                "M03", .warning, .init(type, first),
                "all \(map.monitors.count) monitors are in \(type) \(first), while rules keep copies apart by \(type)",
                [("monitors", text(placed))],
                spreading(wanted(map), placed, context))
        }
        return nil
    }

    private static func unwell(_ context: AuditContext) -> [Finding] {
        guard let health = context.ceph?.health else { return [] }
        return ["MON_DISK_LOW", "MON_DISK_CRIT", "MON_DISK_BIG", "MON_CLOCK_SKEW"].compactMap { code in
            guard let check = health.check(code) else { return nil }
            let names = names(in: check.details)
            let remedy =
                code == "MON_CLOCK_SKEW"
                ? ["ceph time-sync-status", "# on the hosts of \(names.joined(separator: ", ")):", "chronyc makestep"]
                : ["# free room on the file systems of these monitors; then:"]
                    + names.map { "ceph tell mon.\($0) compact" }
            return finding(
                "M08", code == "MON_DISK_CRIT" ? .critical : .warning, .init("health", code), check.summary,
                check.details.prefix(12).enumerated().map { ("detail \($0.offset + 1)", $0.element) }, remedy)
        }
    }

    /// The monitors that lines begin with: `mon.a is low on available space`, `mon.b clock skew ...`.
    private static func names(in details: [String]) -> [String] {
        details.compactMap { line in
            guard line.hasPrefix("mon.") else { return nil }
            return line.dropFirst(4).split(separator: " ").first.map(String.init)
        }
    }
}
