import Vocabulary

extension ByteReader {
    /// The pools of a map by number.
    mutating func pools() throws(DecodingFailure) -> [PoolID: Pool] {
        let count = try count("pools", elementSize: 14)
        var pools: [PoolID: Pool] = [:]
        for index in 0..<count {
            do throws(DecodingFailure) {
                let id = PoolID(try int64("pool"))
                pools[id] = try Pool(id: id, from: &self)
            } catch {
                throw error.inside("pools[\(index)]")
            }
        }
        return pools
    }
}

extension Pool {
    /// Reads `pg_pool_t` of Ceph 14 (version 29) and later. Its name comes later in the map.
    fileprivate init(id: PoolID, from reader: inout ByteReader) throws(DecodingFailure) {
        self = try reader.versioned("pool", known: 32) { reader, version throws(DecodingFailure) in
            guard version >= 29 else { throw reader.tooOld("version", version) }
            var pool = try Pool(id: id, startingAt: &reader)
            try pool.readSnapshots(from: &reader)
            try pool.readLimits(from: &reader)
            try pool.readTiering(from: &reader)
            try pool.readOptions(from: &reader)
            try pool.readTargets(from: &reader)
            try pool.readPeering(from: &reader, version: version)
            return pool
        }
    }

    private init(id: PoolID, startingAt reader: inout ByteReader) throws(DecodingFailure) {
        let start = reader.offset
        let type = try reader.uint8("type")
        guard let kind = Kind(rawValue: type) else {
            throw reader.failure("type", at: start, "\(type) is no type of pool: 1 is replicated, 3 is erasure")
        }
        let size = try reader.uint8("size")
        let rule = try reader.uint8("crush_rule")
        let objectHash = try reader.uint8("object_hash")
        let pgCount = try reader.pgCount("pg_num")
        self.init(
            id: id, name: "", kind: kind, size: Int(size), minSize: 0, crushRule: Int32(rule), pgCount: pgCount)
        self.objectHash = objectHash
        placementCount = try reader.pgCount("pgp_num")
        try reader.skip(8, "lpg_num")
        lastChange = try reader.uint32("last_change")
    }

    private mutating func readSnapshots(from reader: inout ByteReader) throws(DecodingFailure) {
        snapshotSequence = try reader.uint64("snap_seq")
        snapshotEpoch = try reader.uint32("snap_epoch")
        snapshots = try reader.list("snaps", elementSize: 14) { reader throws(DecodingFailure) in
            let key = try reader.uint64("key")
            return try reader.versioned("snap", known: 2) { reader, _ throws(DecodingFailure) in
                _ = try reader.uint64("snapid")
                let stamp = try reader.time("stamp")
                return Snapshot(id: key, name: try reader.string("name"), stamp: stamp)
            }
        }
        removedSnapshots = try reader.snapshotRanges("removed_snaps")
        owner = try reader.uint64("auid")
    }

    private mutating func readLimits(from reader: inout ByteReader) throws(DecodingFailure) {
        flags = PoolFlags(rawValue: try reader.uint64("flags"))
        if snapshotSequence > 0, flags.isDisjoint(with: [.selfManagedSnapshots, .poolSnapshots]) {
            flags.insert(removedSnapshots.isEmpty ? .poolSnapshots : .selfManagedSnapshots)
        }
        try reader.skip(4, "crash_replay_interval")
        minSize = Int(try reader.uint8("min_size"))
        quotaMaxBytes = try reader.uint64("quota_max_bytes")
        quotaMaxObjects = try reader.uint64("quota_max_objects")
    }

    private mutating func readTiering(from reader: inout ByteReader) throws(DecodingFailure) {
        let tierCount = try reader.count("tiers", elementSize: 8)
        tiering.tiers = Set(try reader.integers(Int64.self, count: tierCount, "tiers").map { PoolID($0) })
        tiering.tierOf = try reader.optionalPool("tier_of")
        tiering.mode = try reader.uint8("cache_mode")
        tiering.readTier = try reader.optionalPool("read_tier")
        tiering.writeTier = try reader.optionalPool("write_tier")
        _ = try reader.texts("properties")
        tiering.hitSet = try reader.hitSet("hit_set_params")
        tiering.hitSetPeriod = try reader.uint32("hit_set_period")
        tiering.hitSetCount = try reader.uint32("hit_set_count")
        stripeWidth = try reader.uint32("stripe_width")
        tiering.targetMaxBytes = try reader.uint64("target_max_bytes")
        tiering.targetMaxObjects = try reader.uint64("target_max_objects")
        tiering.dirtyRatioMicro = try reader.uint32("cache_target_dirty_ratio_micro")
        tiering.fullRatioMicro = try reader.uint32("cache_target_full_ratio_micro")
        tiering.minFlushAge = try reader.uint32("cache_min_flush_age")
        tiering.minEvictAge = try reader.uint32("cache_min_evict_age")
        erasureCodeProfile = try reader.string("erasure_code_profile")
        lastForcedResendBeforeLuminous = try reader.uint32("last_force_op_resend_preluminous")
        tiering.minReadRecency = try reader.uint32("min_read_recency_for_promote")
        expectedObjectCount = try reader.uint64("expected_num_objects")
        tiering.dirtyHighRatioMicro = try reader.uint32("cache_target_dirty_high_ratio_micro")
        tiering.minWriteRecency = try reader.uint32("min_write_recency_for_promote")
        tiering.usesGMTHitSet = try reader.bool("use_gmt_hitset")
        fastRead = try reader.bool("fast_read")
        tiering.gradeDecayRate = try reader.uint32("hit_set_grade_decay_rate")
        tiering.searchLast = try reader.uint32("hit_set_search_last_n")
    }

    private mutating func readOptions(from reader: inout ByteReader) throws(DecodingFailure) {
        options = try reader.poolOptions("opts")
        lastForcedResendBeforeNautilus = try reader.uint32("last_force_op_resend_prenautilus")
        applications = try reader.textTables("application_metadata")
        created = try reader.time("create_time")
    }

    private mutating func readTargets(from reader: inout ByteReader) throws(DecodingFailure) {
        pgCountTarget = try reader.uint32("pg_num_target")
        placementCountTarget = try reader.uint32("pgp_num_target")
        pgCountPending = try reader.uint32("pg_num_pending")
        try reader.skip(8, "pg_num_dec")
        lastForcedResend = try reader.uint32("last_force_op_resend")
        let start = reader.offset
        let mode = try reader.uint8("pg_autoscale_mode")
        guard let autoscaleMode = AutoscaleMode(rawValue: mode) else {
            throw reader.failure("pg_autoscale_mode", at: start, "\(mode) is no mode: 0 is off, 1 warn, 2 on")
        }
        self.autoscaleMode = autoscaleMode
        lastMerge = try reader.versioned("last_pg_merge_meta", known: 1) { reader, _ throws(DecodingFailure) in
            var merge = LastMerge()
            merge.source = try reader.pgid("source_pgid")
            merge.readyEpoch = try reader.uint32("ready_epoch")
            merge.lastEpochStarted = try reader.uint32("last_epoch_started")
            merge.lastEpochClean = try reader.uint32("last_epoch_clean")
            merge.sourceVersion = try reader.logVersion("source_version")
            merge.targetVersion = try reader.logVersion("target_version")
            return merge
        }
    }

    private mutating func readPeering(from reader: inout ByteReader, version: UInt8) throws(DecodingFailure) {
        if version == 30 {
            peering = try reader.peering("peering_crush")
        } else if version >= 31, try reader.bool("peering_crush") {
            peering = try reader.peering("peering_crush")
        }
        if version >= 32 { nonPrimaryShards = try reader.shardSet("nonprimary_shards") }
    }
}

extension ByteReader {
    /// A number of PGs, which no later step multiplies into more memory than a machine has.
    fileprivate mutating func pgCount(_ field: StaticString) throws(DecodingFailure) -> UInt32 {
        let start = offset
        let count = try uint32(field)
        guard count <= Pool.pgCountLimit else {
            throw failure(field, at: start, "\(count) PGs in one pool; more than \(Pool.pgCountLimit) are not believed")
        }
        return count
    }

    /// A pool's number, or -1 for none.
    fileprivate mutating func optionalPool(_ field: StaticString) throws(DecodingFailure) -> PoolID? {
        let number = try int64(field)
        return number < 0 ? nil : PoolID(number)
    }

    /// `eversion_t`.
    fileprivate mutating func logVersion(_ field: StaticString) throws(DecodingFailure) -> Pool.LastMerge.Version {
        let version = try uint64(field)
        return Pool.LastMerge.Version(epoch: try uint32(field), version: version)
    }

    /// The demands of stretch mode.
    fileprivate mutating func peering(_ field: StaticString) throws(DecodingFailure) -> Pool.Peering {
        var peering = Pool.Peering()
        peering.bucketCount = try uint32(field)
        peering.bucketTarget = try uint32(field)
        peering.bucketType = try uint32(field)
        peering.mandatoryMember = ItemID(try int32(field))
        return peering
    }

    /// `HitSet::Params`.
    fileprivate mutating func hitSet(_ field: StaticString) throws(DecodingFailure) -> Pool.Tiering.HitSet {
        try versioned(field, known: 1) { reader, _ throws(DecodingFailure) in
            switch try reader.uint8("type") {
            case 0: return .none
            case 1: return .explicitHash
            case 2: return .explicitObject
            case 3:
                return try reader.versioned("bloom", known: 1) { reader, _ throws(DecodingFailure) in
                    .bloom(
                        falsePositiveMicro: try reader.uint32("fpp_micro"),
                        targetSize: try reader.uint64("target_size"), seed: try reader.uint64("seed"))
                }
            case let type: throw reader.failure("type", .invalid("\(type) is no type of hit set"))
            }
        }
    }

    /// `pool_opts_t`.
    fileprivate mutating func poolOptions(_ field: StaticString) throws(DecodingFailure) -> PoolOptions {
        try versioned(field, known: 2) { reader, version throws(DecodingFailure) in
            guard version >= 2 else { throw reader.tooOld("version", version) }
            let values = try reader.dictionary("options", elementSize: 12) { reader throws(DecodingFailure) in
                PoolOptions.name(of: try reader.int32("key"))
            } value: { reader throws(DecodingFailure) in
                try reader.poolOption()
            }
            return PoolOptions(values)
        }
    }

    private mutating func poolOption() throws(DecodingFailure) -> PoolOptions.Value {
        let start = offset
        switch try int32("type") {
        case 0: return .text(try string("value"))
        case 1: return .integer(try int64("value"))
        case 2: return .number(Double(bitPattern: try uint64("value")))
        case let type: throw failure("type", at: start, "\(type) is no type of option")
        }
    }

    /// A set of up to 128 shards: two words, each of as many bytes as it needs, seven bits a byte.
    fileprivate mutating func shardSet(_ field: StaticString) throws(DecodingFailure) -> Set<Int> {
        var shards: Set<Int> = []
        for word in 0..<2 {
            let bits = try variableLength(field)
            for bit in 0..<64 where bits & (1 << bit) != 0 { shards.insert(word * 64 + bit) }
        }
        return shards
    }

    /// A number of as many bytes as it needs: seven bits a byte, the lowest first.
    private mutating func variableLength(_ field: StaticString) throws(DecodingFailure) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try uint8(field)
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw failure(field, at: start, "more than ten bytes for one number")
    }
}
