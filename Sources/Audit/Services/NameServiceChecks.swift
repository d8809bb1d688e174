import KubernetesModel
import Resilience

/// Caches and name servers: any one member is enough, if it is on another node.
enum NameServiceChecks {
    /// S01: Memcached with one member, or all on one node.
    static func memcached(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .memcached).compactMap {
            allTogether(
                $0, check: "S01", severity: .warning, why: "sessions and tokens in it are gone with the node", least: 3)
        }
    }

    /// N01: DNS with one member, or all on one node.
    static func nameServers(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .dns).compactMap {
            allTogether($0, check: "N01", severity: .critical, why: "no name resolves until it is replaced", least: 2)
        }
    }

    /// N02: name servers whose being apart is a wish, and that may end up together.
    static func nameServersByWish(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .dns).compactMap { workload in
            let open = view.openMachines.count
            guard workload.isReplicated, workload.spreading.isPreferred, !workload.spreading.isRequired,
                open >= workload.replicas
            else { return nil }
            return Finding(
                check: "N02", severity: .warning, subject: workload.subject,
                message:
                    "the \(workload.replicas) pods of \(workload.description) are kept apart by a wish only; after a "
                    + "restart with one node they stay together, though \(open) nodes are there",
                evidence: [workload.placement],
                remedy: [
                    "kubectl -n \(workload.key.namespace ?? "kube-system") patch \(workload.kind.lowercased()) "
                        + "\(workload.key.name) --type merge -p '\(workload.spreadPatch)'"
                ],
                basis: .exact)
        }
    }

    /// N03: no cache on the nodes, and name servers that are replaced late.
    static func noCache(_ view: KubernetesView) -> [Finding] {
        let cached = view.workloads(of: .nodeLocalDNS).contains { !$0.ready.isEmpty }
        guard !cached else { return [] }
        let taint = Taint(key: "node.kubernetes.io/unreachable", effect: "NoExecute")
        return view.workloads(of: .dns).compactMap { workload in
            let toleration = workload.template.tolerations.first { $0.tolerates(taint) }
            let wait = toleration.map(\.seconds) ?? 300
            guard (wait ?? .max) >= 300 else { return nil }
            return Finding(
                check: "N03", severity: .info, subject: workload.subject,
                message:
                    "no node caches names, and a pod of \(workload.description) on a lost node is replaced "
                    + (wait.map { "after \($0) s" } ?? "never by eviction")
                    + ": until its endpoint is withdrawn, a share of the lookups goes nowhere",
                evidence: [Finding.Evidence("node-local DNS", "none"), workload.placement],
                remedy: ["# run NodeLocal DNSCache, or set tolerationSeconds of node.kubernetes.io/unreachable to 30"],
                basis: .heuristic)
        }
    }

    private static func allTogether(
        _ workload: Workload, check: String, severity: Severity, why: String, least: Int
    ) -> Finding? {
        guard workload.kind != "DaemonSet", workload.replicas > 0 else { return nil }
        let message: String
        let remedy: [String]
        if workload.replicas < 2 {
            message = "\(workload.description) has one replica: \(why)"
            remedy = ["kubectl \(workload.scale(to: least))"]
        } else if workload.ready.count >= 2, workload.nodes.count == 1, let node = workload.nodes.first {
            message = "all \(workload.ready.count) pods of \(workload.description) run on node \(node): \(why)"
            remedy = workload.moveOne
        } else {
            return nil
        }
        return Finding(
            check: check, severity: severity, subject: workload.subject, message: message,
            evidence: [workload.placement], remedy: remedy, basis: .exact)
    }
}
