import Audit
import CRUSH
import ClusterState
import Foundation
import KubernetesModel
import LabSupport
import Resilience
import Testing
import Vocabulary

/// Faults are made in a real cluster: the audit finds each, and what it says mends it, typed as it is printed, does.
@Suite(.startsCeph, .timeLimit(.minutes(20))) struct FailureDomainAuditTests {
    @Test func `every fault is found, and its remedy takes the finding away`() async throws {
        var options = CephLab.Options()
        options.monitors = 3
        options.store = "bluestore"
        options.hasManager = true
        try await CephLab.with(options) { ceph in
            try await ceph.calm()
            try await expectHealthyVerdict(ceph)
            try await ruleByOSD(ceph)
            try await minimumIsSize(ceph)
            try await rackOfTwoHosts(ceph)
            try await monitorsOnOneHost(ceph)
        }
    }

    private func expectHealthyVerdict(_ ceph: CephLab) async throws {
        let result = try await ceph.audited()
        #expect(
            result.verdict.contains("any one host can be lost; no spare host for self-healing"), "\(result.verdict)")
        #expect(result.context.selfCheck.result == .confirmed, "\(result.context.selfCheck)")
    }

    private func ruleByOSD(_ ceph: CephLab) async throws {
        try await ceph.ceph(["osd", "crush", "rule", "create-replicated", "loose", "default", "osd"])
        try await ceph.ceph(["osd", "pool", "set", ceph.pool, "crush_rule", "loose"])
        // Copies that share a host break no promise of this rule: what is wrong is the rule.
        let found = try await ceph.findings(["P07"], of: "pool \(ceph.pool)")
        try await ceph.mend(found, expectingNone: ["P07"], of: "pool \(ceph.pool)")
    }

    private func minimumIsSize(_ ceph: CephLab) async throws {
        try await ceph.ceph(["osd", "pool", "set", ceph.pool, "min_size", "3"])
        let found = try await ceph.findings(["P04"], of: "pool \(ceph.pool)")
        try await ceph.mend(found, expectingNone: ["P04"], of: "pool \(ceph.pool)")
    }

    private func rackOfTwoHosts(_ ceph: CephLab) async throws {
        let crush = try await ceph.settled().osdMap.crush
        let racks = crush.buckets.compactMap { $0 }.filter { crush.typeNames[Int32($0.type)] == "rack" }
        let names = racks.compactMap { crush.itemNames[$0.id] }.filter { !$0.contains("~") }.sorted()
        try #require(names.count == 3)
        try await ceph.ceph(["osd", "crush", "rule", "create-replicated", "by-rack", "default", "rack"])
        try await ceph.ceph(["osd", "pool", "set", ceph.pool, "crush_rule", "by-rack"])
        try await ceph.ceph(["osd", "crush", "move", "host-1", "rack=\(names[0])"])
        let found = try await ceph.findings(["C12", "P05"])
        #expect(Set(found.map(\.check)) == ["C12", "P05"])
        try await ceph.mend(found.filter { $0.check == "C12" }, expectingNone: ["P05"])
        // By host the pool is whole again, but one rack still holds two of its three copies.
        let crowded = try await ceph.findings(["C12"], of: "pool \(ceph.pool)")
        try await ceph.mend(crowded, expectingNone: ["C12"])
    }

    private func monitorsOnOneHost(_ ceph: CephLab) async throws {
        for (monitor, host) in zip(["a", "b", "c"], ["host-0", "host-0", "host-1"]) {
            try await ceph.ceph(["mon", "set_location", monitor, "host=\(host)"])
        }
        let found = try await ceph.findings(["M02"])
        #expect(found.map(\.subject.description) == ["host host-0"])
        // What is printed starts a monitor on a host of its own; here all are on one machine, so its place is what moves.
        #expect(found.allSatisfy { !$0.remedy.isEmpty })
        try await ceph.ceph(["mon", "set_location", "b", "host=host-2"])
        _ = try await eventually("no majority on one host", deadline: .in(.seconds(60)), every: .seconds(1)) {
            try await ceph.audited().open.filter { $0.check == "M02" }
        } until: {
            $0.isEmpty
        }
    }
}

extension CephLab {
    /// Nothing but the test changes anything.
    fileprivate func calm() async throws {
        try await ceph(["balancer", "off"])
        for line in try await ceph(["osd", "pool", "ls"]).split(separator: "\n") {
            try await ceph(["osd", "pool", "set", String(line), "pg_autoscale_mode", "off"])
        }
    }

    /// What the audit says once every PG is in a state: a pool whose rule cannot be met is never clean.
    fileprivate func audited(once state: PGState = .active) async throws -> AuditResult {
        let capture = ClusterCapture(
            takenAt: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
            holdfastVersion: HoldfastVersion.current, ceph: try await settled(state))
        return await AuditRunner(today: "2026-01-01").run(capture, workers: 2)
    }

    /// The findings of some checks; fails if there are none.
    fileprivate func findings(_ checks: Set<String>, of subject: String? = nil) async throws -> [Finding] {
        let all = try await audited().open
        let found = all.filter { checks.contains($0.check) && (subject == nil || $0.subject.description == subject) }
        #expect(!found.isEmpty, "\(checks.sorted()) found nothing; there is \(all.map(\.key))")
        return found
    }

    /// Types every command of the findings, and waits until checks find nothing more.
    fileprivate func mend(_ findings: [Finding], expectingNone checks: Set<String>, of subject: String? = nil)
        async throws
    {
        let commands = findings.flatMap(\.remedy).filter { !$0.hasPrefix("#") }
        try #require(!commands.isEmpty, "\(findings.map(\.key)) says nothing that can be typed")
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            try #require(words.first == "ceph", "\(command) is no command of ceph")
            try await ceph(Array(words.dropFirst()))
        }
        _ = try await eventually("\(checks.sorted()) find nothing", deadline: .in(.seconds(120)), every: .seconds(1)) {
            try await audited().open.filter {
                checks.contains($0.check) && (subject == nil || $0.subject.description == subject)
            }.map(\.key)
        } until: {
            $0.isEmpty
        }
    }

    private func capture() async throws -> CephCapture {
        let file = URL(filePath: directory).appending(path: "osdmap-\(UUID().uuidString)")
        try await ceph(["osd", "getmap", "-o", file.path()])
        let bytes = [UInt8](try Data(contentsOf: file))
        try FileManager.default.removeItem(at: file)
        var capture = CephCapture(osdMap: try OSDMap(decoding: bytes), osdMapBytes: bytes)
        capture.pgs = try PGTable(pgDump: Array(try await ceph(["pg", "dump", "pgs", "-f", "json"]).utf8))
        capture.monitors = try MonitorMap(
            quorumStatus: Array(try await ceph(["quorum_status", "-f", "json"]).utf8), metadata: nil)
        return capture
    }

    fileprivate func settled(_ state: PGState = [.active, .clean]) async throws -> CephCapture {
        var latest = try await capture()
        _ = try await eventually("every PG \(state)", deadline: .in(.seconds(180)), every: .seconds(1)) {
            latest = try await capture()
            return (latest.pgs?.states ?? []).filter { !$0.isSuperset(of: state) }.map(\.description)
        } until: {
            $0.isEmpty
        }
        return latest
    }
}
