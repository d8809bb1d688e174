import Testing
import Vocabulary

@testable import Ceph

@Suite struct ClusterConfigurationTests {
    @Test func settingsCarryEverythingAndQuietLogs() throws {
        let configuration = ClusterConfiguration(
            id: "prov", keyring: "/k", key: Redacted("AQ=="), monitors: ["10.0.0.1:6789", "[v2:10.0.0.2:3300]"],
            timeouts: CephTimeouts(mount: .seconds(3), monOp: .milliseconds(2_500), osdOp: .seconds(4)),
            options: ["ms_mode": "crc"])
        let settings = try Dictionary(uniqueKeysWithValues: configuration.settings().map { ($0.name, $0.value) })
        #expect(
            settings == [
                "ms_mode": "crc", "mon_host": "10.0.0.1:6789,[v2:10.0.0.2:3300]", "keyring": "/k", "key": "AQ==",
                "client_mount_timeout": "3", "rados_mon_op_timeout": "3", "rados_osd_op_timeout": "4",
                "log_to_stderr": "false", "err_to_stderr": "false", "log_file": "", "admin_socket": "",
            ])
    }

    static let refused: [(ClusterConfiguration, String)] = [
        (ClusterConfiguration(id: ""), "id"), (ClusterConfiguration(id: "client.admin"), "client."),
        (ClusterConfiguration(clusterName: ""), "clusterName"),
        (ClusterConfiguration(monitors: ["a", ""]), "monitors"), (ClusterConfiguration(monitors: ["a b"]), "monitors"),
        (ClusterConfiguration(timeouts: CephTimeouts(mount: .zero)), "timeouts.mount"),
        (ClusterConfiguration(timeouts: CephTimeouts(monOp: .seconds(-1))), "timeouts.monOp"),
        (ClusterConfiguration(timeouts: CephTimeouts(osdOp: .seconds(100_000))), "timeouts.osdOp"),
        (ClusterConfiguration(options: ["rados_osd_op_timeout": "0"]), "timeouts.osdOp"),
        (ClusterConfiguration(options: ["rados osd op timeout": "0"]), "timeouts.osdOp"),
        (ClusterConfiguration(options: ["mon_host": "x"]), "monitors"),
        (ClusterConfiguration(keyring: "a\0b"), "NUL"),
    ]

    @Test(arguments: refused)
    func whatMakesNoSenseIsRefused(_ configuration: ClusterConfiguration, naming word: String) {
        let error = #expect(throws: CephError.self) { try configuration.settings() }
        #expect(error?.code == .invalidArgument)
        #expect(error?.status?.contains(word) == true)
    }

    @Test func theKeyIsNowhereToBeSeen() {
        let configuration = ClusterConfiguration(id: "", key: Redacted("topsecret"))
        #expect(!String(describing: configuration).contains("topsecret"))
        #expect(!String(reflecting: configuration).contains("topsecret"))
        let error = #expect(throws: CephError.self) { try configuration.settings() }
        #expect(error?.description.contains("topsecret") == false)
    }
}
