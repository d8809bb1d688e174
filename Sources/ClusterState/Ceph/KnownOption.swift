/// An option of Ceph that an analysis asks for: its name, its type, who reads it, and Ceph's default.
///
/// Source of names, types and defaults: `src/common/options` of Ceph 16 to 20; where releases differ it is said.
public struct KnownOption<Value: OptionValue>: Hashable, Sendable {
    /// The name: `mon_max_pg_per_osd`.
    public let name: String
    /// The kind of daemon whose value counts.
    public let reader: OptionReader
    /// What it is when nobody has set it.
    public let standard: Value

    init(_ name: String, _ reader: OptionReader, _ standard: Value) {
        self.name = name
        self.reader = reader
        self.standard = standard
    }
}

/// The kind of daemon that reads an option.
public enum OptionReader: String, Hashable, Sendable, CaseIterable {
    case mon, mgr, osd
}

/// What an option may hold.
public protocol OptionValue: Hashable, Sendable {
    /// The value that a text in the configuration stands for; nil when it is none.
    init?(optionText: String)
}

extension Int: OptionValue {
    /// A whole number, or a size with a suffix (`4K`, `1G`) in powers of 1,024.
    public init?(optionText: String) {
        let digits = optionText.prefix { $0 == "-" || ("0"..."9").contains($0) }
        let shifts = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40]
        let suffix = optionText.dropFirst(digits.count).lowercased().replacing("ib", with: "")
        guard let number = Int(digits), let shift = shifts[suffix] else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        if overflow { return nil }
        self = value
    }
}

extension Double: OptionValue {
    /// A finite number.
    public init?(optionText: String) {
        guard let number = Double(optionText), number.isFinite else { return nil }
        self = number
    }
}

extension Bool: OptionValue {
    /// `true`, `false`, `1`, `0`, `yes` or `no`.
    public init?(optionText: String) {
        switch optionText.lowercased() {
        case "true", "1", "yes", "on": self = true
        case "false", "0", "no", "off": self = false
        default: return nil
        }
    }
}

extension String: OptionValue {
    /// Any text.
    public init?(optionText: String) {
        self = optionText
    }
}

// MARK: PGs and pools

extension KnownOption where Value == Int {
    /// Above this many PGs an OSD new pools are refused, and Ceph warns.
    public static var monMaxPGPerOSD: Self { .init("mon_max_pg_per_osd", .mon, 250) }
    /// How many copies a new pool has.
    public static var defaultPoolSize: Self { .init("osd_pool_default_size", .mon, 3) }
    /// How many of them a PG of a new pool needs; 0 for half of them, rounded up.
    public static var defaultPoolMinSize: Self { .init("osd_pool_default_min_size", .mon, 0) }
    /// The rule of new pools; -1 for the one with the lowest number.
    public static var defaultCrushRule: Self { .init("osd_pool_default_crush_rule", .mon, -1) }
    /// The type of bucket that the first rule of a new cluster spreads over: 0 is the OSD, 1 the host.
    public static var crushChooseLeafType: Self { .init("osd_crush_chooseleaf_type", .mon, 1) }
    /// How many PGs a new pool has.
    public static var defaultPoolPGCount: Self { .init("osd_pool_default_pg_num", .mon, 32) }
    /// How many PGs an OSD the autoscaler aims at.
    public static var targetPGPerOSD: Self { .init("mon_target_pg_per_osd", .mon, 100) }
    /// How many backfills an OSD takes part in at a time. Ignored under the mclock scheduler unless
    /// `osd_mclock_override_recovery_settings` is set.
    public static var maxBackfills: Self { .init("osd_max_backfills", .osd, 1) }
    /// How many recoveries an OSD works on at a time; 0 for the value of the device's kind.
    public static var recoveryMaxActive: Self { .init("osd_recovery_max_active", .osd, 0) }
    /// The same on a device that rotates.
    public static var recoveryMaxActiveHDD: Self { .init("osd_recovery_max_active_hdd", .osd, 3) }
    /// The same on one that does not.
    public static var recoveryMaxActiveSSD: Self { .init("osd_recovery_max_active_ssd", .osd, 10) }
    /// How many operations of one recovery are under way at a time.
    public static var recoveryMaxSingleStart: Self { .init("osd_recovery_max_single_start", .osd, 1) }
    /// How many bytes one recovery operation moves at most.
    public static var recoveryMaxChunk: Self { .init("osd_recovery_max_chunk", .osd, 8 << 20) }
    /// How many OSDs must report that one is down.
    public static var minDownReporters: Self { .init("mon_osd_min_down_reporters", .mon, 2) }
}

extension KnownOption where Value == Double {
    /// Times ``monMaxPGPerOSD``: above that an OSD refuses PGs, which then stay activating.
    public static var maxPGPerOSDHardRatio: Self { .init("osd_max_pg_per_osd_hard_ratio", .osd, 3) }
    /// Below this share of OSDs that are in, nothing more is marked out automatically.
    public static var minInRatio: Self { .init("mon_osd_min_in_ratio", .mon, 0.75) }
    /// Below this share of OSDs that are up, nothing more is marked down.
    public static var minUpRatio: Self { .init("mon_osd_min_up_ratio", .mon, 0.3) }
    /// After how many seconds a down OSD is marked out; 0 for never.
    public static var downOutInterval: Self { .init("mon_osd_down_out_interval", .mon, 600) }
    /// After how many seconds without an answer an OSD is reported; the monitors use their own copy.
    public static var heartbeatGrace: Self { .init("osd_heartbeat_grace", .mon, 20) }
    /// The ratio that a new cluster begins with. What counts is the ratio in the OSDMap.
    public static var nearFullRatio: Self { .init("mon_osd_nearfull_ratio", .mon, 0.85) }
    /// The ratio that a new cluster begins with. What counts is the ratio in the OSDMap.
    public static var backfillFullRatio: Self { .init("mon_osd_backfillfull_ratio", .mon, 0.9) }
    /// The ratio that a new cluster begins with. What counts is the ratio in the OSDMap.
    public static var fullRatio: Self { .init("mon_osd_full_ratio", .mon, 0.95) }
    /// Above this share an OSD stops at once, whatever the map says.
    public static var failsafeFullRatio: Self { .init("osd_failsafe_full_ratio", .osd, 0.97) }
    /// How many seconds an OSD rests between two recovery operations.
    public static var recoverySleep: Self { .init("osd_recovery_sleep", .osd, 0) }
    /// The same on a device that rotates, where ``recoverySleep`` is 0.
    public static var recoverySleepHDD: Self { .init("osd_recovery_sleep_hdd", .osd, 0.1) }
    /// The same on one that does not.
    public static var recoverySleepSSD: Self { .init("osd_recovery_sleep_ssd", .osd, 0) }
    /// The same where only the journal does not rotate.
    public static var recoverySleepHybrid: Self { .init("osd_recovery_sleep_hybrid", .osd, 0.025) }
    /// The share of misplaced objects that the balancer and the autoscaler keep below.
    public static var targetMaxMisplacedRatio: Self { .init("target_max_misplaced_ratio", .mgr, 0.05) }
    /// After how many seconds a PG is to be deep-scrubbed again.
    public static var deepScrubInterval: Self { .init("osd_deep_scrub_interval", .osd, 604_800) }
    /// How much later than that Ceph warns, as a share.
    public static var warnNotDeepScrubbedRatio: Self {
        .init("mon_warn_pg_not_deep_scrubbed_ratio", .mgr, 0.75)
    }
}

extension KnownOption where Value == Bool {
    /// Whether pools can be deleted.
    public static var allowPoolDelete: Self { .init("mon_allow_pool_delete", .mon, false) }
    /// Whether pools can have a single copy.
    public static var allowPoolSizeOne: Self { .init("mon_allow_pool_size_one", .mon, false) }
    /// Whether an OSD moves itself to the host that it starts on.
    public static var crushUpdateOnStart: Self { .init("osd_crush_update_on_start", .osd, true) }
    /// Whether an OSD sets its own device class when it starts.
    public static var classUpdateOnStart: Self { .init("osd_class_update_on_start", .osd, true) }
    /// Whether ``maxBackfills`` and the like count under the mclock scheduler.
    public static var mclockOverridesRecovery: Self {
        .init("osd_mclock_override_recovery_settings", .osd, false)
    }
    /// Whether Ceph warns of pools without redundancy.
    public static var warnsOfNoRedundancy: Self { .init("mon_warn_on_pool_no_redundancy", .mon, true) }
}

extension KnownOption where Value == String {
    /// When as much as one node of this type is down, nothing of it is marked out automatically.
    public static var downOutSubtreeLimit: Self { .init("mon_osd_down_out_subtree_limit", .mon, "rack") }
    /// The type of bucket that reporters of one OSD must differ in.
    public static var reporterSubtreeLevel: Self { .init("mon_osd_reporter_subtree_level", .mon, "host") }
    /// Whether new pools are scaled: `on`, `warn` or `off`.
    public static var defaultAutoscaleMode: Self { .init("osd_pool_default_pg_autoscale_mode", .mon, "on") }
    /// The scheduler of an OSD's work: `wpq`, or `mclock_scheduler`. The default is that of Ceph 17 and later; in 16 it
    /// is `wpq`.
    public static var opQueue: Self { .init("osd_op_queue", .osd, "mclock_scheduler") }
    /// What the mclock scheduler favours. The default is that of Ceph 18 and later; in 16 it is `high_client_ops`.
    public static var mclockProfile: Self { .init("osd_mclock_profile", .osd, "balanced") }
    /// The networks that clients come from.
    public static var publicNetwork: Self { .init("public_network", .mon, "") }
    /// The networks between OSDs.
    public static var clusterNetwork: Self { .init("cluster_network", .osd, "") }
}
