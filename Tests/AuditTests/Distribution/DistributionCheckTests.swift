import CRUSH
import ClusterState
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// Each check of distribution on a cluster that has what it looks for, and on one that nearly has.
@Suite struct DistributionCheckTests {
    @Test(arguments: DistributionCase.all)
    func `a check finds what it looks for, and nothing in a near miss`(_ example: CephCase) async throws {
        try await example.verify()
    }

    @Test func `every check of distribution has an example`() {
        #expect(Set(DistributionCase.all.map(\.check)) == Set(DistributionChecks.all.map(\.id)))
    }

    @Test func `taking the upmap away mends a PG with two copies on one host`() async throws {
        var capture = DistributionCase.upmapped(besideFirst: true)
        let finding = try #require(try await CephCase.found("D01", in: capture).first)
        #expect(finding.subject.description == "pool rbd")
        #expect(finding.remedy == ["ceph osd rm-pg-upmap-items 1.0"])
        #expect(finding.evidence.first?.name == "pg 1.0")
        capture.ceph?.osdMap.upmapItems = [:]
        #expect(try await CephCase.found("D01", in: capture).isEmpty)
    }

    @Test func `the move that is advised mends a PG that the rule itself crowds`() async throws {
        var capture = DistributionCase.twoTakes()
        var moved = 0
        let finding = try #require(try await CephCase.found("D01", in: capture).first)
        for command in finding.remedy where command.hasPrefix("ceph osd pg-upmap-items") {
            let words = command.split(separator: " ")
            let pg = try #require(PGID(words[3]))
            let from = try #require(Int32(words[4]))
            let to = try #require(Int32(words[5]))
            capture.ceph?.osdMap.upmapItems[pg] = [.init(from: ItemID(from), to: ItemID(to))]
            moved += 1
        }
        #expect(moved > 0)
        #expect(try await CephCase.found("D01", in: capture).isEmpty)
    }

    /// Four fifths are full after the loss, more or less.
    @Test(
        arguments: [
            (0.97, 0.98, 0.99, nil), (0.7, 0.98, 0.99, Severity.warning), (0.6, 0.7, 0.99, .warning),
            (0.5, 0.6, 0.7, .critical),
        ] as [(Float, Float, Float, Severity?)])
    func `overfilling is as bad as the ratio that is crossed`(
        near: Float, backfill: Float, full: Float, severity: Severity?
    ) async throws {
        var capture = DistributionCase.filled(to: 0.6)
        capture.ceph?.osdMap.nearFullRatio = near
        capture.ceph?.osdMap.backfillFullRatio = backfill
        capture.ceph?.osdMap.fullRatio = full
        let found = try await CephCase.found("D04", in: capture)
        #expect(found.first?.severity == severity, "\(found.map(\.message))")
    }

    /// OSDMonitor::can_mark_out: an OSD is marked out while the share that is in before it is not below the ratio.
    @Test(arguments: [(2, nil), (4, nil), (5, 4), (8, 7)] as [(Int, Int?)])
    func `marking stops where the monitors stop`(osdsPerHost: Int, marked: Int?) async throws {
        let cluster = SyntheticCluster(racks: 3, osdsPerHost: osdsPerHost)
        let finding = try await CephCase.found("D11", in: cluster.capture()).first
        #expect(finding.map { $0.message.contains("only \(marked ?? 0) are marked out") } == marked.map { _ in true })
        if marked != nil {
            var eased = cluster.capture()
            let words = try #require(finding?.remedy.last?.split(separator: " "))
            eased.ceph?.configuration.central = [
                .init(section: "mon", name: "mon_osd_min_in_ratio", value: String(words[5]))
            ]
            #expect(try await CephCase.found("D11", in: eased).isEmpty)
        }
    }

    @Test func `pgs that do not serve are critical`() async throws {
        let capture = DistributionCase.rows { $0.state = [.down] }
        #expect(try await CephCase.found("D03", in: capture).first?.severity == .critical)
    }

    @Test func `a paused cluster is critical, and the flag is unset once`() async throws {
        let capture = DistributionCase.map { $0.flags.formUnion([.pauseRead, .pauseWrite]) }
        let finding = try #require(try await CephCase.found("D09", in: capture).first)
        #expect(finding.severity == .critical)
        #expect(finding.remedy == ["ceph osd unset pause"])
    }

    @Test func `the weight that is advised gives a host its part`() async throws {
        let capture = DistributionCase.heavyHost(1.5)
        let finding = try #require(try await CephCase.found("D13", in: capture).first)
        #expect(finding.subject.description == "host host-0")
        #expect(finding.remedy.last == "ceph osd crush reweight-subtree host-0 1.0")
    }
}
