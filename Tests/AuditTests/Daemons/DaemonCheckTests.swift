import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing

@testable import Audit

/// Each check of daemons on a cluster that has what it looks for, and on one that nearly has.
@Suite struct DaemonCheckTests {
    @Test(arguments: DaemonCase.all)
    func `a check finds what it looks for, and nothing in a near miss`(_ example: CephCase) async throws {
        try await example.verify()
    }

    @Test func `every check of daemons has an example`() {
        #expect(Set(DaemonCase.all.map(\.check)) == Set(DaemonChecks.all.map(\.id)))
    }

    @Test func `the host with the majority is named as CRUSH names it`() async throws {
        let found = try await CephCase.found("M02", in: DaemonCase.monitors(on: [0, 0, 1]))
        #expect(found.map(\.subject.description) == ["host host-0"])
        #expect(found[0].message.contains("1 of 3 monitors are left where a quorum takes 2"))
    }

    /// What each way to run daemons does about it: three monitors on three hosts.
    @Test(
        arguments: [
            (["cephadm"], nil, "ceph orch apply mon --placement=\"host-0 host-1 host-2\""),
            (
                [], "rook-ceph-mon-a-5d",
                "kubectl -n storage patch $(kubectl -n storage get cephclusters.ceph.rook.io -o name) --type merge -p "
                    + "'{\"spec\":{\"mon\":{\"count\":3,\"allowMultiplePerNode\":false}}}'"
            ),
            ([], nil, "systemctl enable --now ceph-mon@host-2"),
        ] as [([String], String?, String)])
    func `the remedy is that of who runs the monitors`(modules: [String], pod: String?, command: String) async throws {
        var capture = DaemonCase.monitors(on: [0, 0, 1])
        capture.ceph?.managers?.modules = modules
        if let pod {
            capture.ceph?.monitors?.monitors[0].pod = DaemonPod(name: pod, namespace: "storage", node: "host-0")
        }
        let finding = try #require(try await CephCase.found("M02", in: capture).first)
        #expect(finding.remedy.contains(command), "\(finding.remedy)")
    }

    @Test func `by hand one monitor is added, and the second one of the host is removed`() async throws {
        let finding = try #require(try await CephCase.found("M02", in: DaemonCase.monitors(on: [0, 0, 1])).first)
        #expect(finding.remedy.contains("ceph mon remove b && systemctl disable --now ceph-mon@b"), "\(finding.remedy)")
        #expect(!finding.remedy.contains { $0.contains("mon remove a") || $0.contains("mon remove c") })
        // What the commands come to.
        #expect(try await CephCase.found("M02", in: DaemonCase.monitors(on: [0, 2, 1])).isEmpty)
    }

    @Test func `monitors that tell no host are told apart by their address`() async throws {
        var capture = DaemonCase.monitors(on: [0, 0, 1])
        for place in 0..<3 { capture.ceph?.monitors?.monitors[place].hostname = nil }
        let found = try await CephCase.found("M02", in: capture)
        #expect(found.map(\.subject.description) == ["host 10.0.0.10"])
    }

    @Test func `monitors move to other racks`() async throws {
        let finding = try #require(try await CephCase.found("M03", in: DaemonCase.racks(monitorsOn: [0, 1, 0])).first)
        #expect(finding.subject.description == "rack rack-0")
        #expect(finding.remedy.contains { $0.hasSuffix("ceph-mon@host-2") })
        #expect(finding.remedy.contains { $0.hasSuffix("ceph-mon@host-4") })
    }

    @Test func `a list of monitors is replaced by the whole`() async throws {
        let capture = DaemonCase.clients(["10.0.0.10:6789"])
        let finding = try #require(try await CephCase.found("M07", in: capture).first)
        let command = try #require(finding.remedy.first)
        let quote = try #require(command.firstIndex(of: "'"))
        let patch = try JSONObject(json: String(command[command.index(after: quote)...].dropLast()))
        let list = try JSONValue(json: try #require(patch["data", "config.json"]?.stringValue))
        #expect(list[0]?["monitors"]?.stringsValue == ["10.0.0.10:6789", "10.0.1.10:6789", "10.0.2.10:6789"])
        #expect(list[0]?["clusterID"]?.stringValue == capture.ceph?.fsid)
    }
}
