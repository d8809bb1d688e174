import ArgumentParser
import Console
import Provisioner
import Testing

@testable import Commands

@Suite struct CephAccessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var files: [String] = []
        var expected: ClusterDirectory.Sources
        var testDescription: String { "\(arguments) \(environment) \(files)" }
    }

    @Test(arguments: [
        Case(expected: .init(configFile: nil, user: "admin")),
        Case(
            files: ["/etc/ceph/ceph.conf", "/etc/ceph/ceph.client.admin.keyring"],
            expected: .init(
                configFile: nil, confFile: "/etc/ceph/ceph.conf", user: "admin",
                keyring: "/etc/ceph/ceph.client.admin.keyring")),
        Case(
            arguments: ["--cluster", "east", "--id", "k"],
            files: ["/etc/ceph/east.conf", "/etc/ceph/east.client.k.keyring", "/etc/ceph/ceph.conf"],
            expected: .init(
                configFile: nil, confFile: "/etc/ceph/east.conf", user: "k", keyring: "/etc/ceph/east.client.k.keyring")
        ),
        Case(
            arguments: ["-c", "a", "--name", "client.x", "-k", "b", "--ceph-config", "d"],
            environment: ["CEPH_CONF": "e", "CEPH_KEYRING": "f", "CEPH_ARGS": "--id y --conf g --keyring h"],
            expected: .init(configFile: "d", confFile: "a", user: "x", keyring: "b")),
        Case(
            environment: ["CEPH_CONF": "e", "CEPH_KEYRING": "f", "CEPH_ARGS": "--debug-ms 1 --name=client.y -c g"],
            expected: .init(configFile: nil, confFile: "g", user: "y", keyring: "f")),
        Case(
            environment: ["CEPH_CONF": "e", "CEPH_KEYRING": ""],
            expected: .init(configFile: nil, confFile: "e", user: "admin")),
        Case(environment: ["CEPH_ARGS": "--id"], expected: .init(configFile: nil, user: "admin")),
    ]) func whereToGoAndAsWhom(_ row: Case) throws {
        let parsed = try HoldfastCommand.parseAsRoot(["provision", "-f", "-"] + row.arguments)
        let command = try #require(parsed as? ProvisionCommand)
        let access = CephAccess(options: command.ceph, environment: row.environment) { row.files.contains($0) }
        #expect(access.sources == row.expected)
    }

    @Test func withoutAClusterNothingIsTried() async throws {
        let command = try #require(try HoldfastCommand.parseAsRoot(["provision", "-f", "-"]) as? ProvisionCommand)
        let access = CephAccess(options: command.ceph, environment: [:]) { _ in false }
        let status = await command.run(in: Samples.session()) {
            try await access.withBackend(settings: ProvisionerSettings(), instance: "default") { _ in
                Issue.record("a backend was opened")
            }
        }
        #expect(status == .failure)
    }
}
