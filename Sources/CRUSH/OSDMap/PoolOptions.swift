/// The options that are set on a pool, by the names of `ceph osd pool set`. Source: `pool_opts_t` in `osd_types.h`.
public struct PoolOptions: Hashable, Sendable {
    /// What an option is set to.
    public enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int64)
        case number(Double)
    }

    /// The options by name. One that this release does not know is named by its number: `option-31`.
    public var values: [String: Value]

    /// Options that are set.
    public init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    /// Which share of the cluster the pool is expected to use, for the autoscaler.
    public var targetSizeRatio: Double? { number("target_size_ratio") }
    /// How many bytes the pool is expected to hold, for the autoscaler.
    public var targetSizeBytes: Int64? { integer("target_size_bytes") }
    /// The least `pg_num` that the autoscaler may choose.
    public var pgCountMin: Int64? { integer("pg_num_min") }
    /// The greatest `pg_num` that the autoscaler may choose.
    public var pgCountMax: Int64? { integer("pg_num_max") }
    /// By how much the autoscaler multiplies what it finds.
    public var autoscaleBias: Double? { number("pg_autoscale_bias") }
    /// When data are compressed: `none`, `passive`, `aggressive` or `force`.
    public var compressionMode: String? { text("compression_mode") }
    /// With which algorithm, such as `snappy`.
    public var compressionAlgorithm: String? { text("compression_algorithm") }

    private func text(_ name: String) -> String? {
        guard case .text(let value) = values[name] else { return nil }
        return value
    }

    private func integer(_ name: String) -> Int64? {
        guard case .integer(let value) = values[name] else { return nil }
        return value
    }

    private func number(_ name: String) -> Double? {
        guard case .number(let value) = values[name] else { return nil }
        return value
    }
}

extension PoolOptions {
    /// What kind of value an option has.
    enum Kind {
        case text, integer, number
    }

    /// The options in the order of their numbers. Source: `pool_opts_t::key_t` and its table of names.
    static let known: [(name: String, kind: Kind)] = [
        ("scrub_min_interval", .number), ("scrub_max_interval", .number), ("deep_scrub_interval", .number),
        ("recovery_priority", .integer), ("recovery_op_priority", .integer), ("scrub_priority", .integer),
        ("compression_mode", .text), ("compression_algorithm", .text), ("compression_required_ratio", .number),
        ("compression_max_blob_size", .integer), ("compression_min_blob_size", .integer), ("csum_type", .integer),
        ("csum_max_block", .integer), ("csum_min_block", .integer), ("fingerprint_algorithm", .text),
        ("pg_num_min", .integer), ("target_size_bytes", .integer), ("target_size_ratio", .number),
        ("pg_autoscale_bias", .number), ("read_lease_interval", .number), ("dedup_tier", .integer),
        ("dedup_chunk_algorithm", .text), ("dedup_cdc_chunk_size", .integer), ("pg_num_max", .integer),
        ("read_ratio", .integer), ("pct_update_delay", .integer),
    ]

    /// The name of an option by its number.
    static func name(of number: Int32) -> String {
        known.indices.contains(Int(number)) ? known[Int(number)].name : "option-\(number)"
    }

    /// What kind of value an option of this name has; nil for a name that this release does not know.
    static func kind(of name: String) -> Kind? {
        known.first { $0.name == name }?.kind
    }
}
