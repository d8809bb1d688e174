import ClusterState
import KubernetesModel
import Resilience

/// Can the cluster itself still act: its API servers, and the webhooks that they wait for.
enum ControlPlaneChecks {
    /// A webhook that refuses when it does not answer, and the Service that answers.
    private struct ClosedWebhook {
        var kind: String
        var configuration: String
        var name: String
        var service: ObjectKey
    }

    private static func closedWebhooks(_ view: KubernetesView) -> [ClosedWebhook] {
        var result: [ClosedWebhook] = []
        func add(_ kind: String, _ configuration: String, _ webhooks: [Webhook]) {
            for webhook in webhooks where webhook.failsClosed {
                guard let service = webhook.service else { continue }
                result.append(
                    ClosedWebhook(kind: kind, configuration: configuration, name: webhook.name, service: service))
            }
        }
        for configuration in view.capture.validatingWebhooks ?? [] {
            add("validatingwebhookconfiguration", configuration.metadata.name, configuration.webhooks)
        }
        for configuration in view.capture.mutatingWebhooks ?? [] {
            add("mutatingwebhookconfiguration", configuration.metadata.name, configuration.webhooks)
        }
        for definition in view.capture.customResourceDefinitions ?? [] {
            guard let service = definition.conversionService else { continue }
            result.append(
                ClosedWebhook(
                    kind: "customresourcedefinition", configuration: definition.metadata.name, name: "conversion",
                    service: service))
        }
        return result
    }

    /// Each fail-closed webhook with the nodes of what answers.
    static func webhookNodes(_ view: KubernetesView) -> [(kind: String, configuration: String, nodes: Set<String>)] {
        closedWebhooks(view).map { webhook in
            (webhook.kind, webhook.configuration, Set(view.backends(of: webhook.service).compactMap(\.node)))
        }
    }

    /// K13: a webhook that refuses when it does not answer, and what answers is on one node at most.
    static func webhookOnOneNode(_ view: KubernetesView) -> [Finding] {
        guard view.capture.services != nil, view.capture.pods != nil else { return [] }
        return closedWebhooks(view).compactMap { webhook in
            let backends = view.backends(of: webhook.service)
            let nodes = Set(backends.compactMap(\.node))
            guard nodes.count <= 1 else { return nil }
            let named = "\(webhook.kind) \(webhook.configuration)"
            return Finding(
                check: "K13", severity: .critical, subject: Finding.Subject(webhook.kind, webhook.configuration),
                message: nodes.first.map {
                    "\(named) refuses what it is asked about once node \($0) is gone: all that answers for "
                        + "\(webhook.name) is there"
                } ?? "\(named) refuses what it is asked about now: nothing answers for \(webhook.name)",
                evidence: [
                    Finding.Evidence("service", webhook.service.description),
                    Finding.Evidence(
                        "endpoints", backends.isEmpty ? "none" : "\(backends.count) on \(nodes.sorted().joined())"),
                    Finding.Evidence("failurePolicy", "Fail"),
                ],
                remedy: [
                    "# run what answers on two nodes, or let requests through when it does not:",
                    "kubectl get svc -n \(webhook.service.namespace ?? "default") \(webhook.service.name) -o wide",
                ],
                basis: .exact)
        }
    }

    /// K18: fewer than three machines, or an even number of them, with the API server.
    static func fewAPIServers(_ view: KubernetesView) -> [Finding] {
        let pods = Set(view.workloads(of: .apiServer).flatMap(\.members).compactMap(\.node))
        let labelled = Set(view.machines.filter(\.isControlPlane).map(\.name))
        let nodes = pods.isEmpty ? labelled : pods
        // A managed control plane shows neither pods nor nodes: nothing can be said.
        guard !nodes.isEmpty, nodes.count < 3 else { return [] }
        return [
            Finding(
                check: "K18", severity: nodes.count == 1 ? .critical : .warning, subject: .cluster,
                message:
                    "the Kubernetes API is served by \(nodes.count) node\(nodes.count == 1 ? "" : "s"): "
                    + (nodes.count == 1
                        ? "without it nothing is rescheduled" : "its etcd cannot keep a majority without either"),
                evidence: [Finding.Evidence("control-plane nodes", nodes.sorted().joined(separator: ", "))],
                remedy: [
                    "# bring the control plane to three nodes:",
                    "kubeadm token create --print-join-command",
                    "# on the new node, with a certificate key of: kubeadm init phase upload-certs --upload-certs",
                ],
                basis: pods.isEmpty ? .heuristic : .exact)
        ]
    }
}
