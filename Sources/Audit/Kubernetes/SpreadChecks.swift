import ClusterState
import KubernetesModel
import Resilience

/// Are the pods that stand in for each other really apart? From where they run, not from what was asked for.
enum SpreadChecks {
    /// K01: all replicas run on one node.
    static func oneNode(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            guard workload.isReplicated, workload.ready.count >= 2, workload.nodes.count == 1,
                workload.system?.need != .majority, workload.system != .dns, workload.system != .memcached,
                workload.system != .openStackAPI, workload.system != .ingress, let node = workload.nodes.first
            else { return nil }
            let elsewhere = view.openMachines.filter {
                $0.name != node && Scheduling.admits(workload.template, on: $0)
            }
            let pods = workload.ready.count
            return Finding(
                check: "K01", severity: workload.isCritical ? .critical : .warning, subject: workload.subject,
                message: "all \(pods) pods of \(workload.description) run on node \(node): its loss stops all of them",
                evidence: [
                    workload.placement,
                    Finding.Evidence("other nodes that would take one", "\(elsewhere.count)"),
                ],
                remedy: elsewhere.isEmpty
                    ? ["# no other node takes these pods: see their node selector, taints and cordons"]
                    : workload.moveOne, basis: .exact)
        }
    }

    /// K02: a critical component with a single replica.
    static func singleReplica(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            let system = workload.system
            guard workload.kind == "Deployment" || workload.kind == "StatefulSet", workload.replicas == 1,
                workload.isCritical, system == nil || system == .ingress
            else { return nil }
            return Finding(
                check: "K02", severity: .critical, subject: workload.subject,
                message: "\(workload.description) is critical and has one replica",
                evidence: [
                    workload.placement,
                    Finding.Evidence("priority class", workload.template.priorityClassName ?? "none"),
                ],
                remedy: ["kubectl \(workload.scale(to: 2))"], basis: .exact)
        }
    }

    /// K03: nothing keeps the pods apart, or what should does not mean them.
    static func nothingKeepsApart(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            let spreading = workload.spreading
            guard workload.isReplicated, workload.kind != "StaticPods", !spreading.isRequired, !spreading.isPreferred
            else { return nil }
            let why =
                spreading.meansOthersOnly
                ? "its anti-affinity and spread rules select other labels than its own"
                : "it has neither anti-affinity nor topology spread"
            return Finding(
                check: "K03", severity: workload.isCritical ? .warning : .info, subject: workload.subject,
                message: "nothing keeps the \(workload.replicas) pods of \(workload.description) apart: \(why)",
                evidence: [workload.labelEvidence, workload.placement],
                remedy: [
                    "# add to the pod template, with the workload's own labels:",
                    "kubectl -n \(workload.key.namespace ?? "default") patch \(workload.kind.lowercased()) "
                        + "\(workload.key.name) --type merge -p '\(workload.spreadPatch)'",
                ],
                basis: .exact)
        }
    }

    /// K04: required anti-affinity by node, and no node to spare for a replacement.
    static func noSpareNode(_ view: KubernetesView) -> [Finding] {
        view.workloads.compactMap { workload in
            guard workload.isReplicated, workload.spreading.oneANode else { return nil }
            let open = view.openMachines.filter { Scheduling.admits(workload.template, on: $0) }.count
            guard workload.replicas >= open else { return nil }
            let rollout =
                workload.surges && workload.replicas == open
                ? ", and a rollout that surges waits for ever" : ""
            return Finding(
                check: "K04", severity: .warning, subject: workload.subject,
                message:
                    "\(workload.description) wants \(workload.replicas) pods on as many nodes and \(open) nodes take "
                    + "them: after the loss of one no replacement can be placed\(rollout)",
                evidence: [Finding.Evidence("nodes that take its pods", "\(open)"), workload.placement],
                remedy: [
                    "# add a node, or let a rollout take a pod away first:",
                    "kubectl -n \(workload.key.namespace ?? "default") patch \(workload.kind.lowercased()) "
                        + "\(workload.key.name) --type merge "
                        + "-p '{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":0,\"maxUnavailable\":1}}}}'",
                ],
                basis: .exact)
        }
    }

    /// K11: the labels that a replicated system asks for are on too few nodes.
    static func tooFewLabelledNodes(_ view: KubernetesView) -> [Finding] {
        guard view.machines.count >= 3 else { return [] }
        return view.workloads.compactMap { workload in
            guard workload.isReplicated || workload.isCritical, workload.kind != "DaemonSet",
                workload.kind != "StaticPods"
            else { return nil }
            let meant = view.machines.filter { Scheduling.selects(workload.template, $0) }
            let wanted = workload.system?.need == .majority ? 3 : 2
            guard meant.count < wanted else { return nil }
            let selector = workload.template.nodeSelector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return Finding(
                check: "K11", severity: workload.isCritical ? .critical : .warning, subject: workload.subject,
                message:
                    "\(workload.description) may run on \(meant.count) of \(view.machines.count) nodes by their labels; "
                    + "it needs \(wanted) to survive the loss of one",
                evidence: [
                    Finding.Evidence(
                        "node selector", selector.isEmpty ? "node affinity" : selector.joined(separator: ",")),
                    Finding.Evidence("nodes", meant.map(\.name).joined(separator: ", ")),
                ],
                remedy: selector.isEmpty
                    ? ["# widen the required node affinity of \(workload.description)"]
                    : ["kubectl label node NODE \(selector.joined(separator: " "))"], basis: .exact)
        }
    }

    /// K12: all that answers for a Service is on one node, though it is more than one workload's pods.
    static func serviceOnOneNode(_ view: KubernetesView) -> [Finding] {
        (view.capture.services ?? []).sorted { $0.key < $1.key }.compactMap { service in
            guard service.clusterIP != nil || service.type == "LoadBalancer" else { return nil }
            let backends = view.backends(of: service.key)
            let nodes = Set(backends.compactMap(\.node))
            // Pods of one workload are K01's.
            guard backends.count >= 2, nodes.count == 1, Set(backends.map(\.owner)).count > 1, let node = nodes.first
            else { return nil }
            return Finding(
                check: "K12", severity: .critical, subject: Finding.Subject("service", service.key.description),
                message: "all \(backends.count) endpoints of Service \(service.key) are on node \(node)",
                evidence: [
                    Finding.Evidence(
                        "endpoints", backends.compactMap(\.pod?.description).limited(to: 12).joined(separator: ", "))
                ],
                remedy: [
                    "# spread the pods behind it",
                    "kubectl -n \(service.key.namespace ?? "default") get endpointslices "
                        + "-l kubernetes.io/service-name=\(service.key.name) -o wide",
                ], basis: .exact)
        }
    }
}

extension Workload {
    /// The labels that tell its pods apart from others.
    var labelEvidence: Finding.Evidence {
        Finding.Evidence(
            "labels", labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }

    /// `-n openstack scale deployment/keystone-api --replicas=2`.
    func scale(to count: Int) -> String {
        "-n \(key.namespace ?? "default") scale \(kind.lowercased())/\(key.name) --replicas=\(count)"
    }

    /// Sends one pod elsewhere.
    var moveOne: [String] {
        guard let pod = ready.last, let node = pod.node else { return [] }
        return [
            "kubectl cordon \(node)", "kubectl -n \(key.namespace ?? "default") delete pod \(pod.key.name)",
            "kubectl uncordon \(node)",
        ]
    }

    /// The patch that spreads its pods over nodes.
    var spreadPatch: String {
        let selector = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return "{\"spec\":{\"template\":{\"spec\":{\"topologySpreadConstraints\":[{\"maxSkew\":1,"
            + "\"topologyKey\":\"kubernetes.io/hostname\",\"whenUnsatisfiable\":\"DoNotSchedule\","
            + "\"labelSelector\":{\"matchLabels\":{\(selector)}}}]}}}}"
    }
}
