import Resilience

/// The checks that Kubernetes' API alone can answer: any workload, and the systems that are known by name.
enum KubernetesCatalogue {
    /// All of them.
    static let all = workloads + ServiceCatalogue.all

    private static let workloads: [Check] = [
        Check(
            "K01", "all pods of a workload on one node", .kubernetes, .critical, needs: [.kubernetes],
            meaning: "All ready pods of a replicated workload run on one node.",
            reason: """
                A wish to be apart (preferred anti-affinity) is given up when one node is all there is, as after a full
                restart, and nothing moves pods apart later. Found from where each pod runs, not from what was asked
                for.
                """,
            remedy: "Delete one pod while another node is free, and make the spread required."
        ) { context in context.kubernetes.map(SpreadChecks.oneNode) ?? [] },
        Check(
            "K02", "a critical component with one replica", .kubernetes, .critical, needs: [.kubernetes],
            meaning: "A component of the priority of the cluster's own parts, or an ingress, has one replica.",
            reason: "It is away from the loss of its node until a replacement runs, minutes later.",
            remedy: """
                Scale it to two, where it can have two: `kubectl scale`. An all-in-one accepts this by its profile.
                """
        ) { context in context.kubernetes.map(SpreadChecks.singleReplica) ?? [] },
        Check(
            "K03", "nothing keeps replicas apart", .kubernetes, .warning, needs: [.kubernetes],
            meaning: """
                The pod template has neither anti-affinity nor topology spread that selects the workload's own labels.
                """,
            reason: """
                The scheduler may put all replicas on one node, and after a restart it does. A rule whose selector has
                another label than the pods is as good as none.
                """,
            remedy: """
                Add a topology spread constraint by `kubernetes.io/hostname` with the workload's own labels.
                """
        ) { context in context.kubernetes.map(SpreadChecks.nothingKeepsApart) ?? [] },
        Check(
            "K04", "no spare node for a replacement", .kubernetes, .warning, needs: [.kubernetes],
            meaning: "Required anti-affinity by node, and no more nodes than replicas.",
            reason: """
                After the loss of a node the replacement stays pending, and a rollout that surges waits for ever.
                """,
            remedy: "Add a node, or use `maxSurge: 0`, or let a spread with `ScheduleAnyway` do."
        ) { context in context.kubernetes.map(SpreadChecks.noSpareNode) ?? [] },
        Check(
            "K05", "no PodDisruptionBudget that protects", .kubernetes, .warning, needs: [.kubernetes],
            meaning: """
                A drain may take more pods of the workload than it can miss: there is no budget, or one that allows all,
                or the quorum, to go.
                """,
            reason: """
                An upgrade of nodes drains several. A budget with `minAvailable: 0` exists and protects nothing.
                """,
            remedy: "Set `minAvailable` to the quorum, or `maxUnavailable: 1`."
        ) { context in context.kubernetes.map(DisruptionChecks.unprotected) ?? [] },
        Check(
            "K06", "a PodDisruptionBudget that blocks every drain", .kubernetes, .warning, needs: [.kubernetes],
            meaning: "The budget lets no pod go even when all are healthy, or selects no pods.",
            reason: """
                A drain of such a node never ends, until somebody forces it and breaks what the budget was for.
                """,
            remedy: "Set `maxUnavailable: 1`, or delete a budget that selects nothing."
        ) { context in context.kubernetes.map(DisruptionChecks.blocking) ?? [] },
        Check(
            "K07", "late replacement of pods without state", .kubernetes, .info, .heuristic, needs: [.kubernetes],
            meaning: """
                The template sets no toleration of its own for unreachable nodes, so that Kubernetes' default of 300 s
                counts.
                """,
            reason: "For five minutes after the loss of a node its pods are listed and do not serve.",
            remedy: "Tolerate `node.kubernetes.io/unreachable` and `not-ready` for 30 to 60 s only."
        ) { context in context.kubernetes.map(ReplacementChecks.slowEviction) ?? [] },
        Check(
            "K08", "pods that a lost node keeps", .kubernetes, .info, .heuristic, needs: [.kubernetes],
            meaning: "Pods of a StatefulSet have volumes of one node at a time.",
            reason: """
                Kubernetes does not start them elsewhere before it knows that the node is off: the volume could be
                written twice. That takes a person or a fencing agent.
                """,
            remedy: """
                Have the runbook at hand: power the node off, then taint it `node.kubernetes.io/out-of-service`.
                """
        ) { context in context.kubernetes.map(ReplacementChecks.stuckWithVolume) ?? [] },
        Check(
            "K09", "data on a node's own disk", .kubernetes, .warning, needs: [.kubernetes],
            meaning: "Pods keep their data on local or hostPath volumes.",
            reason: """
                They come back with their node and nowhere else: the workload must do without them until then.
                """,
            remedy: "Have enough members that the rest is a quorum."
        ) { context in context.kubernetes.map(ReplacementChecks.boundToNode) ?? [] },
        Check(
            "K10", "no room for a lost node's pods", .kubernetes, .warning, .heuristic, needs: [.kubernetes],
            meaning: "The nodes that are left cannot take the pods of one that is lost.",
            reason: """
                By requests, taints, selectors and required anti-affinity, largest pod first. When all are placed, that
                is proven; a pod without room is proven where it is larger than any room, or all are larger than all;
                else another order or preemption might help, and the finding is heuristic.
                """,
            remedy: "Add a node, lower requests, or give priorities, so that what matters is placed first."
        ) { context in
            context.kubernetes.map { ReplacementChecks.noRoom($0, packing: context.joint.packing) } ?? []
        },
        Check(
            "K11", "the labels are on too few nodes", .kubernetes, .critical, needs: [.kubernetes],
            meaning: """
                The node selector or required node affinity of a workload means fewer nodes than it needs to survive the
                loss of one.
                """,
            reason: "Replicas cannot be elsewhere, whatever else is configured.",
            remedy: "Label more nodes."
        ) { context in context.kubernetes.map(SpreadChecks.tooFewLabelledNodes) ?? [] },
        Check(
            "K12", "a Service whose endpoints are on one node", .kubernetes, .critical, needs: [.kubernetes],
            meaning: "All ready endpoints of a Service with several workloads behind it are on one node.",
            reason: "The Service is gone with the node.",
            remedy: "Spread the pods behind it."
        ) { context in context.kubernetes.map(SpreadChecks.serviceOnOneNode) ?? [] },
        Check(
            "K13", "a webhook that refuses without one node", .kubernetes, .critical, needs: [.kubernetes],
            meaning: """
                A webhook with `failurePolicy: Fail`, and all that answers for it is on one node, or nowhere.
                """,
            reason: """
                While it does not answer, the objects that it is asked about can be neither made nor changed: often the
                very pods that would replace the lost ones.
                """,
            remedy: """
                Run two replicas apart, exempt kube-system by its namespace selector, or use `failurePolicy: Ignore`.
                """
        ) { context in context.kubernetes.map(ControlPlaneChecks.webhookOnOneNode) ?? [] },
        Check(
            "K14", "a controller with one replica", .kubernetes, .info, .heuristic, needs: [.kubernetes],
            meaning: "A Deployment that looks like a controller or operator by its name has one replica.",
            reason: """
                While it is away nothing that it keeps is repaired. That prolongs an outage and seldom makes one.
                """,
            remedy: "Scale it to two if it elects a leader; leave it if it does not."
        ) { context in context.kubernetes.map(ReplacementChecks.loneController) ?? [] },
        Check(
            "K16", "critical pods without priority where room is short", .kubernetes, .warning, needs: [.kubernetes],
            meaning: """
                A critical workload has no priority class, and after the loss of some node not all pods find room.
                """,
            reason: "Who waits is then chance.",
            remedy: "Set a priority class."
        ) { context in
            context.kubernetes.map { ReplacementChecks.noPriority($0, packing: context.joint.packing) } ?? []
        },
        Check(
            "K18", "fewer than three API servers", .kubernetes, .critical, needs: [.kubernetes],
            meaning: "The control plane has one or two nodes.",
            reason: """
                With one, nothing is rescheduled after its loss. With two, etcd has no majority without either. A
                managed control plane shows no nodes, and nothing is said about it.
                """,
            remedy: "Bring it to three nodes, behind an address that is not one node's."
        ) { context in context.kubernetes.map(ControlPlaneChecks.fewAPIServers) ?? [] },
    ]
}
