import CRUSH
import ClusterState
import StateFixtures
import Testing
import Vocabulary

@testable import Resilience

/// Planned changes: what moves, and what is refused.
@Suite struct PlannedChangeTests {
    private func snapshot() async -> PlacementSnapshot {
        var cluster = SyntheticCluster(racks: 4)
        cluster.pools = [
            .replicated("rbd", pgCount: 128), .erasure("ec", k: 2, m: 1, pgCount: 64, failureDomain: "rack"),
        ]
        cluster.pools[0].deviceClass = "ssd"
        return await PlacementSnapshot(of: CephCapture(osdMap: cluster.osdMap()), workers: 1)
    }

    @Test func `marking OSDs out is what their loss is once they are out`() async throws {
        let snapshot = await snapshot()
        let scenario = snapshot.domains.scenario(losing: [FailureDomain("host", "host-1")])
        let report = try await snapshot.report(of: .out(scenario.osds))
        let loss = snapshot.report(losing: scenario)
        #expect(report.total.remapped == loss.total.remapped)
        #expect(report.total.homeless == loss.total.homeless)
        #expect(report.total.copiesToMove == loss.total.copiesToMove)
        #expect(report.total.remapped.pgs > 0)
    }

    @Test func `marking an OSD in that is in does nothing`() async throws {
        let report = try await snapshot().report(of: .in([OSDID(0)]))
        #expect(report.total == LossCounts())
    }

    @Test func `a new host takes its share, from whom CRUSH says`() async throws {
        let snapshot = await snapshot()
        let new = PlannedChange.NewOSD(weight: .one, deviceClass: "ssd")
        let change = PlannedChange.addHost(name: "new", below: "rack-0", osds: 2, new)
        let map = try snapshot.map.applying(change)
        #expect(map.osdLimit == snapshot.map.osdLimit + 2)
        #expect(map.crush.bucket(ItemID(-1))?.weight.value == 10)
        let report = try await snapshot.report(of: change)
        #expect(report.total.remapped.pgs > 0)
        #expect(report.total.homeless.pgs == 0)
        // The shadow tree of the class has them, too: PGs of the pool by class come to them.
        let pool = try #require(map.pools[PoolID(1)])
        let placed = PoolMapper(map: map, pool: pool).mappings().flatMap(\.up)
        #expect(placed.contains { $0.value >= 8 })
    }

    @Test func `more copies than hosts leave PGs without a home`() async throws {
        let report = try await snapshot().report(of: .poolSize(pool: "rbd", size: 5, minSize: nil))
        #expect(report.pools[0].counts.homeless.pgs == 128)
        #expect(report.pools[0].counts.copiesToMove == 128)
        #expect(report.pools[1].counts == LossCounts())
    }

    @Test func `an upmap moves one copy`() async throws {
        let snapshot = await snapshot()
        let pool = try #require(snapshot.map.pools[PoolID(1)])
        let up = PoolMapper(map: snapshot.map, pool: pool).mappings()[5].up
        let free = try #require((0..<8).map { ItemID($0) }.first { !up.contains($0) })
        let move = OSDMap.UpmapItem(from: up[0], to: free)
        let report = try await snapshot.report(of: .upmap(PGID(pool: pool.id, seed: 5), [move]))
        #expect(report.total.remapped.pgs == 1 && report.total.copiesToMove == 1)
        #expect(report.total.misplaced.pgs == 1)
    }

    @Test func `a rule of another pool places PGs as it does there`() async throws {
        let snapshot = await snapshot()
        let report = try await snapshot.report(of: .rule(pool: "ec", rule: "ec-rule"))
        #expect(report.total == LossCounts())
        let other = try await snapshot.report(of: .rule(pool: "rbd", rule: "ec-rule"))
        #expect(other.total.remapped.pgs > 0)
    }

    @Test(arguments: [
        (PlannedChange.out([OSDID(99)]), PlannedChangeError.noOSD(OSDID(99))),
        (.reweight(OSDID(0), Weight(raw: 0x1_0001)), .outOfRange("the reweight", expected: "from 0 to 1")),
        (.rule(pool: "x", rule: "rbd-rule"), .noPool("x", known: ["rbd", "ec"])),
        (.rule(pool: "rbd", rule: "x"), .noRule("x", known: ["ec-rule", "rbd-rule"])),
        (.addHost(name: "host-0", below: "default", osds: 1, .init(weight: .one)), .nameTaken("host-0")),
        (.addHost(name: "new", below: "x", osds: 1, .init(weight: .one)), .noBucket("x")),
        (.addOSD(host: "x", osds: 1, .init(weight: .one)), .noBucket("x")),
        (.poolSize(pool: "rbd", size: 0, minSize: nil), .outOfRange("the size", expected: "from 1 to 10")),
        (.poolSize(pool: "rbd", size: 2, minSize: 3), .outOfRange("min_size", expected: "from 1 to the size, 2")),
        (.upmap(PGID(pool: PoolID(1), seed: 128), []), .noPG(PGID(pool: PoolID(1), seed: 128))),
    ])
    func `a change that does not fit is refused`(change: PlannedChange, error: PlannedChangeError) async {
        let snapshot = await snapshot()
        await #expect(throws: error) { try await snapshot.report(of: change) }
        #expect(!error.description.isEmpty)
    }
}
