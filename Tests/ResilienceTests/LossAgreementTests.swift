import CRUSH
import ClusterState
import TestSupport
import Testing
import Vocabulary

@testable import Resilience

/// What is computed from the PGs that a loss touches is what is computed from all PGs.
@Suite struct LossAgreementTests {
    static let seeds: [UInt64] = (1...60).map { $0 }

    @Test(arguments: seeds)
    func `each domain of each type, computed together, is what all PGs come to`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let capture = RandomCluster.capture(&random)
        let snapshot = await PlacementSnapshot(of: capture, workers: 2)
        for type in snapshot.domains.types {
            let reports = await snapshot.reports(each: type, workers: 2)
            #expect(reports.count == snapshot.domains.all(type).count)
            for report in reports { expect(report, agreesWith: capture, in: snapshot, seed) }
        }
    }

    @Test(arguments: seeds)
    func `each pair of domains is what all PGs come to`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed &+ 1000)
        let capture = RandomCluster.capture(&random)
        let snapshot = await PlacementSnapshot(of: capture, workers: 2)
        for type in ["host", "rack"] {
            let reports = await snapshot.reports(pairs: type, workers: 2)
            let count = snapshot.domains.all(type).count
            #expect(reports.count == count * (count - 1) / 2)
            for report in reports { expect(report, agreesWith: capture, in: snapshot, seed) }
        }
    }

    @Test(arguments: seeds)
    func `a loss of unlike domains is what all PGs come to`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed &+ 2000)
        let capture = RandomCluster.capture(&random)
        let snapshot = await PlacementSnapshot(of: capture, workers: 2)
        let all = snapshot.domains.types.flatMap { snapshot.domains.all($0) }
        for _ in 0..<4 {
            let chosen = (0..<3).compactMap { _ in all.randomElement(using: &random) }
            let report = snapshot.report(losing: snapshot.domains.scenario(losing: Array(Set(chosen)).sorted()))
            expect(report, agreesWith: capture, in: snapshot, seed)
        }
    }

    private func expect(
        _ report: LossReport, agreesWith capture: CephCapture, in snapshot: PlacementSnapshot, _ seed: UInt64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let full = FullLoss(capture: capture, scenario: report.scenario)
        let counts = full.counts()
        let comment: Comment = "seed \(seed), losing \(report.scenario)"
        for pool in report.pools {
            #expect(pool.counts == counts[pool.pool], comment, sourceLocation: sourceLocation)
        }
        let total = counts.values.reduce(into: LossCounts()) { $0.add($1) }
        #expect(report.total == total, comment, sourceLocation: sourceLocation)
        let load = full.load()
        let gone = Set(report.scenario.osds)
        let left = capture.osdMap.states.existing.filter { !gone.contains($0) }
        #expect(report.load.mostPGs?.pgs == left.map { load.pgs[$0.value] ?? 0 }.max(), comment)
        let totals = Dictionary(uniqueKeysWithValues: (capture.osdUsage ?? []).map { ($0.osd, $0.total.bytes) })
        let fills = left.filter { totals[$0, default: 0] > 0 }.map { osd in
            OSDLoad.Fill(
                osd: osd, fill: Double(max(0, load.used[osd.value] ?? 0)) / Double(totals[osd, default: 1]))
        }
        #expect(report.load.fullest?.fill == fills.map(\.fill).max(), comment, sourceLocation: sourceLocation)
        for (over, ratio) in [
            (report.load.aboveNearFull, capture.osdMap.nearFullRatio),
            (report.load.aboveBackfillFull, capture.osdMap.backfillFullRatio),
            (report.load.aboveFull, capture.osdMap.fullRatio),
        ] {
            #expect(
                Set(over) == Set(fills.filter { $0.fill >= Double(ratio) }), comment, sourceLocation: sourceLocation)
        }
        let written = load.written.filter { $0.value > 0 }
        #expect(report.recovery.bytes.bytes == UInt64(written.values.reduce(0, +)), comment)
        #expect((report.recovery.slowest == nil) == written.isEmpty, comment)
    }
}
