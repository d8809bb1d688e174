import ClusterState
import KubernetesModel
import Resilience

/// Do PodDisruptionBudgets protect what must not go, and let go what may?
enum DisruptionChecks {
    /// A budget with what it comes to for the pods that it means.
    private struct Budget {
        var budget: PodDisruptionBudget
        var members: [KubernetesView.Member]
        /// How many of these may be evicted when all are healthy; nil for a budget without a limit.
        var allowed: Int?

        init(_ budget: PodDisruptionBudget, _ view: KubernetesView) {
            self.budget = budget
            members = view.members(budget.selector, in: budget.metadata.namespace)
            let count = Int64(members.count)
            // Both kinds of shares are rounded up, as Kubernetes does.
            if let least = budget.minAvailable {
                allowed = Int(max(0, count - least.count(of: count)))
            } else if let most = budget.maxUnavailable {
                allowed = Int(min(count, most.count(of: count)))
            }
        }

        var limit: String {
            func text(_ value: IntOrPercent) -> String {
                switch value {
                case .count(let count): "\(count)"
                case .percent(let percent): "\(percent)%"
                }
            }
            if let least = budget.minAvailable { return "minAvailable \(text(least))" }
            return budget.maxUnavailable.map { "maxUnavailable \(text($0))" } ?? "no limit"
        }
    }

    /// K05: no budget, or one that lets all pods or the quorum go.
    static func unprotected(_ view: KubernetesView) -> [Finding] {
        guard let declared = view.capture.podDisruptionBudgets else { return [] }
        let budgets = declared.map { Budget($0, view) }
        return view.workloads.compactMap { workload in
            guard workload.isReplicated, workload.kind != "StaticPods", workload.isCritical,
                let needed = workload.needed
            else { return nil }
            let own = Set(workload.members.map(\.key))
            let mine = budgets.filter { budget in budget.members.contains { own.contains($0.key) } }
            // The strictest one counts: an eviction must satisfy all of them.
            let allowed = mine.compactMap(\.allowed).min() ?? workload.replicas
            guard workload.replicas - allowed < needed else { return nil }
            let why: String
            if let first = mine.first {
                let others = allowed >= workload.replicas ? "lets all of its pods go at once" : "lets its quorum go"
                why = "PodDisruptionBudget \(first.budget.metadata.name) (\(first.limit)) \(others)"
            } else {
                why = "no PodDisruptionBudget means its pods"
            }
            return Finding(
                check: "K05", severity: .warning, subject: workload.subject,
                message:
                    "draining nodes may take \(workload.description) down: \(why); \(needed) of \(workload.replicas) pods "
                    + "must stay",
                evidence: [
                    Finding.Evidence(
                        "budgets",
                        mine.isEmpty ? "none" : mine.map { "\($0.budget.key): \($0.limit)" }.joined(separator: "; ")),
                    workload.labelEvidence,
                ],
                remedy: workload.budget(keeping: max(needed, workload.replicas - 1), instead: mine.first?.budget),
                basis: .exact)
        }
    }

    /// K06: a budget under which no pod may ever be evicted, or that means no pods.
    static func blocking(_ view: KubernetesView) -> [Finding] {
        (view.capture.podDisruptionBudgets ?? []).sorted { $0.key < $1.key }.compactMap { declared in
            let budget = Budget(declared, view)
            let subject = Finding.Subject("poddisruptionbudget", declared.key.description)
            if budget.members.isEmpty {
                return Finding(
                    check: "K06", severity: .info, subject: subject,
                    message: "PodDisruptionBudget \(declared.key) means no pods: it protects nothing",
                    evidence: [Finding.Evidence("limit", budget.limit)],
                    remedy: ["kubectl -n \(declared.metadata.namespace ?? "default") get pods --show-labels"],
                    basis: .exact)
            }
            guard budget.allowed == 0 else { return nil }
            return Finding(
                check: "K06", severity: .warning, subject: subject,
                message:
                    "PodDisruptionBudget \(declared.key) (\(budget.limit)) lets none of its \(budget.members.count) pods "
                    + "go, even when all are healthy: a drain of their nodes never ends",
                evidence: [
                    Finding.Evidence("limit", budget.limit), Finding.Evidence("pods meant", "\(budget.members.count)"),
                ],
                remedy: [
                    "kubectl -n \(declared.metadata.namespace ?? "default") patch pdb \(declared.metadata.name) "
                        + "--type merge -p '{\"spec\":{\"minAvailable\":null,\"maxUnavailable\":1}}'"
                ],
                basis: .exact)
        }
    }
}

extension Workload {
    /// The command that makes or changes a budget.
    func budget(keeping count: Int, instead old: PodDisruptionBudget?) -> [String] {
        let namespace = key.namespace ?? "default"
        if let old {
            return [
                "kubectl -n \(namespace) patch pdb \(old.metadata.name) --type merge "
                    + "-p '{\"spec\":{\"maxUnavailable\":null,\"minAvailable\":\(count)}}'"
            ]
        }
        let selector = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return ["kubectl -n \(namespace) create pdb \(key.name) --min-available=\(count) --selector='\(selector)'"]
    }
}
