import CRUSH
import ClusterState
import Vocabulary

extension LossReport {
    /// The report of a scenario whose PGs have been counted.
    init(_ scenario: LossScenario, _ tally: LossTally, in snapshot: PlacementSnapshot) {
        var isLost = [Bool](repeating: false, count: snapshot.osds.exists.count)
        for osd in scenario.osds where isLost.indices.contains(Int(osd.value)) { isLost[Int(osd.value)] = true }
        self.init(
            scenario: scenario,
            pools: zip(snapshot.pools, tally.counts).map { placement, counts in
                PoolLoss(pool: placement.pool.id, name: placement.pool.name, counts: counts)
            },
            total: tally.counts.reduce(into: LossCounts()) { $0.add($1) },
            load: OSDLoad(tally, on: snapshot.osds, without: isLost),
            quorum: snapshot.capture.monitors.map { QuorumLoss($0, losing: scenario) },
            recovery: RecoveryEstimate(tally, on: snapshot.osds))
    }
}

extension OSDLoad {
    /// The load of the OSDs that are not lost once PGs have moved.
    init(_ tally: LossTally, on osds: OSDBaseline, without isLost: [Bool]) {
        self.init()
        var fullest = (osd: -1, fill: -1.0)
        var most = (osd: -1, pgs: -1)
        for osd in osds.exists.indices where osds.exists[osd] && !isLost[osd] {
            let pgs = osds.pgs[osd] + tally.pgs[osd]
            if pgs > most.pgs { most = (osd, pgs) }
            if pgs > osds.pgLimit { abovePGLimit.append(PGCount(osd: OSDID(Int32(osd)), pgs: pgs)) }
            guard osds.total[osd] > 0 else { continue }
            let used = max(0, osds.used[osd] + tally.arriving[osd] - tally.leaving[osd])
            let fill = Double(used) / Double(osds.total[osd])
            if fill > fullest.fill { fullest = (osd, fill) }
            guard osds.ratios.near > 0, fill >= osds.ratios.near else { continue }
            aboveNearFull.append(Fill(osd: OSDID(Int32(osd)), fill: fill))
        }
        if fullest.osd >= 0 { self.fullest = Fill(osd: OSDID(Int32(fullest.osd)), fill: fullest.fill) }
        if most.osd >= 0 { mostPGs = PGCount(osd: OSDID(Int32(most.osd)), pgs: most.pgs) }
        aboveNearFull.sort { ($1.fill, $0.osd) < ($0.fill, $1.osd) }
        abovePGLimit.sort { ($1.pgs, $0.osd) < ($0.pgs, $1.osd) }
        aboveBackfillFull = aboveNearFull.filter { osds.ratios.backfill > 0 && $0.fill >= osds.ratios.backfill }
        aboveFull = aboveNearFull.filter { osds.ratios.full > 0 && $0.fill >= osds.ratios.full }
    }
}

extension QuorumLoss {
    /// The monitors that are left: a monitor is lost with its machine, by its node, its host name, or its own place in the
    /// CRUSH tree.
    init(_ map: MonitorMap, losing scenario: LossScenario) {
        let hosts = Set(scenario.hosts)
        let lost = map.monitors.filter { monitor in
            let machines = [monitor.pod?.node, monitor.hostname, monitor.crushLocation["host"]].compactMap { $0 }
            return machines.contains { hosts.contains($0) || hosts.contains(Self.shortName($0)) }
                || scenario.domains.contains { monitor.crushLocation[$0.type] == $0.name }
        }
        let gone = Set(lost.map(\.name))
        self.init(
            monitors: map.monitors.count,
            left: map.monitors.count { $0.isInQuorum && !gone.contains($0.name) }, needed: map.quorumSize,
            lost: lost.map(\.name),
            unplaced: map.monitors.filter { $0.hostname == nil && $0.pod?.node == nil && $0.crushLocation.isEmpty }
                .map(\.name))
    }

    /// A host name without its domain: CRUSH hosts are named so.
    private static func shortName(_ name: String) -> String {
        String(name.prefix { $0 != "." })
    }
}

extension RecoveryEstimate {
    /// How long the OSDs take to write what comes to them.
    init(_ tally: LossTally, on osds: OSDBaseline) {
        var slowest = (osd: -1, seconds: 0.0)
        for osd in tally.arriving.indices where tally.arriving[osd] > 0 && osds.rates[osd] > 0 {
            let seconds = Double(tally.arriving[osd]) / osds.rates[osd]
            if seconds > slowest.seconds { slowest = (osd, seconds) }
        }
        self.init(bytes: ByteCount(UInt64(clamping: tally.arriving.reduce(0, +))))
        guard slowest.osd >= 0 else { return }
        self.slowest = OSDID(Int32(slowest.osd))
        duration = .seconds(slowest.seconds.rounded(.up))
    }
}
