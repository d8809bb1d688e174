import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

/// `holdfast state`, as a process, on a real Ceph cluster.
@Suite(.startsCeph, .timeLimit(.minutes(5))) struct StateTests {
    @Test func aCaptureHoldsWhatTheClusterIs() async throws {
        try await StateDesk.with { desk in
            let file = desk.path("state.tar.gz")
            let taken = try await desk.state(["capture", "-o", file])
            try #require(taken.status == 0, "\(taken.error)")
            #expect(taken.output.isEmpty, "stdout is the answer, and the answer is the file")
            #expect(!taken.error.contains("could not be read"), "\(taken.error)")
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)

            let shown = try await desk.summary([file], live: false)
            let dump = try JSONObject(json: try await desk.ceph.ceph(["osd", "dump", "-f", "json"]))
            let pools = dump["pools"]?.arrayValue ?? []
            let pgs = pools.compactMap { $0["pg_num"]?.integerValue }.reduce(0, +)
            #expect(shown["ceph", "fsid"] == .string(desk.ceph.fsid))
            #expect(shown["ceph", "epoch"] == dump["epoch"])
            let names = [16: "pacific", 18: "reef", 20: "tentacle"]
            #expect(shown["ceph", "release"]?.stringValue == names[StateDesk.release])
            #expect(shown["ceph", "osds"] == 6 && shown["ceph", "osdsUp"] == 6 && shown["ceph", "hosts"] == 3)
            #expect(shown["ceph", "pools"]?.integerValue == Int64(pools.count))
            #expect(shown["ceph", "pgs"]?.integerValue == pgs && pgs >= 32)
            #expect(shown["ceph", "pgStates", "active+clean"]?.integerValue == pgs)
            #expect(shown["ceph", "monitors"] == 1 && shown["ceph", "managers"] == 1)
            #expect(shown["ceph", "consistent"] == true)
            #expect(MissingReport.all(in: shown).isEmpty)
            #expect(shown["kubernetes"] == nil)

            try await expectMembers(of: file, at: dump, on: desk)

            let live = try await desk.summary([])
            #expect(Self.timeless(live) == Self.timeless(shown), "the cluster and its file give the same answer")
        }
    }

    private static func timeless(_ summary: JSONObject) -> JSONObject {
        var summary = summary
        summary["taken"] = nil
        return summary
    }

    /// The file's members are Ceph's own: its tool reads the map, and the map is byte for byte the cluster's.
    private func expectMembers(of file: String, at dump: JSONObject, on desk: StateDesk) async throws {
        try await Command(["tar", "-xzf", file, "-C", desk.folder.path]).run()
        let printed = try await Command(["osdmaptool", desk.path("ceph/osdmap.bin"), "--print"]).run()
        #expect(printed.contains("fsid \(desk.ceph.fsid)"))
        let epoch = dump["epoch"]?.integerValue ?? 0
        try await desk.ceph.ceph(["osd", "getmap", "\(epoch)", "-o", desk.path("own.bin")])
        #expect(
            try Data(contentsOf: desk.folder.appending(path: "ceph/osdmap.bin"))
                == Data(contentsOf: desk.folder.appending(path: "own.bin")))
        let osds = try Data(contentsOf: desk.folder.appending(path: "ceph/osd-metadata.json"))
        #expect(try JSONValue(json: Array(osds)).arrayValue?.count == 6)
    }

    @Test func aRedactedCaptureNamesNobody() async throws {
        try await StateDesk.with { desk in
            try await desk.ceph.ceph(["osd", "pool", "create", "acme-images", "8"])
            let file = desk.path("state.tar.gz")
            let taken = try await desk.state(["capture", "-o", file, "--redact"])
            try #require(taken.status == 0, "\(taken.error)")
            try await Command(["tar", "-xzf", file, "-C", desk.folder.path]).run()
            for secret in ["acme", "127.0.0.1", desk.ceph.fsid, "rack-0=", ProcessInfo.processInfo.hostName] {
                let found = try await Command(["grep", "-rqF", secret, desk.path("ceph"), desk.path("manifest.json")])
                    .result()
                #expect(found.status == 1, "\(secret)")
            }
            let printed = try await Command(["osdmaptool", desk.path("ceph/osdmap.bin"), "--print"]).run()
            #expect(printed.contains("max_osd 6") && printed.contains("pool-1"))
            #expect(try await desk.summary([file], live: false)["redacted"] == true)
        }
    }

    /// The capabilities of docs/state.md are enough, and each is needed: without it the capture is taken all the same,
    /// and says which one is missing.
    @Test func theDocumentedCapabilitiesAreEnoughAndEachIsNeeded() async throws {
        let documented = try DocumentedCapabilities()
        try #require(documented.mon.count == 7 && documented.mgr.count == 4 && documented.parts.count == 16)
        try await StateDesk.with { desk in
            try await desk.setCapabilities(mon: documented.mon, mgr: documented.mgr)
            #expect(MissingReport.all(in: try await desk.summary(desk.asUser)).isEmpty)
            for capability in documented.mon where capability != "allow command \"osd getmap\"" {
                try await desk.setCapabilities(mon: documented.mon.filter { $0 != capability }, mgr: documented.mgr)
                try await expectMissing(documented.missing(without: capability, of: "mon"), on: desk)
            }
            for capability in documented.mgr {
                try await desk.setCapabilities(mon: documented.mon, mgr: documented.mgr.filter { $0 != capability })
                try await expectMissing(documented.missing(without: capability, of: "mgr"), on: desk)
            }
            try await desk.setCapabilities(mon: documented.mon, mgr: [])
            let all = documented.mgr.reduce(into: Set<MissingReport>()) {
                $0.formUnion(documented.missing(without: $1, of: "mgr"))
            }
            try await expectMissing(all, on: desk)
        }
    }

    private func expectMissing(_ missing: Set<MissingReport>, on desk: StateDesk) async throws {
        try #require(!missing.isEmpty)
        let clock = ContinuousClock()
        let start = clock.now
        let summary = try await desk.summary(desk.asUser)
        #expect(MissingReport.all(in: summary) == missing)
        #expect(clock.now - start < .seconds(20), "a refusal is told at once")
    }

    @Test func withoutTheMapThereIsNoCapture() async throws {
        let documented = try DocumentedCapabilities()
        try await StateDesk.with { desk in
            let map = "allow command \"osd getmap\""
            try await desk.setCapabilities(mon: documented.mon.filter { $0 != map }, mgr: documented.mgr)
            let file = desk.path("state.tar.gz")
            let taken = try await desk.state(["capture", "-o", file] + desk.asUser)
            #expect(taken.status == 5)
            #expect(taken.error.contains("add to the client's caps: mon '\(map)'"), "\(taken.error)")
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func aManagerThatIsSilentEndsWithTheTimeLimit() async throws {
        try await StateDesk.with { desk in
            try await desk.ceph.fault(.freeze, "mgr.x")
            let clock = ContinuousClock()
            let start = clock.now
            let missing = MissingReport.all(in: try await desk.summary(["--timeout", "4"]))
            #expect(clock.now - start < .seconds(20))
            #expect(
                Set(missing.map(\.part)) == [
                    "ceph/pgs", "ceph/osd-usage", "ceph/running-options", "ceph/service-daemons",
                ])
            #expect(missing.allSatisfy { $0.reason == "timeout" && $0.remedy.contains("ceph mgr stat") })
            try await desk.ceph.fault(.revive, "mgr.x")
        }
    }
}
