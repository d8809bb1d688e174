import ClusterState
import KubernetesModel
import Resilience

/// What comes after a loss: when, in which order, and what is left then.
enum OrderChecks {
    /// X06: machines after whose loss no other may be lost.
    static func noMargin(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.compactMap { row in
            let tight = row.quorums.filter { $0.held && $0.margin == 0 }
            guard row.isSurvived, !tight.isEmpty else { return nil }
            return Finding(
                check: "X06", severity: .info, subject: Finding.Subject("host", row.machine),
                message:
                    "after the loss of \(row.machine) \(tight.count) system\(tight.count == 1 ? " has" : "s have") no member "
                    + "to spare: the next loss of one stops \(tight.count == 1 ? "it" : "them")",
                evidence: tight.prefix(12).map {
                    Finding.Evidence(
                        $0.name.isEmpty ? $0.system : $0.name, "\($0.left) of \($0.members) left, \($0.needed) needed")
                },
                remedy: ["# five members instead of three stand two losses", "holdfast whatif --pairs host"],
                basis: .exact)
        }
    }

    /// X09: OSDs of a lost host are marked out late or never, so that data stay short of a copy for long.
    static func lateOut(_ ceph: CephCapture) -> [Finding] {
        let interval = Int(max(0, min(ceph.configuration[.downOutInterval], 1e9)))
        guard interval == 0 || interval > 3600 else { return [] }
        return [
            Finding(
                check: "X09", severity: .info, subject: .cluster,
                message:
                    interval == 0
                    ? "OSDs of a lost host are never marked out by themselves: nothing heals until somebody does it"
                    : "OSDs of a lost host are marked out after \(interval) s: until then nothing heals",
                evidence: [
                    Finding.Evidence("mon_osd_down_out_interval", "\(interval) s"),
                    Finding.Evidence("timeline", "down about 20 s, pods evicted 300 s, volumes detached about 6 min"),
                ],
                remedy: ["ceph config set mon mon_osd_down_out_interval 600"], basis: .heuristic)
        ]
    }

    /// X10: what Ceph or Kubernetes need to start lies on volumes that need them.
    static func cycles(_ joint: JointAnalysis) -> [Finding] {
        guard let view = joint.view, let chain = joint.chain else { return [] }
        return view.workloads.compactMap { workload in
            guard let needs = need(workload),
                let claim = workload.claimsOfMembers.first(where: { !chain.pools(ofClaim: $0).isEmpty })
            else { return nil }
            let pool = chain.pools(ofClaim: claim).first.map(chain.name) ?? ""
            return Finding(
                check: "X10", severity: .warning, subject: workload.subject,
                message:
                    "\(workload.description) lies on pool \(pool), and \(needs): after a full stop each waits for the other",
                evidence: [
                    Finding.Evidence(
                        "cycle",
                        "\(workload.description) -> claim \(claim) -> pool \(pool) -> Ceph and its CSI driver -> "
                            + workload.description)
                ],
                remedy: ["# give it a disk of its node"], basis: .heuristic)
        }
    }

    /// Why volumes of Ceph need a workload; nil where they do not.
    private static func need(_ workload: Workload) -> String? {
        switch workload.system {
        case .cephMonitor: "the pool is not served without monitors"
        case .etcd where workload.labels["tier"] == "control-plane": "no volume is attached without the API server"
        case .apiServer: "no volume is attached without the API server"
        case .dns: "drivers and clients find the cluster by name"
        case .provisioner: "it is what makes these volumes usable"
        default: nil
        }
    }
}
