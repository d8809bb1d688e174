import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import Vocabulary

/// Puts storage and pods together: which machine is which, which claim is in which pool, and what stops what.
struct JointAnalysis: Sendable {
    let ceph: CephCapture?
    let view: KubernetesView?
    let join: HostJoin
    let chain: VolumeChain?
    let packing: [SurvivorPacking.Outcome]
    let matrix: JointMatrix

    /// The analysis of a capture.
    ///
    /// - Parameter losses: the matrix of the same capture; its `host` level is used.
    init(of capture: ClusterCapture, losses: LossMatrix?) {
        ceph = capture.ceph
        view = capture.kubernetes.map(KubernetesView.init)
        let reports = losses?.level("host")?.reports ?? []
        join = HostJoin(capture.ceph, hosts: reports.compactMap { $0.scenario.domains.first?.name }, view)
        chain = capture.ceph.map { VolumeChain($0, capture.kubernetes) }
        packing = view.map { SurvivorPacking($0).losingEach() } ?? []
        matrix =
            JointRows(
                ceph: ceph, view: view, join: join, chain: chain, packing: packing,
                reports: Dictionary(
                    reports.compactMap { report in report.scenario.domains.first.map { ($0.name, report) } }
                ) { first, _ in first }
            ).matrix
    }
}

/// Computes the rows.
private struct JointRows {
    let ceph: CephCapture?
    let view: KubernetesView?
    let join: HostJoin
    let chain: VolumeChain?
    let packing: [SurvivorPacking.Outcome]
    let reports: [String: LossReport]

    var matrix: JointMatrix {
        let homeless = Dictionary(packing.map { ($0.lost, $0.withoutRoom.count) }) { first, _ in first }
        let webhooks = view.map { ControlPlaneChecks.webhookNodes($0) } ?? []
        return JointMatrix(
            rows: join.machines.map { machine in
                let report = machine.crushHost.flatMap { reports[$0] }
                let stopped = stoppedPools(report)
                let volumes = Set(stopped.flatMap { chain?.claims(on: $0.pool) ?? [] })
                var row = JointMatrix.Row(
                    machine: machine.name, host: machine.crushHost, node: machine.node,
                    joinedBy: machine.ground?.rawValue, loss: report, quorums: [], workloads: [],
                    volumes: volumes.map(\.description).sorted(), volumesAreExact: stopped.allSatisfy(\.isWhole),
                    webhooks: machine.node.map { node in
                        webhooks.filter { $0.nodes == [node] }.map { "\($0.kind) \($0.configuration)" }
                    } ?? [],
                    podsWithoutRoom: machine.node.flatMap { homeless[$0] } ?? 0,
                    drain: JointMatrix.Drain(reasons: [], commands: []))
                row.quorums = monitors(machine, report).map { [$0] } ?? []
                addWorkloads(to: &row, machine, volumes)
                row.drain = drain(row)
                return row
            })
    }

    /// The pools of which PGs stop, and whether all of them do.
    private func stoppedPools(_ report: LossReport?) -> [(pool: PoolID, isWhole: Bool)] {
        (report?.pools ?? []).compactMap { pool in
            let stopped = max(pool.counts.belowMinSize.pgs, pool.counts.lost.pgs)
            guard stopped > 0 else { return nil }
            return (pool.pool, stopped >= Int(ceph?.osdMap.pools[pool.pool]?.pgCount ?? 0))
        }
    }

    /// The monitors without those of a machine: by host name, by their pod's node, and by address.
    private func monitors(_ machine: HostJoin.Machine, _ report: LossReport?) -> JointMatrix.Quorum? {
        guard let map = ceph?.monitors, !map.monitors.isEmpty else { return nil }
        let names = Set([machine.crushHost, machine.node].compactMap { $0 }.flatMap(HostJoin.forms))
        let addresses = Set(view?.machine(machine.node)?.node.addresses() ?? [])
        let lost = map.monitors.filter { monitor in
            if let pod = monitor.pod?.node { return !names.isDisjoint(with: HostJoin.forms(pod)) }
            if let host = monitor.hostname, !names.isDisjoint(with: HostJoin.forms(host)) { return true }
            return monitor.addresses.contains { Address.first(in: $0).map(addresses.contains) ?? false }
        }
        let told = Set(report?.quorum?.lost ?? [])
        let gone = Set(lost.map(\.name)).union(told)
        let left = map.monitors.filter { $0.isInQuorum && !gone.contains($0.name) }.count
        return JointMatrix.Quorum(
            system: "ceph mon", name: "", members: map.monitors.count, needed: map.quorumSize, left: left,
            held: map.monitors.filter(\.isInQuorum).count >= map.quorumSize)
    }

    /// Quorums and workloads, with pods that stop because their volume does.
    private func addWorkloads(to row: inout JointMatrix.Row, _ machine: HostJoin.Machine, _ stopped: Set<ObjectKey>) {
        let lost = Set([machine.node].compactMap { $0 })
        for workload in view?.workloads ?? [] {
            guard let needed = workload.needed else { continue }
            let standing = workload.ready.filter { $0.node.map { !lost.contains($0) } ?? false }
            let halted = standing.filter { !stopped.isDisjoint(with: $0.claims) }
            let left = standing.count - halted.count
            let held = workload.ready.count >= needed
            if workload.system?.need == .majority {
                row.quorums.append(
                    JointMatrix.Quorum(
                        system: workload.system?.rawValue ?? "", name: workload.description, members: workload.replicas,
                        needed: needed, left: left, held: held))
            }
            guard held, left < needed else { continue }
            row.workloads.append(
                JointMatrix.StoppedWorkload(
                    name: workload.description, system: workload.system?.rawValue, isCritical: workload.isCritical,
                    cascade: standing.count >= needed ? path(halted, stopped) : []))
        }
        row.workloads.sort { ($1.isCritical ? 1 : 0, $0.name) < ($0.isCritical ? 1 : 0, $1.name) }
    }

    /// From the pool to the pod, of the first pod that halts.
    private func path(_ halted: [KubernetesView.Member], _ stopped: Set<ObjectKey>) -> [String] {
        guard let member = halted.first, let claim = member.claims.first(where: stopped.contains) else { return [] }
        let pools = (chain?.pools(ofClaim: claim) ?? []).map { "pool \(chain?.name(of: $0) ?? "\($0)")" }
        return pools + ["claim \(claim)", "pod \(member.key) on node \(member.node ?? "none")"]
    }

    /// X07: what speaks against a drain now. A drain stops the machine's OSDs, as a loss does, and evicts its pods.
    private func drain(_ row: JointMatrix.Row) -> JointMatrix.Drain {
        var reasons: [String] = []
        if let loss = row.loss {
            if loss.total.belowMinSize.pgs > 0 { reasons.append("\(loss.total.belowMinSize.pgs) PGs would stop") }
            if loss.total.lost.pgs > 0 { reasons.append("\(loss.total.lost.pgs) PGs would be without a whole copy") }
        }
        for quorum in row.quorums where quorum.held && !quorum.holds {
            reasons.append("\(quorum.system)\(quorum.name.isEmpty ? "" : " \(quorum.name)") would lose its quorum")
        }
        for workload in row.workloads
        where workload.isCritical && !row.quorums.contains(where: { $0.name == workload.name }) {
            reasons.append("\(workload.name) would stop")
        }
        reasons += row.webhooks.map { "\($0) would refuse" }
        if let node = row.node {
            let blocked = blockedEvictions(on: node)
            if blocked > 0 { reasons.append("PodDisruptionBudgets keep \(blocked) of its pods from going") }
        }
        if row.podsWithoutRoom > 0 { reasons.append("\(row.podsWithoutRoom) of its pods have no room elsewhere") }
        let host = row.host.map { "ceph osd set-group noout \($0)" }
        let evict = row.node.map { "kubectl drain \($0) --ignore-daemonsets --delete-emptydir-data" }
        let back = [row.node.map { "kubectl uncordon \($0)" }, row.host.map { "ceph osd unset-group noout \($0)" }]
        let commands = [host, evict].compactMap { $0 } + ["# when it is back:"] + back.compactMap { $0 }
        return JointMatrix.Drain(reasons: reasons, commands: commands)
    }

    /// Pods of a node whose budget lets none go now.
    private func blockedEvictions(on node: String) -> Int {
        guard let view else { return 0 }
        let closed = (view.capture.podDisruptionBudgets ?? []).filter { $0.disruptionsAllowed == 0 }
        guard !closed.isEmpty else { return 0 }
        return view.members.filter { member in
            member.node == node && !member.isStatic && !member.owner.hasPrefix("DaemonSet ")
                && closed.contains { budget in
                    budget.metadata.namespace == member.key.namespace
                        && (budget.selector?.matches(member.labels) ?? false)
                }
        }.count
    }
}
