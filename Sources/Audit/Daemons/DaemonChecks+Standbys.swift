import ClusterState
import Resilience
import Vocabulary

extension DaemonChecks {
    static let standbys: [Check] = [
        Check(
            "M04", "no manager on another host takes over", .daemons, .warning, needs: [.managers],
            meaning: "There is no standby manager, none is active, or all standbys run on the active one's host.",
            reason: """
                Without a manager I/O goes on, but nothing is measured or balanced, and `ceph df`, the orchestrator, snapshots of
                file systems and volume creation by CSI wait.
                """,
            remedy: "Run two managers on two hosts."
        ) { context in
            withoutStandby(context).map { [$0] } ?? []
        },
        Check(
            "M05", "no MDS on another host takes over", .daemons, .warning, needs: [.filesystems],
            meaning: "A rank of a file system has no standby on another host than the one that serves it.",
            reason: "When that host is lost, the file system stops until somebody starts an MDS elsewhere.",
            remedy:
                "Run one MDS more than there are ranks, on another host; `allow_standby_replay` makes it take over faster."
        ) { context in
            (context.ceph?.filesystems?.filesystems ?? []).compactMap { withoutStandby($0, context) }
        },
        Check(
            "M06", "all gateways of a kind run on one host", .daemons, .warning, needs: [.services],
            meaning: "All RGW, NFS, iSCSI or NVMe-oF gateways that report to the manager run on one host.",
            reason: "Their clients lose all paths with that host, although the data behind them are there.",
            remedy: "Run two on two hosts."
        ) { context in
            gatewaysOnOneHost(context)
        },
    ]

    private static func withoutStandby(_ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph, let map = ceph.managers else { return nil }
        let hosts = DaemonHosts(context)
        var placed: [String: [String]] = [:]
        for manager in [map.active].compactMap({ $0 }) + map.standbys {
            placed[hosts.machine(manager.pod, manager.hostname) ?? "unknown", default: []].append(manager.name)
        }
        let message: String
        let active = map.active.flatMap { hosts.machine($0.pod, $0.hostname) }
        let machines = map.standbys.map { hosts.machine($0.pod, $0.hostname) }
        if map.active == nil {
            message = "no manager is active, \(map.standbys.count) wait"
        } else if map.standbys.isEmpty {
            message = "there is one manager, on host \(active ?? "unknown"), and no standby"
        } else if let active, machines.allSatisfy({ $0 == active }) {
            message = "the active manager and all \(machines.count) standbys run on host \(active)"
        } else {
            return nil
        }
        let chosen = hosts.spread(2, keeping: active.map { [$0] } ?? [])
        return finding(
            "M04", .warning, .cluster, message, [("managers", text(placed))],
            chosen.count == 2
                ? Orchestration(of: ceph).placing("mgr", on: chosen, present: placed)
                : ["# there is no other host with OSDs: run a second manager on any other machine"])
    }

    private static func withoutStandby(_ filesystem: FilesystemMap.Filesystem, _ context: AuditContext) -> Finding? {
        guard let ceph = context.ceph, let map = ceph.filesystems else { return nil }
        let hosts = DaemonHosts(context)
        let active = filesystem.daemons.filter(\.isActive)
        let alone = active.filter { daemon in
            let machine = hosts.machine(daemon.pod, daemon.hostname)
            let followers = filesystem.daemons.filter { !$0.isActive && $0.rank == daemon.rank }
            return !(map.standbys + followers).contains { standby in
                let other = hosts.machine(standby.pod, standby.hostname)
                return machine == nil || other != machine
            }
        }
        guard let first = alone.first else { return nil }
        let name = filesystem.name
        let all = filesystem.daemons + map.standbys
        let placed = Dictionary(grouping: all) { hosts.machine($0.pod, $0.hostname) ?? "unknown" }
            .mapValues { $0.map(\.name) }
        let count = max(filesystem.wantedRanks, active.count) + 1
        let kept = active.compactMap { hosts.machine($0.pod, $0.hostname) }
        let machine = hosts.machine(first.pod, first.hostname)
        return finding(
            "M05", .warning, .init("filesystem", name),
            "file system \(name) has \(alone.count) of \(active.count) ranks without a standby on another host: mds.\(first.name) "
                + "runs on \(machine ?? "an unknown host")",
            [("daemons", text(placed))],
            placingMDS(name, count, hosts.spread(count, keeping: kept), ranks: filesystem.wantedRanks, ceph))
    }

    private static func placingMDS(
        _ name: String, _ count: Int, _ chosen: [String], ranks: Int, _ ceph: CephCapture
    ) -> [String] {
        switch Orchestration(of: ceph) {
        case .cephadm: return ["ceph orch apply mds \(name) --placement=\"\(count) \(chosen.joined(separator: " "))\""]
        case .rook(let namespace):
            return [
                "kubectl -n \(namespace) patch cephfilesystems.ceph.rook.io \(name) --type merge -p "
                    + "'{\"spec\":{\"metadataServer\":{\"activeCount\":\(ranks),\"activeStandby\":true}}}'"
            ]
        case .byHand:
            let host = chosen.last ?? "HOST"
            return [
                "# on \(host), or another host without an MDS of \(name):",
                "ceph auth get-or-create mds.\(host) mon 'allow profile mds' osd 'allow *' mds 'allow *' mgr 'allow profile mds' "
                    + "-o /var/lib/ceph/mds/ceph-\(host)/keyring",
                "systemctl enable --now ceph-mds@\(host)",
                "ceph fs set \(name) allow_standby_replay true",
            ]
        }
    }

    /// The kinds of gateways that clients go through, as daemons name themselves to the manager, with their units.
    private static let gateways = [
        ("rgw", "ceph-radosgw.target"), ("nfs", "nfs-ganesha"), ("iscsi", "rbd-target-api rbd-target-gw"),
        ("tcmu-runner", "rbd-target-api rbd-target-gw"), ("nvmeof", "ceph-nvmeof"),
    ]

    private static func gatewaysOnOneHost(_ context: AuditContext) -> [Finding] {
        guard let ceph = context.ceph, let services = ceph.services else { return [] }
        let hosts = DaemonHosts(context)
        return gateways.compactMap { service, unit in
            let daemons = services.filter { $0.service == service }
            let machines = daemons.map { hosts.machine($0.pod, $0.hostname) }
            guard let first = machines.first ?? nil, machines.allSatisfy({ $0 == first }) else { return nil }
            let kind = service == "tcmu-runner" ? "iscsi" : service
            let chosen = hosts.spread(2, keeping: [first]).joined(separator: " ")
            let remedy: [String]
            switch Orchestration(of: ceph) {
            case .cephadm:
                remedy = [
                    "# the service's full name is in the first list",
                    "ceph orch ls \(kind)", "ceph orch apply \(kind) SERVICE_ID --placement=\"\(chosen)\"",
                ]
            case .rook(let namespace):
                remedy = [
                    "# raise the number of instances",
                    "kubectl -n \(namespace) get cephobjectstores,cephnfses.ceph.rook.io",
                ]
            case .byHand:
                remedy = [
                    "# install and configure another on one of \(chosen) as on \(first); there:",
                    "systemctl enable --now \(unit)",
                ]
            }
            return finding(
                "M06", .warning, .init("service", kind),
                "\(daemons.count == 1 ? "the only \(kind) gateway runs" : "all \(daemons.count) \(kind) gateways run") on host "
                    + first,
                [("daemons", daemons.map(\.name).limited(to: 12).joined(separator: ", "))], remedy)
        }
    }
}
