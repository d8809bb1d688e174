import KubernetesModel

/// Where Kubernetes' scheduler may put a pod, by the rules that do not depend on what runs there: taints, node selector,
/// required node affinity.
enum Scheduling {
    /// Whether a pod may start on a machine, room aside.
    static func admits(_ spec: PodSpec, on machine: KubernetesView.Machine) -> Bool {
        machine.takesPods && selects(spec, machine) && tolerates(spec.tolerations, machine.taints)
    }

    /// Whether a pod's node selector and required node affinity mean a machine.
    static func selects(_ spec: PodSpec, _ machine: KubernetesView.Machine) -> Bool {
        guard spec.nodeSelector.allSatisfy({ machine.labels[$0.key] == $0.value }) else { return false }
        guard let terms = spec.affinity?.requiredNodeTerms else { return true }
        return terms.contains { $0.matches(machine.node) }
    }

    /// Whether tolerations cover all taints that keep pods away.
    static func tolerates(_ tolerations: [Toleration], _ taints: [Taint]) -> Bool {
        taints.allSatisfy { taint in
            taint.effect == "PreferNoSchedule" || tolerations.contains { $0.tolerates(taint) }
        }
    }

    /// Whether a term about pods means this pod; `own` is the namespace of the pod that has the term.
    static func means(_ term: Affinity.PodTerm, _ pod: KubernetesView.Member, own: String?) -> Bool {
        guard let selector = term.labelSelector else { return false }
        let namespaces = term.namespaces
        let inScope =
            if namespaces.isEmpty {
                term.namespaceSelector != nil || pod.key.namespace == own
            } else {
                namespaces.contains(pod.key.namespace ?? "") || term.namespaceSelector != nil
            }
        return inScope && selector.matches(pod.labels)
    }
}

extension Workload {
    /// Whether something keeps its pods apart: anti-affinity or spread that means them.
    var spreading: Spreading {
        let affinity = template.affinity
        let required = (affinity?.requiredAntiAffinity ?? []).filter { $0.labelSelector?.matches(labels) ?? false }
        let preferred = (affinity?.preferredAntiAffinity ?? []).filter { $0.labelSelector?.matches(labels) ?? false }
        let spreads = template.topologySpreadConstraints.filter { $0.labelSelector?.matches(labels) ?? false }
        let all =
            (affinity?.requiredAntiAffinity.count ?? 0) + (affinity?.preferredAntiAffinity.count ?? 0)
            + template.topologySpreadConstraints.count
        return Spreading(
            isRequired: !required.isEmpty || spreads.contains(where: \.isRequired),
            isPreferred: !preferred.isEmpty || spreads.contains { !$0.isRequired },
            oneANode: required.contains { $0.topologyKey == "kubernetes.io/hostname" },
            meansOthersOnly: all > 0 && required.isEmpty && preferred.isEmpty && spreads.isEmpty)
    }

    /// How a workload's pods are kept apart.
    struct Spreading: Sendable {
        /// By a rule that leaves a pod unscheduled rather than break it.
        var isRequired: Bool
        /// By a wish.
        var isPreferred: Bool
        /// No two of them on one node, ever.
        var oneANode: Bool
        /// There are rules, and none means the workload's own pods.
        var meansOthersOnly: Bool
    }
}
