import ClusterState
import Resilience
import StateFixtures
import Testing

@testable import Audit

/// What is accepted, what is skipped, and what is said first.
@Suite struct AuditRunnerTests {
    private static let healthy = SyntheticCluster()

    @Test func `three hosts with three copies lose any one host and have none to spare`() async {
        let result = await AuditRunner(profile: .threeNode, today: "2026-01-01").run(Self.healthy.capture(), workers: 2)
        #expect(
            result.verdict.contains("any one host can be lost; no spare host for self-healing"), "\(result.verdict)")
    }

    @Test func `a profile accepts openly and with a reason`() async throws {
        let result = await AuditRunner(profile: .threeNode, today: "2026-01-01").run(Self.healthy.capture(), workers: 2)
        let finding = try #require(result.accepted.first { $0.check == "P06" })
        #expect(finding.acceptance?.source == "profile three-node")
        #expect(!result.open.contains { $0.check == "P06" })
        let strict = await AuditRunner(today: "2026-01-01").run(Self.healthy.capture(), workers: 2)
        #expect(strict.open.contains { $0.check == "P06" })
    }

    @Test(
        arguments: [
            ("P06", "pool rbd", nil, true), ("P06", "*", nil, true), ("P06", "pool rbd", "2026-01-01", true),
            ("P06", "pool rbd", "2025-12-31", false), ("P06", "pool images", nil, false),
            ("P05", "pool rbd", nil, false),
        ] as [(String, String, String?, Bool)])
    func `a baseline accepts what it names until its day has passed`(
        check: String, subject: String, until: String?, accepts: Bool
    ) async {
        let entry = Baseline.Entry(check: check, subject: subject, reason: "known", until: until)
        let runner = AuditRunner(baseline: Baseline(name: "b.yaml", entries: [entry]), today: "2026-01-01")
        let result = await runner.run(Self.healthy.capture(), workers: 2)
        #expect(result.accepted.contains { $0.check == "P06" && $0.acceptance?.source == "baseline b.yaml" } == accepts)
    }

    @Test func `what a check cannot do without is named`() async throws {
        var capture = Self.healthy.capture()
        capture.ceph?.monitors = nil
        let result = await AuditRunner(today: "2026-01-01").run(capture, workers: 2)
        let skipped = try #require(result.skipped.first { $0.check == "M02" })
        #expect(skipped.why.contains("monitors"))
        #expect(!result.findings.contains { $0.check == "M02" })
    }

    @Test func `the worst comes first`() async {
        var cluster = Self.healthy
        cluster.pools = [.replicated("rbd", size: 3, minSize: 3, pgCount: 32)]
        let result = await AuditRunner(today: "2026-01-01").run(cluster.capture(), workers: 2)
        #expect(result.worst == .critical)
        #expect(zip(result.findings, result.findings.dropFirst()).allSatisfy { $0.severity >= $1.severity })
        #expect(result.findings.contains { $0.check == "P04" })
    }

    @Test func `every id is there once, and is found in any case`() {
        let ids = Catalogue.checks.map(\.id)
        #expect(Set(ids).count == ids.count, "\(ids.filter { id in ids.count { $0 == id } > 1 })")
        #expect(Catalogue.check("p04")?.id == "P04")
        #expect(Catalogue.check("P99") == nil)
    }

    @Test func `profiles accept checks that there are`() {
        for profile in Profile.allCases {
            for id in profile.accepted.keys { #expect(Catalogue.check(id) != nil, "\(profile.rawValue) accepts \(id)") }
        }
    }
}
