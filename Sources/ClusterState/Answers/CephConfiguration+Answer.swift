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

    /// The known options that a daemon runs with and that are neither Ceph's default nor from the central configuration,
    /// from the answer to `config show`.
    ///
    /// A default that the daemon worked out for itself counts: under the mclock scheduler an OSD gives `osd_max_backfills`
    /// and the like defaults of its own.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func running(configShow bytes: [UInt8]) throws(CephAnswerError) -> [String: String] {
        var result: [String: String] = [:]
        for answer in try Answer.list(bytes) {
            let name = try answer.text("name")
            let source = answer.optionalText("source")
            guard KnownOptions.names.contains(name), source != "mon" else { continue }
            let value = try answer.text("value")
            if source == "default", KnownOptions.isStandard(value, of: name) { continue }
            result[name] = value
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

    /// Whether a text stands for Ceph's default of the known option of this name.
    static func isStandard(_ text: String, of name: String) -> Bool {
        func isStandard<Value>(_ options: [KnownOption<Value>]) -> Bool {
            options.contains { $0.name == name && Value(optionText: text) == $0.standard }
        }
        return isStandard(numbers) || isStandard(shares) || isStandard(flags) || isStandard(texts)
    }

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
