import CRUSH
import ClusterState
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// Each check of the CRUSH map and of rules: what it is there for, and what only looks like it.
@Suite struct CrushCheckTests {
    @Test(arguments: CrushCase.all)
    func `is found, and its neighbour is not`(_ example: CrushCase) async throws {
        let found = try #require(await CrushCase.findings(example.check, example.trigger()))
        let finding = try #require(
            found.first { $0.subject.description == example.subject && $0.message.contains(example.says) },
            "\(found.map { "\($0.subject): \($0.message)" })")
        #expect(finding.severity == example.severity)
        #expect(finding.remedy.contains { $0.contains(example.remedy) }, "\(finding.remedy)")
        let beside = try #require(await CrushCase.findings(example.check, example.nearMiss()))
        #expect(beside.isEmpty, "\(beside.map { "\($0.subject): \($0.message)" })")
    }

    @Test func `every check has an example`() {
        #expect(Set(CrushCase.all.map(\.check)) == Set(CrushCase.checks.map(\.id)))
    }

    @Test func `a healthy cluster has no findings`() async throws {
        for check in CrushCase.checks {
            let found = try #require(await CrushCase.findings(check.id, mapped()))
            #expect(found.isEmpty, "\(check.id): \(found.map(\.message))")
        }
    }

    @Test func `many upmaps against the rule are one finding of their pool`() async throws {
        let capture = mapped(rackedCluster(racks: 4)) { map in
            for seed in 0..<UInt32(30) {
                let chosen = map.chosen(seed)
                map.upmapItems[PGID(pool: PoolID(1), seed: seed)] = [
                    .init(from: chosen[0], to: ItemID(chosen[1].value ^ 1))
                ]
            }
        }
        let found = try #require(await CrushCase.findings("C18", capture))
        #expect(found.map(\.subject.description) == ["pool rbd"])
        #expect(found.first?.message.contains("of 30 of 64 PGs") == true)
        #expect(found.first?.remedy.count == 30)
    }

    @Test func `the remedy of an idle part keeps the parts that act`() async throws {
        let capture = mapped(rackedCluster(racks: 5)) { map in
            let chosen = map.chosen(0)
            let free = (0..<Int32(10)).first { osd in !chosen.contains { $0.value / 2 == osd / 2 } } ?? 0
            map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [
                .init(from: chosen[0], to: ItemID(free)),
                .init(from: ItemID(chosen[1].value ^ 1), to: ItemID(free ^ 1)),
            ]
        }
        let pair = try #require(capture.osdMap.upmapItems[PGID(pool: PoolID(1), seed: 0)]?.first)
        let found = try #require(await CrushCase.findings("C19", capture)?.first)
        #expect(found.remedy == ["ceph osd pg-upmap-items 1.0 \(pair.from) \(pair.to)"])
    }

    @Test func `removing the upmap makes the finding go away`() async throws {
        var capture = upmapToNeighbour()
        let found = try #require(await CrushCase.findings("C18", capture)?.first)
        #expect(found.remedy == ["ceph osd rm-pg-upmap-items 1.0"])
        capture.osdMap.upmapItems = [:]
        #expect(await CrushCase.findings("C18", capture)?.isEmpty == true)
    }
}

/// A PG of which two copies are on one host.
func upmapToNeighbour() -> CephCapture {
    mapped { map in
        let chosen = map.chosen(0)
        map.upmapItems[PGID(pool: PoolID(1), seed: 0)] = [.init(from: chosen[0], to: ItemID(chosen[1].value ^ 1))]
    }
}
