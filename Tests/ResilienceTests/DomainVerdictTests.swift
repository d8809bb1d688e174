import CRUSH
import ClusterState
import StateFixtures
import Testing
import Vocabulary

@testable import Resilience

/// The sentences that operators read first.
@Suite struct DomainVerdictTests {
    static let cases: [(String, SyntheticCluster, type: String, verdict: String)] = [
        (
            "three hosts, three copies", cluster(racks: 3), "host",
            "any one host can be lost; no spare host for self-healing"
        ),
        ("three hosts, one OSD", cluster(racks: 3), "osd", "any one osd can be lost; the cluster heals itself"),
        ("five hosts", cluster(racks: 5), "host", "any one host can be lost; the cluster heals itself"),
        (
            "min_size is size", cluster(racks: 3, .replicated("rbd", minSize: 3, pgCount: 64)), "host",
            "I/O or the monitors stop with any one host; no spare host for self-healing"
        ),
        (
            "one copy", cluster(racks: 3, .replicated("rbd", size: 1, minSize: 1, pgCount: 64)), "host",
            "data are lost with any one host"
        ),
        (
            "shards without a margin", cluster(racks: 5, .erasure("ec", k: 4, m: 1, pgCount: 64)), "host",
            "I/O or the monitors stop with any one host; no spare host for self-healing"
        ),
    ]

    static func cluster(
        racks: Int, _ pool: SyntheticCluster.PoolSpec = .replicated("rbd", pgCount: 64)
    ) -> SyntheticCluster {
        var cluster = SyntheticCluster(racks: racks)
        cluster.pools = [pool]
        return cluster
    }

    /// The capture of a cluster whose PGs are where CRUSH puts them.
    static func mapped(_ cluster: SyntheticCluster) -> CephCapture {
        var capture = cluster.cephCapture()
        capture.pgs = nil
        return capture
    }

    @Test(arguments: cases.indices)
    func `a verdict says what can be lost and what heals`(index: Int) async throws {
        let (name, cluster, type, verdict) = Self.cases[index]
        let snapshot = await PlacementSnapshot(of: Self.mapped(cluster), workers: 1)
        let matrix = await LossMatrix(of: snapshot, workers: 1)
        let level = try #require(matrix.level(type))
        #expect(level.verdict.description == verdict, "\(name)")
        #expect(level.reports.count == snapshot.domains.all(type).count)
    }

    @Test func `two hosts in one rack stop what is spread over hosts`() async throws {
        var cluster = Self.cluster(racks: 2)
        cluster.hostsPerRack = 2
        let snapshot = await PlacementSnapshot(of: Self.mapped(cluster), workers: 1)
        let matrix = await LossMatrix(of: snapshot, workers: 1)
        let racks = try #require(matrix.level("rack"))
        #expect(!racks.verdict.anyCanBeLost)
        #expect(racks.verdict.stopping.count == 2)
        #expect(racks.worst?.total.lost.pgs == 0)
        #expect(matrix.level("host")?.verdict.anyCanBeLost == true)
    }

    @Test func `a monitor majority on one host stops the cluster with it`() async throws {
        var capture = Self.mapped(Self.cluster(racks: 3))
        let monitors = capture.monitors?.monitors.indices ?? 0..<0
        for index in monitors.prefix(2) { capture.monitors?.monitors[index].hostname = "host-0" }
        let snapshot = await PlacementSnapshot(of: capture, workers: 1)
        let level = LossMatrix.Level(type: "host", reports: await snapshot.reports(each: "host", workers: 1))
        #expect(level.verdict.stopping == [FailureDomain("host", "host-0")])
        let quorum = try #require(level.report(of: "host-0")?.quorum)
        #expect(quorum.left == 1 && quorum.needed == 2 && !quorum.holds && quorum.lost.count == 2)
        #expect(level.verdict.description.hasPrefix("I/O or the monitors stop with host host-0"))
    }

    @Test func `two copies on one host by an upmap stop with it`() async throws {
        var map = Self.cluster(racks: 3, .replicated("rbd", pgCount: 8)).osdMap()
        let pool = try #require(map.pools[PoolID(1)])
        let up = PoolMapper(map: map, pool: pool).mappings()[0].up
        let neighbour = ItemID(up[0].value ^ 1)
        map.upmapItems[PGID(pool: pool.id, seed: 0)] = [OSDMap.UpmapItem(from: up[1], to: neighbour)]
        let snapshot = await PlacementSnapshot(of: CephCapture(osdMap: map), workers: 1)
        let verdict = DomainVerdict(type: "host", reports: await snapshot.reports(each: "host", workers: 1))
        #expect(verdict.stopping == [FailureDomain("host", "host-\(up[0].value / 2)")])
    }

    @Test func `an OSD that recovery fills too far is named`() async throws {
        var cluster = Self.cluster(racks: 4, .replicated("rbd", pgCount: 64))
        cluster.pools[0].bytesPerPG = 10 << 30
        cluster.fill = { _ in 0.88 }
        let snapshot = await PlacementSnapshot(of: Self.mapped(cluster), workers: 1)
        let reports = await snapshot.reports(each: "host", workers: 1)
        let verdict = DomainVerdict(type: "host", reports: reports)
        #expect(verdict.overfilling.count == 4)
        #expect(verdict.description.contains("recovery overfills OSDs after the loss of any one host"))
        #expect(reports.allSatisfy { $0.isSurvived && !$0.heals && ($0.load.fullest?.fill ?? 0) > 0.9 })
    }
}
