import KubernetesModel
import Resilience

/// Systems that serve while more than half of their members live: etcd, Galera, RabbitMQ.
enum QuorumChecks {
    /// E01: etcd with fewer than three members, or an even number.
    static func etcdMembers(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .etcd).compactMap { tooFew($0, check: "E01", arbitrators: 0) }
    }

    /// E02: a node whose loss takes the majority of etcd.
    static func etcdMajority(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .etcd).compactMap { majorityOnOneNode($0, check: "E02", named: "etcd") }
    }

    /// G01: Galera with fewer than three members, or an even number without an arbitrator.
    static func galeraMembers(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .galera).compactMap { workload in
            let arbitrators = view.workloads(of: .galeraArbitrator)
                .filter { $0.key.namespace == workload.key.namespace }.reduce(0) { $0 + $1.ready.count }
            return tooFew(workload, check: "G01", arbitrators: arbitrators)
        }
    }

    /// G02: a node whose loss leaves Galera with half of its members or fewer.
    static func galeraMajority(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .galera).compactMap { majorityOnOneNode($0, check: "G02", named: "Galera") }
    }

    /// R01: RabbitMQ with fewer than three members.
    static func brokerMembers(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .rabbitMQ).compactMap { tooFew($0, check: "R01", arbitrators: 0) }
    }

    private static func tooFew(_ workload: Workload, check: String, arbitrators: Int) -> Finding? {
        let voters = workload.replicas + arbitrators
        guard workload.kind != "DaemonSet", workload.replicas > 0, voters < 3 || voters % 2 == 0 else { return nil }
        let isFew = voters < 3
        let majority = voters / 2 + 1
        return Finding(
            check: check, severity: isFew ? .critical : .warning, subject: workload.subject,
            message:
                "\(workload.description) has \(voters) member\(voters == 1 ? "" : "s"), of which \(majority) must live: "
                + (isFew
                    ? "the loss of one stops it"
                    : "it survives no more losses than with \(voters - 1), and a split in halves stops it"),
            evidence: [
                Finding.Evidence("members", "\(workload.replicas)"),
                Finding.Evidence("arbitrators", "\(arbitrators)"), workload.placement,
            ],
            remedy: workload.kind == "StaticPods"
                ? ["# join a control-plane node: kubeadm join --control-plane"]
                : ["kubectl \(workload.scale(to: isFew ? 3 : voters + 1))"], basis: .exact)
    }

    private static func majorityOnOneNode(_ workload: Workload, check: String, named: String) -> Finding? {
        guard workload.replicas >= 3, let needed = workload.needed, let node = workload.fatalNodes.first else {
            return nil
        }
        let lost = workload.ready.count - workload.survivors(without: [node])
        return Finding(
            check: check, severity: .critical, subject: workload.subject,
            message:
                "losing node \(node) takes \(lost) of \(workload.replicas) members of \(named) \(workload.key); "
                + "\(workload.survivors(without: [node])) are left and \(needed) are needed",
            evidence: [
                workload.placement,
                Finding.Evidence("nodes that stop it", workload.fatalNodes.joined(separator: ", ")),
            ],
            remedy: workload.moveOne, basis: .exact)
    }

    /// E04: etcd keeps its data on a volume of the cluster that needs etcd.
    static func etcdOnNetworkVolume(_ view: KubernetesView) -> [Finding] {
        view.workloads(of: .etcd).compactMap { workload in
            let volumes = workload.claimsOfMembers.compactMap { view.volumeOfClaim[$0] }.filter {
                $0.csi != nil || $0.rbd != nil
            }
            guard let first = volumes.first else { return nil }
            let isOwn = workload.members.contains { $0.labels["tier"] == "control-plane" }
            return Finding(
                check: "E04", severity: isOwn ? .critical : .warning, subject: workload.subject,
                message:
                    "\(workload.description) keeps its data on network volumes"
                    + (isOwn
                        ? " that Kubernetes must attach, which needs this etcd"
                        : "; when their pool stops, it stops, and so do all that need it"),
                evidence: [
                    Finding.Evidence("volume", first.metadata.name),
                    Finding.Evidence("driver", first.csi?.driver ?? "kubernetes.io/rbd"),
                ],
                remedy: ["# give etcd a disk of its node: a local PersistentVolume of an SSD or NVMe"], basis: .exact)
        }
    }
}
