import CRUSH
import Foundation
import KubernetesModel
import StateFixtures
import TestSupport
import Testing
import Vocabulary

@testable import ClusterState

@Suite struct RedactionTests {
    /// A cluster all of whose names and addresses can be told from every other word.
    private static var secret: ClusterCapture {
        var capture = Samples.full
        rename(&capture)
        return capture
    }

    private static let secrets = [
        "acme", "10.0.0.10", "10.0.1.10", "10.0.2.10", "openstack", "mariadb", "fd12:3456::7",
    ]

    private static func rename(_ capture: inout ClusterCapture) {
        guard var ceph = capture.ceph, var kubernetes = capture.kubernetes else { return }
        for (item, name) in ceph.osdMap.crush.itemNames where item.isBucket && name.hasPrefix("host-") {
            ceph.osdMap.crush.itemNames[item] = "acme-" + name
        }
        for (item, name) in ceph.osdMap.crush.itemNames where name.hasPrefix("rack-") || name.hasPrefix("default") {
            ceph.osdMap.crush.itemNames[item] = "acme-" + name
        }
        for number in ceph.osdMap.crush.ruleNames.keys { ceph.osdMap.crush.ruleNames[number] = "acme-rule-\(number)" }
        for id in ceph.osdMap.pools.keys { ceph.osdMap.pools[id]?.name = "acme-pool-\(id)" }
        for index in ceph.poolUsage?.indices ?? 0..<0 {
            let id = ceph.poolUsage?[index].pool ?? PoolID(0)
            ceph.poolUsage?[index].name = "acme-pool-\(id)"
        }
        for index in ceph.osdMetadata?.indices ?? 0..<0 {
            let name = ceph.osdMetadata?[index].hostname ?? ""
            ceph.osdMetadata?[index].hostname = "acme-\(name).acme.example"
        }
        for index in ceph.monitors?.monitors.indices ?? 0..<0 {
            let name = ceph.monitors?.monitors[index].hostname ?? ""
            ceph.monitors?.monitors[index].hostname = "acme-\(name)"
            ceph.monitors?.monitors[index].name = "acme-mon-\(index)"
            ceph.monitors?.monitors[index].addresses.append("v2:[fd12:3456::7]:3300")
        }
        ceph.monitors?.leader = "acme-mon-0"
        ceph.health?.checks[0].summary = "1 osds down on acme-host-1"
        ceph.health?.checks[0].details = ["osd.3 (root=acme-default,host=acme-host-1) is down"]
        ceph.configuration.central?.append(
            .init(section: "client.acme", mask: "host:acme-host-1", name: "osd_max_backfills", value: "2"))
        for index in kubernetes.nodes?.indices ?? 0..<0 {
            let name = kubernetes.nodes?[index].metadata.name ?? ""
            kubernetes.nodes?[index].metadata.name = "acme-\(name)"
            kubernetes.nodes?[index].metadata.labels["kubernetes.io/hostname"] = "acme-\(name)"
            kubernetes.nodes?[index].metadata.labels["acme.example/room"] = "acme-room"
            kubernetes.nodes?[index].json["status", "addresses"] = [
                ["type": "InternalIP", "address": .string("10.0.\(index).10")],
                ["type": "Hostname", "address": .string("acme-\(name)")],
            ]
        }
        for index in kubernetes.pods?.indices ?? 0..<0 {
            let name = kubernetes.pods?[index].nodeName ?? ""
            kubernetes.pods?[index].nodeName = "acme-\(name)"
            kubernetes.pods?[index].json["spec", "containers"] = [
                [
                    "name": "acme", "image": "registry.acme.example/mariadb:10.6",
                    "resources": ["requests": ["cpu": "2"]],
                ]
            ]
        }
        capture.ceph = ceph
        capture.kubernetes = kubernetes
    }

    @Test func noNameAndNoAddressIsLeftInTheFile() throws {
        let original = Self.secret
        let plain = try Gzip.inflated(StateFile.encode(original), limit: 1 << 30)
        for secret in Self.secrets {
            #expect(Self.finds(secret, in: plain), "\(secret) must be in the original, or this proves nothing")
        }
        let redacted = try Gzip.inflated(StateFile.encode(Redaction.redacted(original)), limit: 1 << 30)
        for secret in Self.secrets { #expect(!Self.finds(secret, in: redacted), "\(secret)") }
        let binary: [[UInt8]] = [[10, 0, 0, 10], [10, 0, 1, 10], [10, 0, 2, 10]]
        for address in binary { #expect(!Self.finds(address, in: redacted), "\(address) in binary") }
    }

    private static func finds(_ text: String, in bytes: [UInt8]) -> Bool { finds(Array(text.utf8), in: bytes) }

    private static func finds(_ mark: [UInt8], in bytes: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(mark)) != nil
    }

    @Test func whatWasJoinedStaysJoined() throws {
        let redacted = Redaction.redacted(Self.secret)
        let ceph = try #require(redacted.ceph)
        let kubernetes = try #require(redacted.kubernetes)
        let hosts = ceph.osdMap.crush.buckets.compactMap { $0 }
            .filter { ceph.osdMap.crush.typeNames[Int32($0.type)] == "host" }
            .compactMap { ceph.osdMap.crush.itemNames[$0.id] }.filter { !$0.contains("~") }
        let nodes = kubernetes.nodes?.map(\.metadata.name) ?? []
        #expect(Set(hosts) == Set(nodes))
        #expect(hosts.count == 3)
        let short = Set(
            (ceph.osdMetadata ?? []).compactMap { $0.hostname?.split(separator: ".").first.map(String.init) })
        #expect(short == Set(nodes))
        #expect(Set(ceph.monitors?.monitors.compactMap(\.hostname) ?? []) == Set(nodes))
        #expect(Set(kubernetes.pods?.compactMap(\.nodeName) ?? []) == Set(nodes))
        let monitorAddresses = Set(
            ceph.monitors?.monitors.compactMap { $0.addresses.first?.split(separator: ":")[1] } ?? []
        ).intersection(
            (kubernetes.nodes ?? []).flatMap { $0.addresses("InternalIP") }.map { $0[...] })
        #expect(monitorAddresses.count == 3)
    }

    @Test func whatAnAnalysisNeedsIsStillThere() throws {
        let original = Self.secret
        let redacted = Redaction.redacted(original)
        #expect(redacted.isRedacted)
        #expect(redacted.ceph?.pgs == original.ceph?.pgs)
        #expect(redacted.ceph?.osdUsage == original.ceph?.osdUsage)
        #expect(redacted.ceph?.osdMap.crush.rules == original.ceph?.osdMap.crush.rules)
        #expect(redacted.ceph?.osdMap.crush.buckets == original.ceph?.osdMap.crush.buckets)
        let sets = try #require(redacted.kubernetes?.statefulSets)
        let pods = try #require(redacted.kubernetes?.pods)
        for pod in pods {
            let selector = try #require(sets[0].selector)
            #expect(selector.matches(pod.metadata.labels))
            #expect(pod.controller?.name == sets[0].metadata.name)
            #expect(pod.metadata.namespace == sets[0].metadata.namespace)
            #expect(try pod.spec.request("cpu") == Quantity("2"))
            let claim = try #require(pod.spec.claimNames.first)
            #expect(redacted.kubernetes?.persistentVolumeClaims?.contains { $0.metadata.name == claim } == true)
        }
        #expect(try StateFile.decode(StateFile.encode(redacted)).ceph?.osdMap == redacted.ceph?.osdMap)
    }

    @Test(arguments: [
        ("[v2:10.0.0.1:6800/7,v1:10.0.0.1:6801/7]", "[v2:198.18.0.1:6800/7,v1:198.18.0.1:6801/7]"),
        ("[v2:[fd12::1]:6800/7]", "[v2:[fd00::1]:6800/7]"), ("10.0.0.1:6800", "198.18.0.1:6800"), ("", ""),
        ("[fd12::1]:0", "[fd00::1]:0"), ("v2:10.0.0.1:3300", "v2:198.18.0.1:3300"),
    ])
    func addressesInTextsAreReplaced(text: String, expected: String) {
        var pseudonyms = Pseudonyms()
        #expect(pseudonyms.addresses(in: text) == expected)
    }
}
