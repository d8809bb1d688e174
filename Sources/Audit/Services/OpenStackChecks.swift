import KubernetesModel
import Resilience

/// OpenStack's services, and what leads to them.
enum OpenStackChecks {
    /// O01: an API with one replica, or all of them on one node.
    static func interfaces(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .openStackAPI).compactMap { lonely($0, check: "O01", severity: .warning) }
    }

    /// O04: ingress controllers, or keystone, on one node.
    static func entrances(_ view: KubernetesView) -> [Finding] {
        let keystone = view.workloads(of: .openStackAPI).filter {
            $0.labels["application"] == "keystone" || $0.labels["app.kubernetes.io/name"] == "keystone"
        }
        return (view.workloads(of: .ingress).filter { $0.replicas != 1 || $0.kind == "DaemonSet" } + keystone)
            .compactMap { lonely($0, check: "O04", severity: .critical) }
    }

    /// O05: hypervisors, whose guests are lost with them.
    static func hypervisors(_ view: KubernetesView) -> [Finding] {
        let all = view.workloads(of: .hypervisor)
        let nodes = Set(all.flatMap(\.nodes)).sorted()
        guard !nodes.isEmpty else { return [] }
        let evacuates = view.workloads.contains { $0.labels["application"] == "masakari" }
        guard !evacuates else { return [] }
        return [
            Finding(
                check: "O05", severity: .info, subject: .cluster,
                message:
                    "guests on any of \(nodes.count) hypervisors stop with it, and nothing here starts them elsewhere: no "
                    + "masakari runs",
                evidence: [Finding.Evidence("hypervisors", nodes.limited(to: 12).joined(separator: ", "))],
                remedy: ["nova host-evacuate --target_host OTHER LOST"], basis: .heuristic)
        ]
    }

    private static func lonely(_ workload: Workload, check: String, severity: Severity) -> Finding? {
        let ready = workload.ready.count
        guard workload.replicas > 0 else { return nil }
        let message: String
        let remedy: [String]
        if workload.replicas == 1, workload.kind != "DaemonSet" {
            message = "\(workload.description) has one replica: it is away until a lost node's pods are replaced"
            remedy = ["kubectl \(workload.scale(to: 2))"]
        } else if ready >= 1, workload.nodes.count == 1, let node = workload.nodes.first {
            message = "all \(ready) ready pods of \(workload.description) run on node \(node)"
            remedy = workload.moveOne
        } else {
            return nil
        }
        return Finding(
            check: check, severity: severity, subject: workload.subject, message: message,
            evidence: [workload.placement], remedy: remedy, basis: .exact)
    }
}
