import CRUSH
import StateFixtures
import Testing
import Vocabulary

@testable import Resilience

@Suite struct FailureDomainTests {
    private let domains = FailureDomains(of: SyntheticCluster(racks: 2, hostsPerRack: 6, osdsPerHost: 2).cephCapture())

    @Test func `types come from the OSD up, domains in natural order`() {
        #expect(domains.types == ["osd", "host", "rack", "root"])
        #expect(domains.all("host").map(\.name).suffix(3) == ["host-9", "host-10", "host-11"])
        #expect(domains.all("osd").count == 24)
        #expect(domains.all("pod").isEmpty)
    }

    @Test(
        arguments: [
            ("host=host-1", [2, 3], ["host-1"]),
            ("osd=5", [5], []),
            ("osd=osd.5", [5], []),
            ("host=host-1,osd=0,host=host-1", [0, 2, 3], ["host-1"]),
            ("rack=rack-1", Array(12..<24), (6..<12).map { "host-\($0)" }),
        ] as [(String, [Int32], [String])])
    func `a loss holds all OSDs and hosts below it`(text: String, osds: [Int32], hosts: [String]) throws {
        let scenario = try domains.scenario(text)
        #expect(scenario.osds.map(\.value) == osds)
        #expect(Set(scenario.hosts) == Set(hosts))
    }

    @Test(arguments: [
        ("host", LossScenarioError.malformed("host")),
        ("host=", .malformed("host=")),
        ("host=host-1,", .malformed("")),
        ("pod=a", .unknownType("pod", known: ["osd", "host", "rack", "root"])),
        ("rack=r", .unknownDomain(FailureDomain("rack", "r"), known: ["rack-0", "rack-1"])),
    ])
    func `a text that names nothing is refused`(text: String, error: LossScenarioError) {
        #expect(throws: error) { try domains.scenario(text) }
        #expect(!error.description.isEmpty)
    }

    @Test(arguments: [
        ("1 host", "1 host"), ("2 hosts", "2 hosts"), ("1 datacenter + 1 host", "1 datacenter + 1 host"),
        ("2 host", "2 hosts"),
    ])
    func `a tolerance reads and prints`(text: String, printed: String) {
        #expect(Tolerance(text)?.description == printed)
    }

    @Test(arguments: ["", "host", "0 hosts", "-1 host", "1 host +", "1", "1 host 2"])
    func `what is no tolerance is refused`(text: String) {
        #expect(Tolerance(text) == nil)
    }
}
