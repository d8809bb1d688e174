import ClusterState
import KubernetesModel
import Resilience

/// Who leads clients to Galera, and where its backups are.
enum GaleraDataChecks {
    /// G06: clients reach Galera through a Service that names one member.
    static func pinnedService(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .galera).compactMap { workload in
            guard workload.replicas >= 2 else { return nil }
            let own = (view.capture.services ?? []).filter { service in
                service.metadata.namespace == workload.key.namespace && service.clusterIP != nil
                    && !service.selector.isEmpty
                    && workload.members.contains { LabelSelector(matchLabels: service.selector).matches($0.labels) }
            }
            let pinned = own.filter { $0.selector["statefulset.kubernetes.io/pod-name"] != nil }
            guard let first = pinned.first, pinned.count == own.count else { return nil }
            let pod = first.selector["statefulset.kubernetes.io/pod-name"] ?? ""
            return Finding(
                check: "G06", severity: .warning, subject: Finding.Subject("service", first.key.description),
                message:
                    "Service \(first.key) leads to pod \(pod) alone, and no other leads to \(workload.description): its "
                    + "\(workload.replicas) members do not help clients when that pod's node is lost",
                evidence: [
                    Finding.Evidence("selector", "statefulset.kubernetes.io/pod-name=\(pod)"), workload.placement,
                ],
                remedy: [
                    "kubectl -n \(first.metadata.namespace ?? "default") patch svc \(first.metadata.name) --type json "
                        + "-p '[{\"op\":\"remove\",\"path\":\"/spec/selector/statefulset.kubernetes.io~1pod-name\"}]'"
                ],
                basis: .exact)
        }
    }

    /// G07: what is named a backup of the database lies in the pool of the database.
    static func backupInSamePool(_ view: KubernetesView, chain: VolumeChain) -> [Finding] {
        view.workloads(of: .galera).compactMap { workload in
            let own = workload.claimsOfMembers.flatMap { chain.pools(ofClaim: $0) }
            let backups = chain.volumes.filter { volume in
                guard let claim = volume.claim, claim.namespace == workload.key.namespace else { return false }
                return claim.name.contains("backup") && !Set(volume.pools).isDisjoint(with: own)
            }
            guard let first = backups.first, let claim = first.claim else { return nil }
            return Finding(
                check: "G07", severity: .warning, subject: workload.subject,
                message:
                    "claim \(claim) looks like the backup of \(workload.description) and lies in the same pool: what "
                    + "destroys one destroys the other",
                evidence: [Finding.Evidence("pool", first.pools.map { chain.name(of: $0) }.joined(separator: ", "))],
                remedy: ["# keep the backup in another cluster, or outside of Ceph"], basis: .heuristic)
        }
    }
}
