import Testing

@testable import Provisioner

@Suite struct ServiceConfigurationTests {
    private static let minimal: [SettingKey: [String]] = [.cephConfig: ["/etc/ceph-csi-config/config.json"]]

    private static func file(_ entries: (String, String)...) -> [(key: String, value: SettingValue)] {
        entries.enumerated().map { index, entry in
            (entry.0, SettingValue([entry.1], from: .file(path: "holdfast.yaml", line: index + 1)))
        }
    }

    @Test func aFlagGoesBeforeTheEnvironmentBeforeTheFile() throws {
        let file = Self.file(("workers", "1"), ("driver-name", "from-file"), ("cluster-name", "from-file"))
        let environment = ["HOLDFAST_WORKERS": "2", "HOLDFAST_DRIVER_NAME": "from-environment"]
        let flags = Self.minimal.merging([.workers: ["3"]]) { $1 }
        let configuration = try ServiceConfiguration(flags: flags, environment: environment, file: file)
        #expect(configuration.workers == 3)
        #expect(configuration.provisioner.driverName == "from-environment")
        #expect(configuration.provisioner.clusterName == "from-file")
        #expect(configuration.provisioner.defaultFileSystem == "ext4", "the default")
    }

    @Test func everySettingIsRead() throws {
        let environment = [
            "HOLDFAST_PROVISIONER_NAME": "rbd.example.io, ceph.com/rbd", "HOLDFAST_PV_SOURCE": "rbd",
            "HOLDFAST_SET_METADATA": "false", "HOLDFAST_LEASE_DURATION": "1m30s",
            "HOLDFAST_LEASE_RENEW_DEADLINE": "20s",
            "HOLDFAST_RETRY_INTERVAL_START": "500ms", "HOLDFAST_RETRY_INTERVAL_MAX": "60",
            "HOLDFAST_LOG_LEVEL": "debug",
            "HOLDFAST_LOG_FORMAT": "text", "HOLDFAST_LEADER_ELECT": "false", "HOLDFAST_GRACE_PERIOD": "0",
        ]
        let configuration = try ServiceConfiguration(flags: Self.minimal, environment: environment)
        #expect(configuration.provisioner.names == ["rbd.example.io", "ceph.com/rbd"])
        #expect(configuration.provisioner.source == .rbd)
        #expect(!configuration.provisioner.setsMetadata)
        #expect(configuration.leaseDuration == .seconds(90))
        #expect(configuration.backoff.initial == .milliseconds(500))
        #expect(configuration.backoff.maximum == .seconds(60))
        #expect(configuration.logLevel == .debug)
        #expect(configuration.logFormat == .text)
        #expect(!configuration.leaderElect)
        #expect(configuration.gracePeriod == .zero)
    }

    struct Problem: Sendable {
        var flags: [SettingKey: [String]] = [:]
        var environment: [String: String] = [:]
        var key = ""
        var value = ""
        var names: [String]
    }

    @Test(arguments: [
        Problem(flags: [.workers: ["many"]], names: ["--workers", "many", "1 to 1024"]),
        Problem(flags: [.workers: ["1", "2"]], names: ["--workers", "one value"]),
        Problem(environment: ["HOLDFAST_PV_SOURCE": "nfs"], names: ["HOLDFAST_PV_SOURCE", "csi, rbd"]),
        Problem(key: "lease-duration", value: "soon", names: ["holdfast.yaml line 1", "soon"]),
        Problem(key: "lease-durations", value: "1s", names: ["holdfast.yaml line 1", "lease-durations"]),
        Problem(flags: [.leaseRenewDeadline: ["15s"]], names: ["--lease-renew-deadline", "shorter"]),
        Problem(flags: [.leaseRetryPeriod: ["10s"]], names: ["--lease-retry-period", "shorter"]),
        Problem(flags: [.retryIntervalMax: ["500ms"]], names: ["--retry-interval-max", "shorter"]),
        Problem(flags: [.provisionerName: ["kubernetes.io/rbd"]], names: ["--provisioner-name", "kubernetes.io"]),
        Problem(flags: [.provisionerName: ["a b"]], names: ["--provisioner-name", "a b"]),
        Problem(flags: [.cephID: ["client.kube"]], names: ["--ceph-id", "kube"]),
        Problem(flags: [.cephKeyFile: ["/key"]], names: ["ceph-id", "missing"]),
        Problem(
            flags: [.cephKeyFile: ["/key"], .cephKeyring: ["/ring"], .cephID: ["kube"]],
            names: ["--ceph-key-file", "keep one"]),
        Problem(environment: ["HOLDFAST_SET_METADATA": "maybe"], names: ["HOLDFAST_SET_METADATA", "true or false"]),
    ])
    func aWrongValueIsRefusedByItsPlace(_ problem: Problem) {
        let file = problem.key.isEmpty ? [] : Self.file((problem.key, problem.value))
        let error = #expect(throws: SettingsError.self) {
            try ServiceConfiguration(
                flags: Self.minimal.merging(problem.flags) { $1 }, environment: problem.environment, file: file)
        }
        for name in problem.names {
            #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
        }
    }

    @Test func allProblemsAreToldAtOnce() {
        let error = #expect(throws: SettingsError.self) {
            try ServiceConfiguration(flags: [.workers: ["x"], .logLevel: ["loud"]], environment: [:])
        }
        #expect(error?.problems.count == 3, "workers, log-level, and no Ceph cluster: \(error?.description ?? "")")
    }

    @Test(arguments: [
        ("15", Duration.seconds(15)), ("15s", .seconds(15)), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)),
        ("2h", .seconds(7200)), ("0", .zero),
    ])
    func durationsAreReadAsGoWritesThem(text: String, expected: Duration) {
        #expect(parseDuration(text) == expected)
    }

    @Test(arguments: ["", "s", "-1s", "1x", "1.5s", "1s2", "99999999999999999999s"])
    func otherTextIsNoDuration(text: String) {
        #expect(parseDuration(text) == nil)
    }
}
