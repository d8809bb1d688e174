import ClusterState
import KubernetesModel
import Resilience
import Vocabulary

/// What each machine's loss comes to, as findings.
enum LossChecks {
    /// X01: PGs that stop without a machine.
    static func stoppedPGs(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.compactMap { row in
            guard let loss = row.loss, loss.total.belowMinSize.pgs > 0 else { return nil }
            let amount = loss.total.belowMinSize
            let volumes = row.volumes.count
            return Finding(
                check: "X01", severity: .critical, subject: Finding.Subject("host", row.machine),
                message:
                    "without host \(row.machine) \(amount.pgs) PGs stop serving: fewer copies or shards than min_size are left"
                    + (volumes > 0 ? "; \(volumes) volumes stop with them" : ""),
                evidence: pools(loss) { $0.belowMinSize }
                    + [
                        Finding.Evidence("objects", "\(amount.objects)"),
                        Finding.Evidence("bytes", "\(amount.bytes.bytes)"),
                        Finding.Evidence("volumes", row.volumes.limited(to: 12).joined(separator: ", ")),
                    ],
                remedy: [
                    "# see the findings of these pools and their rules", "holdfast whatif lose host=\(row.machine)",
                ],
                basis: .exact)
        }
    }

    /// X02: PGs that lose data with a machine.
    static func lostPGs(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.compactMap { row in
            guard let loss = row.loss, loss.total.lost.pgs > 0 else { return nil }
            let amount = loss.total.lost
            return Finding(
                check: "X02", severity: .critical, subject: Finding.Subject("host", row.machine),
                message:
                    "without host \(row.machine) \(amount.pgs) PGs have objects of which no copy, or too few shards, are left: "
                    + "\(amount.objects) objects are lost",
                evidence: pools(loss) { $0.lost } + [Finding.Evidence("bytes", "\(amount.bytes.bytes)")],
                remedy: [
                    "# see the findings of these pools and their rules", "holdfast whatif lose host=\(row.machine)",
                ],
                basis: .exact)
        }
    }

    private static func pools(_ loss: LossReport, _ amount: (LossCounts) -> PGAmount) -> [Finding.Evidence] {
        loss.pools.filter { amount($0.counts).pgs > 0 }.prefix(12).map {
            Finding.Evidence("pool \($0.name)", "\(amount($0.counts).pgs) PGs")
        }
    }

    /// X03: quorums, and other systems that the cluster hangs on, which a machine takes with it.
    static func lostQuorums(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.compactMap { row in
            let lost = row.quorums.filter { $0.held && !$0.holds }
            let stopped = row.workloads.filter { workload in
                workload.isCritical && !lost.contains { $0.name == workload.name }
            }
            let count = lost.count + stopped.count + row.webhooks.count
            guard count > 0 else { return nil }
            let names =
                lost.map { "\($0.system) (\($0.left) of \($0.members) left, \($0.needed) needed)" }
                + stopped.map(\.name) + row.webhooks
            return Finding(
                check: "X03", severity: .critical, subject: Finding.Subject("host", row.machine),
                message:
                    "without \(row.machine) \(count) thing\(count == 1 ? "" : "s") the cluster hangs on "
                    + "stop\(count == 1 ? "s" : ""): \(names.limited(to: 4).joined(separator: ", "))",
                evidence: row.quorums.prefix(12).map {
                    Finding.Evidence(
                        $0.name.isEmpty ? $0.system : $0.name, "\($0.left) of \($0.members) left, \($0.needed) needed")
                } + stopped.prefix(12).map { Finding.Evidence($0.name, "stops") },
                remedy: ["# see the findings of these workloads: K01, E02, G02, N01, O01, O04, M02"], basis: .exact)
        }
    }

    /// X04: a workload that stops although too few of its pods are on the lost machine, because its volumes do.
    static func cascades(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.flatMap { row in
            row.workloads.filter { $0.isCritical && !$0.cascade.isEmpty }.map { workload in
                Finding(
                    check: "X04", severity: .critical,
                    subject: Finding.Subject("host", row.machine + " -> " + workload.name),
                    message:
                        "without host \(row.machine) \(workload.name) stops, though enough of its pods run elsewhere: their "
                        + "volumes stop",
                    evidence: [
                        Finding.Evidence(
                            "path",
                            (["host \(row.machine)"] + workload.cascade + [workload.name]).joined(separator: " -> "))
                    ],
                    remedy: ["# make the pool survive the host (X01), or give each member a disk of its node"],
                    basis: row.volumesAreExact ? .exact : .heuristic)
            }
        }
    }

    /// X05: after one and the same loss, neither the OSDs nor the nodes that are left have room.
    static func noHeadroom(_ joint: JointAnalysis) -> [Finding] {
        joint.matrix.rows.compactMap { row in
            guard let loss = row.loss, let fullest = loss.load.fullest, !loss.load.aboveNearFull.isEmpty,
                row.podsWithoutRoom > 0
            else { return nil }
            return Finding(
                check: "X05", severity: .warning, subject: Finding.Subject("host", row.machine),
                message:
                    "without host \(row.machine) the fullest OSD comes to \(fullest.fill.percent) and "
                    + "\(row.podsWithoutRoom) pods find no room: neither half of the cluster has a host to spare",
                evidence: [
                    Finding.Evidence("fullest", "\(fullest.osd) at \(fullest.fill.percent)"),
                    Finding.Evidence("OSDs above nearfull", "\(loss.load.aboveNearFull.count)"),
                ],
                remedy: ["# add a host"], basis: .heuristic)
        }
    }

    /// X08: a domain above the host whose loss is not survived.
    static func largerDomains(_ losses: LossMatrix) -> [Finding] {
        losses.levels.flatMap { level -> [Finding] in
            guard level.type != "osd", level.type != "host", level.reports.count > 1 else { return [] }
            return level.reports.filter { !$0.isSurvived }.compactMap { report in
                guard let domain = report.scenario.domains.first else { return nil }
                return Finding(
                    check: "X08", severity: .warning, subject: Finding.Subject(domain.type, domain.name),
                    message:
                        "without \(domain) \(report.total.belowMinSize.pgs) PGs stop and \(report.total.lost.pgs) lose data"
                        + (report.quorum?.holds == false ? ", and the monitors lose their quorum" : ""),
                    evidence: pools(report) { $0.belowMinSize },
                    remedy: [
                        "# where this is to be survived, the rule must keep copies apart by \(domain.type):",
                        "ceph osd crush rule create-replicated by-\(domain.type) default \(domain.type)",
                    ], basis: .exact)
            }
        }
    }

    /// K17: a class whose volumes stop with one host.
    static func inheritedByClasses(_ joint: JointAnalysis) -> [Finding] {
        guard let view = joint.view, let chain = joint.chain else { return [] }
        return (view.capture.storageClasses ?? []).sorted { $0.key < $1.key }.compactMap { storageClass in
            let pools = Set(chain.pools(of: storageClass))
            guard chain.isOurs(storageClass), !pools.isEmpty else { return nil }
            let hosts = joint.matrix.rows.filter { row in
                row.loss?.pools.contains { loss in
                    pools.contains(loss.pool) && (loss.counts.belowMinSize.pgs > 0 || loss.counts.lost.pgs > 0)
                } ?? false
            }
            guard let first = hosts.first else { return nil }
            let name = storageClass.metadata.name
            let volumes = chain.volumes.filter { $0.storageClass == name }.count
            return Finding(
                check: "K17", severity: .critical, subject: Finding.Subject("storageclass", name),
                message:
                    "volumes of class \(name) stop without host \(first.machine)"
                    + (hosts.count > 1 ? " or any of \(hosts.count - 1) others" : "") + ": \(volumes) there are now",
                evidence: [
                    Finding.Evidence("pools", pools.sorted().map(chain.name).joined(separator: ", ")),
                    Finding.Evidence("hosts", hosts.map(\.machine).limited(to: 12).joined(separator: ", ")),
                ],
                remedy: ["# see the findings of its pools; what they mend, mends the class"], basis: .exact)
        }
    }
}

extension Double {
    /// A share as a percentage with at most one decimal: `87.5 %`.
    var percent: String { "\((self * 100).short) %" }
}
