import ClusterState
import Resilience

/// Who runs Ceph's daemons: what a remedy must be written for.
enum Orchestration: Hashable, Sendable {
    /// `ceph orch` with cephadm.
    case cephadm
    /// Rook, in a namespace.
    case rook(namespace: String)
    /// Neither: units of systemd, or another operator.
    case byHand

    /// What the managers' modules and the monitors' pods tell.
    init(of ceph: CephCapture) {
        let pod = (ceph.monitors?.monitors ?? []).compactMap(\.pod).first { $0.name?.hasPrefix("rook-ceph") ?? false }
        let modules = ceph.managers?.modules ?? []
        if let pod {
            self = .rook(namespace: pod.namespace ?? "rook-ceph")
        } else if modules.contains("rook") {
            self = .rook(namespace: "rook-ceph")
        } else {
            self = modules.contains("cephadm") ? .cephadm : .byHand
        }
    }

    /// Has monitors or managers run on hosts, one each.
    ///
    /// - Parameters:
    ///   - service: `mon` or `mgr`.
    ///   - hosts: where they are to run.
    ///   - present: the daemons by the hosts that they run on now.
    func placing(_ service: String, on hosts: [String], present: [String: [String]]) -> [String] {
        switch self {
        case .cephadm:
            return ["ceph orch apply \(service) --placement=\"\(hosts.joined(separator: " "))\""]
        case .rook(let namespace):
            return [
                "# Rook's operator chooses the nodes; spec.placement.\(service) of the CephCluster narrows them",
                Self.patching(
                    namespace, "{\"spec\":{\"\(service)\":{\"count\":\(hosts.count),\"allowMultiplePerNode\":false}}}"),
            ]
        case .byHand:
            let added = hosts.filter { present[$0] == nil }.flatMap { Self.adding(service, on: $0) }
            let crowded = present.filter { !hosts.contains($0.key) || $0.value.count > 1 }.sorted { $0.key < $1.key }
            let removed = crowded.flatMap { host, names in
                names.dropFirst(hosts.contains(host) ? 1 : 0).flatMap { Self.removing(service, $0, on: host) }
            }
            return added + removed
        }
    }

    /// Starts an OSD that is down.
    func starting(osd: Int32, on host: String?) -> String {
        switch self {
        case .cephadm: return "ceph orch daemon start osd.\(osd)"
        case .rook(let namespace): return "kubectl -n \(namespace) rollout restart deployment rook-ceph-osd-\(osd)"
        case .byHand: return "systemctl start ceph-osd@\(osd)" + (host.map { "  # on \($0)" } ?? "")
        }
    }

    /// Changes the CephCluster of a namespace, of which Rook has one, whatever its name.
    static func patching(_ namespace: String, _ patch: String) -> String {
        "kubectl -n \(namespace) patch $(kubectl -n \(namespace) get cephclusters.ceph.rook.io -o name) --type merge "
            + "-p '\(patch)'"
    }

    private static func adding(_ service: String, on host: String) -> [String] {
        if service == "mgr" {
            return [
                "# on \(host):",
                "ceph auth get-or-create mgr.\(host) mon 'allow profile mgr' osd 'allow *' mds 'allow *' "
                    + "-o /var/lib/ceph/mgr/ceph-\(host)/keyring",
                "systemctl enable --now ceph-mgr@\(host)",
            ]
        }
        return [
            "# on \(host):",
            "ceph mon getmap -o /tmp/monmap && ceph auth get mon. -o /tmp/mon.keyring",
            "sudo -u ceph ceph-mon --mkfs -i \(host) --monmap /tmp/monmap --keyring /tmp/mon.keyring",
            "systemctl enable --now ceph-mon@\(host)",
        ]
    }

    private static func removing(_ service: String, _ name: String, on host: String) -> [String] {
        let stop = "systemctl disable --now ceph-\(service)@\(name)"
        return [
            "# on \(host), when the new ones are there:",
            service == "mon" ? "ceph mon remove \(name) && \(stop)" : stop,
        ]
    }
}
