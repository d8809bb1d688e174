import CRUSH
import ClusterState
import Foundation
import LabSupport
import Resilience
import Testing
import Vocabulary

/// What is predicted of a loss is what happens: hosts of a real cluster are killed, first down, then out.
@Suite(.startsCeph, .timeLimit(.minutes(20))) struct HostLossTests {
    @Test func `each host in turn is lost, and every PG goes where it was predicted to go`() async throws {
        var options = CephLab.Options()
        options.hosts = 5
        options.store = "bluestore"
        options.hasManager = true
        try await CephLab.with(options) { ceph in
            try await ceph.makePools()
            for host in 0..<5 { try await lose(host, of: ceph) }
        }
    }

    private func lose(_ host: Int, of ceph: CephLab) async throws {
        let whole = try await ceph.settled()
        let snapshot = await PlacementSnapshot(of: whole, workers: 2)
        let names = snapshot.domains.all("host")
        try #require(names.count == 5)
        let scenario = snapshot.domains.scenario(losing: [names[host]])
        try #require(scenario.osds.count == 2)

        for osd in scenario.osds { try await ceph.fault(.kill, "\(osd)") }
        for osd in scenario.osds { try await ceph.ceph(["osd", "down", "\(osd)"]) }
        try await ceph.expect(snapshot.predictions(losing: scenario, in: .down), "\(scenario) down")
        try await expectCounts(snapshot.report(losing: scenario), on: ceph)

        for osd in scenario.osds { try await ceph.ceph(["osd", "out", "\(osd)"]) }
        try await ceph.expect(snapshot.predictions(losing: scenario, in: .out), "\(scenario) out")

        for osd in scenario.osds { try await ceph.fault(.revive, "\(osd)") }
        for osd in scenario.osds { try await ceph.ceph(["osd", "in", "\(osd)"]) }
    }

    /// The figures of the report are those of the real PGs.
    private func expectCounts(_ report: LossReport, on ceph: CephLab) async throws {
        let table = try #require(try await ceph.capture().pgs)
        let undersized = table.states.count { $0.contains(.undersized) }
        let stopped = table.states.count { !$0.contains(.active) }
        #expect(report.total.degraded.pgs == undersized)
        #expect(report.total.belowMinSize.pgs == stopped)
        #expect(report.total.lost.pgs == 0)
        // Two data shards and a coding one: min_size is 2 by Ceph's default, so that nothing stops.
        #expect(stopped == 0)
    }
}

extension CephLab {
    /// A pool of three copies, and one of two data shards and a coding shard, with objects in every PG.
    fileprivate func makePools() async throws {
        try await ceph(["balancer", "off"])
        try await ceph(["config", "set", "global", "mon_osd_down_out_interval", "0"])
        try await ceph(["config", "set", "osd", "osd_recovery_sleep_hdd", "0"])
        try await ceph(["osd", "erasure-code-profile", "set", "two-one", "k=2", "m=1", "crush-failure-domain=host"])
        try await ceph(["osd", "pool", "create", "copies", "32", "32"])
        try await ceph(["osd", "pool", "create", "shards", "32", "32", "erasure", "two-one"])
        for line in try await ceph(["osd", "pool", "ls"]).split(separator: "\n") {
            try await ceph(["osd", "pool", "set", String(line), "pg_autoscale_mode", "off"])
        }
        for pool in ["copies", "shards"] {
            try await ceph(["osd", "pool", "application", "enable", pool, "test"])
            try await rados(["-p", pool, "bench", "5", "write", "-b", "4096", "-t", "16", "--no-cleanup"])
        }
    }

    /// The map and the PGs of this moment.
    fileprivate func capture() async throws -> CephCapture {
        let file = URL(filePath: directory).appending(path: "osdmap-\(UUID().uuidString)")
        try await ceph(["osd", "getmap", "-o", file.path()])
        let bytes = [UInt8](try Data(contentsOf: file))
        try FileManager.default.removeItem(at: file)
        var capture = CephCapture(osdMap: try OSDMap(decoding: bytes), osdMapBytes: bytes)
        capture.pgs = try PGTable(pgDump: Array(try await ceph(["pg", "dump", "pgs", "-f", "json"]).utf8))
        return capture
    }

    /// The map and the PGs once every PG is clean, and every PG of the two pools has objects.
    fileprivate func settled() async throws -> CephCapture {
        var latest = try await capture()
        try await eventually("every PG clean and in use", deadline: .in(.seconds(180)), every: .seconds(1)) {
            latest = try await capture()
            let table = latest.pgs ?? PGTable()
            let used = latest.osdMap.pools.values.filter { ["copies", "shards"].contains($0.name) }.map(\.id)
            return (0..<table.count).compactMap { row -> String? in
                let isUsed = !used.contains(table.pools[row]) || table.objects[row] > 0
                let isClean = table.states[row].isSuperset(of: [.active, .clean])
                return isClean && isUsed ? nil : "\(table.id(row)) \(table.states[row])"
            }
        } until: {
            $0.isEmpty
        }
        return latest
    }

    /// Waits until every PG is where it was predicted to be, in the state that was predicted.
    fileprivate func expect(_ predictions: [PGPrediction], _ what: String) async throws {
        let known: PGState = [.active, .peered, .down, .stale, .clean, .undersized, .degraded, .remapped]
        _ = try await eventually("\(what): every PG as predicted", deadline: .in(.seconds(180)), every: .seconds(1)) {
            let table = try await capture().pgs ?? PGTable()
            return predictions.compactMap { prediction -> String? in
                guard let row = table.row(of: prediction.id).map({ table[$0] }) else {
                    return "\(prediction.id) is gone"
                }
                let up = prediction.mapping.up.map(\.value)
                let acting = prediction.mapping.acting.map(\.value)
                guard row.up == up, row.acting == acting, row.state.intersection(known) == prediction.state else {
                    return "\(row.id) is \(row.state) up \(row.up) acting \(row.acting), not \(prediction.state) "
                        + "up \(up) acting \(acting)"
                }
                return nil
            }
        } until: {
            $0.isEmpty
        }
    }
}
