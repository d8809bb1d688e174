import CRUSH
import ClusterState
import KubernetesModel
import Resilience

/// The provisioners of volumes, and the way from a claim to its pool.
enum VolumeServiceChecks {
    /// V01: one provisioner, or all of them on one node.
    static func provisioners(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .provisioner).compactMap { workload in
            guard workload.kind != "DaemonSet" else { return nil }
            let alone = workload.replicas < 2
            let together = workload.ready.count >= 2 && workload.nodes.count == 1
            guard alone || together, workload.replicas > 0 else { return nil }
            return Finding(
                check: "V01", severity: .warning, subject: workload.subject,
                message:
                    alone
                    ? "\(workload.description) has one replica: while its node is gone, no volume is made or deleted"
                    : "all \(workload.ready.count) pods of \(workload.description) run on node "
                        + "\(workload.nodes.first ?? ""): while it is gone, no volume is made or deleted",
                evidence: [workload.placement],
                remedy: alone ? ["kubectl \(workload.scale(to: 2))"] : workload.moveOne, basis: .exact)
        }
    }

    /// V02: a StorageClass whose pool, or Ceph cluster, is not there.
    static func brokenClasses(_ view: KubernetesView, chain: VolumeChain) -> [Finding] {
        (view.capture.storageClasses ?? []).sorted { $0.key < $1.key }.compactMap { storageClass in
            guard chain.isOurs(storageClass) else { return nil }
            let missing = chain.missingPools(of: storageClass)
            guard !missing.isEmpty else { return nil }
            return Finding(
                check: "V02", severity: .warning, subject: Finding.Subject("storageclass", storageClass.metadata.name),
                message:
                    "StorageClass \(storageClass.metadata.name) names pool \(missing.joined(separator: " and ")), which "
                    + "this Ceph cluster does not have: its claims stay pending",
                evidence: [
                    Finding.Evidence("provisioner", storageClass.provisioner),
                    Finding.Evidence("clusterID", storageClass.parameters["clusterID"] ?? "none"),
                ],
                remedy: missing.map { "ceph osd pool create \($0)" } + missing.map { "rbd pool init \($0)" },
                basis: .exact)
        }
    }

    /// V03: volumes that stay attached to a node that is not ready, or gone.
    static func attachedToLostNode(_ view: KubernetesView) -> [Finding] {
        let attached = Dictionary(grouping: view.capture.volumeAttachments ?? [], by: \.nodeName)
        return attached.keys.sorted().compactMap { node in
            let machine = view.machineByName[node].map { view.machines[$0] }
            guard !(machine?.node.isReady ?? false), view.capture.nodes != nil else { return nil }
            let volumes = attached[node] ?? []
            return Finding(
                check: "V03", severity: .warning, subject: Finding.Subject("node", node),
                message:
                    "\(volumes.count) volume\(volumes.count == 1 ? " is" : "s are") still attached to node \(node), which is "
                    + (machine == nil ? "not there" : "not ready") + ": their pods start nowhere else",
                evidence: [
                    Finding.Evidence(
                        "volumes", volumes.compactMap(\.volumeName).sorted().limited(to: 8).joined(separator: ", "))
                ],
                remedy: [
                    "# once the machine is surely off, keep it from writing, then let its volumes go:",
                    "ceph osd blocklist add ADDRESS-OF-\(node)",
                    "kubectl taint nodes \(node) node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
                ],
                basis: .exact)
        }
    }

    /// V04: claims that wait on a pool that takes no more.
    static func waitingForRoom(_ view: KubernetesView, chain: VolumeChain) -> [Finding] {
        let pending = (view.capture.persistentVolumeClaims ?? []).filter { $0.phase == "Pending" }
        let byClass = Dictionary(grouping: pending) { $0.storageClassName ?? "" }
        return byClass.keys.sorted().compactMap { name in
            guard let storageClass = (view.capture.storageClasses ?? []).first(where: { $0.metadata.name == name }),
                let full = chain.pools(of: storageClass).first(where: chain.isFull)
            else { return nil }
            let claims = byClass[name] ?? []
            return Finding(
                check: "V04", severity: .warning, subject: Finding.Subject("storageclass", name),
                message:
                    "\(claims.count) claim\(claims.count == 1 ? "" : "s") of class \(name) wait, and pool "
                    + "\(chain.name(of: full)) takes no more data",
                evidence: [
                    Finding.Evidence(
                        "claims", claims.map(\.key.description).sorted().limited(to: 8).joined(separator: ", "))
                ],
                remedy: ["ceph df detail", "# add OSDs, raise the quota, or delete what is not needed"],
                basis: .heuristic)
        }
    }
}
