import ClusterState
import KubernetesModel
import Resilience

/// What happens to pods whose node is gone: when do they come back, and where.
enum ReplacementChecks {
    private static let unreachable = Taint(key: "node.kubernetes.io/unreachable", effect: "NoExecute")

    /// K07: pods without state that wait five minutes before they are replaced.
    static func slowEviction(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            guard workload.kind == "Deployment", workload.isCritical, workload.claimsOfMembers.isEmpty,
                !workload.template.tolerations.contains(where: { $0.tolerates(unreachable) })
            else { return nil }
            return Finding(
                check: "K07", severity: .info, subject: workload.subject,
                message:
                    "pods of \(workload.description) on a lost node are replaced after 300 s: it sets no toleration of "
                    + "its own for unreachable nodes",
                evidence: [Finding.Evidence("tolerations in the template", "\(workload.template.tolerations.count)")],
                remedy: [
                    "# add to the pod template's tolerations, and the same for node.kubernetes.io/not-ready:",
                    "# {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 60}",
                ],
                basis: .heuristic)
        }
    }

    /// K08: pods with a volume of one node at a time, which stay with a lost node until somebody fences it.
    static func stuckWithVolume(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            guard workload.kind == "StatefulSet", workload.isCritical else { return nil }
            let volumes = workload.claimsOfMembers.compactMap { view.volumeOfClaim[$0] }.filter {
                !$0.isLocal && !$0.accessModes.contains("ReadWriteMany")
            }
            guard !volumes.isEmpty else { return nil }
            return Finding(
                check: "K08", severity: .info, subject: workload.subject,
                message:
                    "a pod of \(workload.description) on a lost node is not replaced until the node is fenced: its volume "
                    + "stays attached there (\(volumes.count) volumes of one node at a time)",
                evidence: [workload.placement],
                remedy: [
                    "# once the machine is surely off:",
                    "kubectl taint nodes NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
                ],
                basis: .heuristic)
        }
    }

    /// K09: pods whose data are on their node's own disk: they come back with the node and nowhere else.
    static func boundToNode(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            let local = workload.members.filter { member in
                member.claims.contains { view.volumeOfClaim[$0]?.isLocal ?? false }
            }
            guard !local.isEmpty, workload.kind != "DaemonSet" else { return nil }
            let fatal = workload.fatalNodes
            return Finding(
                check: "K09", severity: fatal.isEmpty ? .info : .warning, subject: workload.subject,
                message:
                    "\(local.count) of \(workload.members.count) pods of \(workload.description) keep their data on their "
                    + "node's own disk"
                    + (fatal.isEmpty
                        ? "; it serves on without any one of them"
                        : "; without node \(fatal.joined(separator: " or ")) it stops until the node is back"),
                evidence: [workload.placement],
                remedy: fatal.isEmpty
                    ? [] : ["kubectl \(workload.scale(to: workload.system?.need == .majority ? 3 : 2))"],
                basis: .exact)
        }
    }

    /// K10: the nodes that are left have no room for the pods of a lost one.
    static func noRoom(_ view: KubernetesView, packing: [SurvivorPacking.Outcome]) -> [Finding] {
        packing.compactMap { outcome in
            let homeless = outcome.withoutRoom
            guard !homeless.isEmpty else { return nil }
            return Finding(
                check: "K10", severity: .warning, subject: Finding.Subject("node", outcome.lost),
                message:
                    "without node \(outcome.lost) \(homeless.count) of its \(outcome.moved) pods find no room elsewhere"
                    + (outcome.isProven ? "" : " by first fit; another order might place them"),
                evidence: [
                    Finding.Evidence(
                        "cpu", "\(outcome.cpu.needed.short) needed, \(outcome.cpu.free.short) free on the others"),
                    Finding.Evidence(
                        "memory",
                        "\(outcome.memory.needed.gibibytes) needed, \(outcome.memory.free.gibibytes) free on the others"
                    ),
                    Finding.Evidence(
                        "without room", homeless.map(\.description).limited(to: 8).joined(separator: ", ")),
                ],
                remedy: ["# add a node, lower requests, or give what may wait a lower priority than what may not"],
                basis: outcome.isProven ? .exact : .heuristic)
        }
    }

    /// K14: controllers of which there is one: while its node is gone, nothing is repaired.
    static func loneController(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            let name = workload.key.name
            guard workload.kind == "Deployment", workload.replicas == 1, !workload.isCritical,
                name.contains("operator") || name.contains("controller")
            else { return nil }
            return Finding(
                check: "K14", severity: .info, subject: workload.subject,
                message:
                    "\(workload.description) looks like a controller and has one replica: while its node is gone, what it "
                    + "keeps is not kept",
                evidence: [workload.placement],
                remedy: ["# where it elects a leader:", "kubectl \(workload.scale(to: 2))"], basis: .heuristic)
        }
    }

    /// K16: critical pods without priority, on a cluster that has no room to spare.
    static func noPriority(_ view: KubernetesView, packing: [SurvivorPacking.Outcome]) -> [Finding] {
        let tight = packing.filter { !$0.withoutRoom.isEmpty }.map(\.lost)
        guard let first = tight.first else { return [] }
        return view.workloads.compactMap { workload in
            guard workload.isCritical, workload.kind != "StaticPods", workload.template.priorityClassName == nil else {
                return nil
            }
            return Finding(
                check: "K16", severity: .warning, subject: workload.subject,
                message:
                    "\(workload.description) has no priority class, and without node \(first) there is no room for all "
                    + "pods: it may be the one that waits",
                evidence: [
                    Finding.Evidence("nodes that cannot be missed", tight.limited(to: 8).joined(separator: ", "))
                ],
                remedy: [
                    "kubectl -n \(workload.key.namespace ?? "default") patch \(workload.kind.lowercased()) "
                        + "\(workload.key.name) --type merge "
                        + "-p '{\"spec\":{\"template\":{\"spec\":{\"priorityClassName\":\"system-cluster-critical\"}}}}'"
                ],
                basis: .exact)
        }
    }
}

extension Workload {
    /// The claims that its pods mount.
    var claimsOfMembers: [ObjectKey] { members.flatMap(\.claims) }
}

extension Double {
    /// With at most one decimal: `12.5`, `12`.
    var short: String {
        guard isFinite else { return "unlimited" }
        let tenths = (self * 10).rounded()
        guard tenths.magnitude < 1e15 else { return "\(self)" }
        let whole = Int64(tenths) / 10
        let rest = Int64(tenths.magnitude) % 10
        return rest == 0 ? "\(whole)" : "\(whole).\(rest)"
    }

    /// Bytes in GiB with at most one decimal.
    var gibibytes: String { isFinite ? "\((self / Double(1 << 30)).short) GiB" : "unlimited" }
}
