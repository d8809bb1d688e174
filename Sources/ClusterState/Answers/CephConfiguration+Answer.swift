import KubernetesModel

extension CephConfiguration {
    /// What the answer to `config dump` sets. Values of options that are not known to be harmless are withheld:
    /// passwords and keys of gateways and modules are options too.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func entries(configDump bytes: [UInt8]) throws(CephAnswerError) -> [Entry] {
        var result: [Entry] = []
        for answer in try Answer.list(bytes) {
            let name = try answer.text("name")
            result.append(
                Entry(
                    section: try answer.text("section"), mask: answer.optionalText("mask") ?? "", name: name,
                    value: isHarmless(name) ? try answer.text("value") : nil))
        }
        return result
    }

    /// The known options that a daemon runs with from elsewhere than Ceph's defaults, from the answer to `config show`.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func running(configShow bytes: [UInt8]) throws(CephAnswerError) -> [String: String] {
        var result: [String: String] = [:]
        for answer in try Answer.list(bytes) {
            let name = try answer.text("name")
            guard KnownOptions.names.contains(name), answer.optionalText("source") != "default" else { continue }
            result[name] = try answer.text("value")
        }
        return result
    }

    /// Whether options of this name hold numbers, names and switches, and never a secret.
    static func isHarmless(_ name: String) -> Bool {
        if ["password", "secret", "token", "key", "credential"].contains(where: name.contains) { return false }
        let prefixes = [
            "osd_", "mon_", "bluestore_", "bluefs_", "ms_", "mds_", "rbd_", "rocksdb_", "mgr/balancer/",
            "mgr/pg_autoscaler/", "mgr_", "auth_", "log_", "debug_", "throttle_",
        ]
        return KnownOptions.names.contains(name) || prefixes.contains(where: name.hasPrefix)
    }
}

/// The options that an analysis asks for.
public enum KnownOptions {
    /// Their names.
    public static let names: Set<String> = Set(
        numbers.map(\.name) + shares.map(\.name) + flags.map(\.name) + texts.map(\.name))

    static let numbers: [KnownOption<Int>] = [
        .monMaxPGPerOSD, .defaultPoolSize, .defaultPoolMinSize, .defaultCrushRule, .crushChooseLeafType,
        .defaultPoolPGCount, .targetPGPerOSD, .maxBackfills, .recoveryMaxActive, .recoveryMaxActiveHDD,
        .recoveryMaxActiveSSD, .recoveryMaxSingleStart, .recoveryMaxChunk, .minDownReporters,
    ]
    static let shares: [KnownOption<Double>] = [
        .maxPGPerOSDHardRatio, .minInRatio, .minUpRatio, .downOutInterval, .heartbeatGrace, .nearFullRatio,
        .backfillFullRatio, .fullRatio, .failsafeFullRatio, .recoverySleep, .recoverySleepHDD, .recoverySleepSSD,
        .recoverySleepHybrid, .targetMaxMisplacedRatio, .deepScrubInterval, .warnNotDeepScrubbedRatio,
    ]
    static let flags: [KnownOption<Bool>] = [
        .allowPoolDelete, .allowPoolSizeOne, .crushUpdateOnStart, .classUpdateOnStart, .mclockOverridesRecovery,
        .warnsOfNoRedundancy,
    ]
    static let texts: [KnownOption<String>] = [
        .downOutSubtreeLimit, .reporterSubtreeLevel, .defaultAutoscaleMode, .opQueue, .mclockProfile, .publicNetwork,
        .clusterNetwork,
    ]
}
