import FoundationEssentials
import Vocabulary

extension OSDMap {
    /// The map that `ceph osd getmap -o FILE` wrote: of Ceph 14 to 20, and of later releases as far as they let older
    /// readers in.
    ///
    /// Memory and time are in proportion to the bytes that are there, whatever the map says of itself.
    ///
    /// - Throws: what is wrong and at which byte; ``DecodingFailure/Reason/checksum(stored:computed:)`` when the bytes
    ///   were altered. Source: `OSDMap::decode`.
    public init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var frame = try OSDMapFrame(bytes)
        self.init(crush: CrushMap())
        try frame.clientPart.versioned("client", known: 10) { reader, version throws(DecodingFailure) in
            guard version >= 9 else { throw reader.tooOld("version", version) }
            try self.readIdentity(from: &reader)
            try self.readPools(from: &reader)
            try self.readStates(from: &reader)
            try self.readPlacement(from: &reader, version: version)
        }
        try frame.osdPart.versioned("osd", known: 12) { reader, version throws(DecodingFailure) in
            guard version >= 9 else { throw reader.tooOld("version", version) }
            try self.readEntries(from: &reader)
            try self.readLimits(from: &reader)
            try self.readModes(from: &reader, version: version)
        }
    }

    private mutating func readIdentity(from reader: inout ByteReader) throws(DecodingFailure) {
        fsid = try reader.uuid("fsid")
        epoch = try reader.uint32("epoch")
        created = try reader.time("created")
        modified = try reader.time("modified")
    }

    private mutating func readPools(from reader: inout ByteReader) throws(DecodingFailure) {
        pools = try reader.pools()
        let names = try reader.dictionary("pool_names", elementSize: 12) { reader throws(DecodingFailure) in
            PoolID(try reader.int64("pool"))
        } value: { reader throws(DecodingFailure) in
            try reader.string("name")
        }
        for (pool, name) in names { pools[pool]?.name = name }
        highestPool = PoolID(Int64(try reader.int32("pool_max")))
        flags = OSDMapFlags(rawValue: try reader.uint32("flags"))
    }

    private mutating func readStates(from reader: inout ByteReader) throws(DecodingFailure) {
        let start = reader.offset
        let limit = try reader.int32("max_osd")
        states.states = try reader.numbers("osd_state").map(OSDState.init(rawValue:))
        guard Int(limit) == states.states.count else {
            throw reader.failure("max_osd", at: start, "is \(limit), but there are \(states.states.count) states")
        }
        states.weights = try reader.numbers("osd_weight", count: states.count).map(Weight.init(raw:))
        osds = Array(repeating: OSDEntry(), count: states.count)
        try readAddresses(from: &reader, "client_addrs", \.publicAddresses)
    }

    private mutating func readPlacement(
        from reader: inout ByteReader, version: UInt8
    ) throws(DecodingFailure) {
        pgTemp = try reader.pgItems("pg_temp")
        primaryTemp = try reader.pgItem("primary_temp")
        let start = reader.offset
        let affinities = try reader.numbers("osd_primary_affinity").map(Weight.init(raw:))
        guard affinities.isEmpty || affinities.count == states.count else {
            throw reader.failure("osd_primary_affinity", at: start, "\(affinities.count) for \(states.count) OSDs")
        }
        states.primaryAffinities =
            affinities.isEmpty ? Array(repeating: .one, count: states.count) : affinities
        crush = try reader.inside("crush") { reader throws(DecodingFailure) in
            var blob = try reader.blob("length")
            return try CrushMap(from: &blob)
        }
        erasureCodeProfiles = try reader.textTables("erasure_code_profiles")
        upmaps = try reader.pgItems("pg_upmap")
        upmapItems = try reader.byPG("pg_upmap_items", elementSize: 4) { reader throws(DecodingFailure) in
            try reader.list("mappings", elementSize: 8) { reader throws(DecodingFailure) in
                UpmapItem(from: ItemID(try reader.int32("from")), to: ItemID(try reader.int32("to")))
            }
        }
        crushVersion = try reader.int32("crush_version")
        newRemovedSnapshots = try reader.poolSnapshots("new_removed_snaps")
        newPurgedSnapshots = try reader.poolSnapshots("new_purged_snaps")
        lastUpChange = try reader.time("last_up_change")
        lastInChange = try reader.time("last_in_change")
        if version >= 10 { upmapPrimaries = try reader.pgItem("pg_upmap_primaries") }
    }

    private mutating func readEntries(from reader: inout ByteReader) throws(DecodingFailure) {
        try readAddresses(from: &reader, "hb_back_addrs", \.heartbeatBackAddresses)
        try readEach(from: &reader, "osd_info", elementSize: 25) { reader, entry throws(DecodingFailure) in
            try entry.readInfo(from: &reader)
        }
        blocklist = try reader.blocklist("blocklist")
        try readAddresses(from: &reader, "cluster_addrs", \.clusterAddresses)
        clusterSnapshotEpoch = try reader.uint32("cluster_snapshot_epoch")
        clusterSnapshot = try reader.string("cluster_snapshot")
        try readEach(from: &reader, "osd_uuid", elementSize: 16) { reader, entry throws(DecodingFailure) in
            entry.uuid = try reader.uuid("uuid")
        }
        try readEach(from: &reader, "osd_xinfo", elementSize: 6) { reader, entry throws(DecodingFailure) in
            try entry.readExtendedInfo(from: &reader)
        }
        try readAddresses(from: &reader, "hb_front_addrs", \.heartbeatFrontAddresses)
    }

    private mutating func readLimits(from reader: inout ByteReader) throws(DecodingFailure) {
        nearFullRatio = Float(bitPattern: try reader.uint32("nearfull_ratio"))
        fullRatio = Float(bitPattern: try reader.uint32("full_ratio"))
        backfillFullRatio = Float(bitPattern: try reader.uint32("backfillfull_ratio"))
        requireMinCompatClient = CephRelease(rawValue: try reader.uint8("require_min_compat_client"))
        requireOSDRelease = CephRelease(rawValue: try reader.uint8("require_osd_release"))
        if requireOSDRelease >= .nautilus { flags.insert(.pgLogHardLimit) }
        if requireOSDRelease >= .luminous {
            flags.subtract([.requireJewel, .requireKraken, .requireLuminous])
            flags.insert(.recoveryDeletes)
        }
        removedSnapshotsQueue = try reader.poolSnapshots("removed_snaps_queue")
    }

    private mutating func readModes(from reader: inout ByteReader, version: UInt8) throws(DecodingFailure) {
        nodeFlags = try reader.flagTable("crush_node_flags") { ItemID($0) }
        classFlags = try reader.flagTable("device_class_flags") { $0 }
        if version >= 10 {
            stretchMode.isEnabled = try reader.bool("stretch_mode_enabled")
            stretchMode.bucketCount = try reader.uint32("stretch_bucket_count")
            stretchMode.degraded = try reader.uint32("degraded_stretch_mode")
            stretchMode.recovering = try reader.uint32("recovering_stretch_mode")
            stretchMode.bucketType = try reader.int32("stretch_mode_bucket")
        }
        if version >= 11 { rangeBlocklist = try reader.blocklist("range_blocklist") }
        if version >= 12 { allowsCrimson = try reader.bool("allow_crimson") }
    }

    /// Reads one list of addresses for each OSD.
    private mutating func readAddresses(
        from reader: inout ByteReader, _ field: StaticString, _ property: WritableKeyPath<OSDEntry, [EntityAddress]>
    ) throws(DecodingFailure) {
        try readEach(from: &reader, field, elementSize: 1) { reader, entry throws(DecodingFailure) in
            entry[keyPath: property] = try reader.addresses()
        }
    }

    /// Reads one part of each OSD's entry; there must be as many as there are OSDs.
    private mutating func readEach(
        from reader: inout ByteReader, _ field: StaticString, elementSize: Int,
        _ read: (inout ByteReader, inout OSDEntry) throws(DecodingFailure) -> Void
    ) throws(DecodingFailure) {
        let start = reader.offset
        let count = try reader.count(field, elementSize: elementSize)
        guard count == osds.count else {
            throw reader.failure(field, at: start, "\(count) for \(osds.count) OSDs")
        }
        for index in 0..<count {
            do throws(DecodingFailure) {
                try read(&reader, &osds[index])
            } catch {
                throw error.inside("\(field)[\(index)]")
            }
        }
    }
}

extension OSDEntry {
    /// Reads `osd_info_t`.
    fileprivate mutating func readInfo(from reader: inout ByteReader) throws(DecodingFailure) {
        _ = try reader.uint8("version")
        lastCleanBegin = try reader.uint32("last_clean_begin")
        lastCleanEnd = try reader.uint32("last_clean_end")
        upFrom = try reader.uint32("up_from")
        upThru = try reader.uint32("up_thru")
        downAt = try reader.uint32("down_at")
        lostAt = try reader.uint32("lost_at")
    }

    /// Reads `osd_xinfo_t`.
    fileprivate mutating func readExtendedInfo(from reader: inout ByteReader) throws(DecodingFailure) {
        try reader.versioned("xinfo", known: 4) { reader, version throws(DecodingFailure) in
            guard version >= 3 else { throw reader.tooOld("version", version) }
            downStamp = try reader.time("down_stamp")
            laggyProbability = Float(try reader.uint32("laggy_probability")) / Float(UInt32.max)
            laggyInterval = try reader.uint32("laggy_interval")
            features = try reader.uint64("features")
            oldWeight = Weight(raw: try reader.uint32("old_weight"))
            guard version >= 4 else { return }
            lastPurgedSnapsScrub = try reader.time("last_purged_snaps_scrub")
            deadEpoch = try reader.uint32("dead_epoch")
        }
    }
}
