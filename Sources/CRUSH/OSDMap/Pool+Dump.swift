import Vocabulary

extension Pool {
    init(_ document: PoolDocument, _ path: String) throws(DumpFailure) {
        guard let kind = Kind(rawValue: document.type) else {
            throw DumpFailure(path: "\(path).type", reason: "\(document.type) is neither 1, replicated, nor 3, erasure")
        }
        self.init(
            id: PoolID(document.pool), name: document.poolName, kind: kind, size: document.size,
            minSize: document.minSize, crushRule: document.crushRule, pgCount: document.pgNum)
        try checkLimits(path, placementCount: document.pgPlacementNum)
        try readPlacement(document, path)
        try readHistory(document, path)
        readLimits(document)
        try readTiering(document, path)
    }

    /// What has eight bits in the map is as small in a dump, and the numbers of PGs are believable.
    private func checkLimits(_ path: String, placementCount: UInt32) throws(DumpFailure) {
        for (name, value) in [("size", size), ("min_size", minSize), ("crush_rule", Int(crushRule))] {
            guard (0...255).contains(value) else {
                throw DumpFailure(path: "\(path).\(name)", reason: "\(value) is not from 0 to 255")
            }
        }
        for (name, value) in [("pg_num", pgCount), ("pg_placement_num", placementCount)] {
            guard value <= Self.pgCountLimit else {
                throw DumpFailure(
                    path: "\(path).\(name)",
                    reason: "\(value) PGs in one pool; more than \(Self.pgCountLimit) are not believed")
            }
        }
    }

    private mutating func readPlacement(_ document: PoolDocument, _ path: String) throws(DumpFailure) {
        created = try DumpField.time(document.createTime, "\(path).create_time")
        flags = PoolFlags(rawValue: document.flags)
        applications = document.applicationMetadata
        peering.bucketCount = document.peeringCrushBucketCount ?? 0
        peering.bucketTarget = document.peeringCrushBucketTarget ?? 0
        peering.bucketType = document.peeringCrushBucketBarrier ?? 0
        peering.mandatoryMember = document.peeringCrushBucketMandatoryMember.map { ItemID($0) } ?? .none
        objectHash = document.objectHash
        guard let mode = AutoscaleMode(name: document.pgAutoscaleMode) else {
            throw DumpField.unfit(document.pgAutoscaleMode, "\(path).pg_autoscale_mode", "off, warn or on")
        }
        autoscaleMode = mode
        placementCount = document.pgPlacementNum
        placementCountTarget = document.pgPlacementNumTarget
        pgCountTarget = document.pgNumTarget
        pgCountPending = document.pgNumPending
        erasureCodeProfile = document.erasureCodeProfile
        stripeWidth = document.stripeWidth
        fastRead = document.fastRead
        nonPrimaryShards = try Self.shards(document.nonprimaryShards ?? "{}", "\(path).nonprimary_shards")
    }

    private mutating func readHistory(_ document: PoolDocument, _ path: String) throws(DumpFailure) {
        let merge = document.lastPgMergeMeta
        lastMerge.source = try DumpField.pgid(merge.sourcePgid, "\(path).last_pg_merge_meta.source_pgid")
        lastMerge.readyEpoch = merge.readyEpoch
        lastMerge.lastEpochStarted = merge.lastEpochStarted
        lastMerge.lastEpochClean = merge.lastEpochClean
        lastMerge.sourceVersion = try Self.version(merge.sourceVersion, "\(path).last_pg_merge_meta.source_version")
        lastMerge.targetVersion = try Self.version(merge.targetVersion, "\(path).last_pg_merge_meta.target_version")
        lastChange = try DumpField.number(document.lastChange, "\(path).last_change")
        lastForcedResend = try DumpField.number(document.lastForceOpResend, "\(path).last_force_op_resend")
        lastForcedResendBeforeNautilus = try DumpField.number(
            document.lastForceOpResendPrenautilus, "\(path).last_force_op_resend_prenautilus")
        lastForcedResendBeforeLuminous = try DumpField.number(
            document.lastForceOpResendPreluminous, "\(path).last_force_op_resend_preluminous")
        owner = document.auid
        snapshotSequence = document.snapSeq
        snapshotEpoch = document.snapEpoch
        for each in document.poolSnaps {
            let stamp = try DumpField.time(each.stamp, "\(path).pool_snaps.stamp")
            snapshots.append(Snapshot(id: each.snapid, name: each.name, stamp: stamp))
        }
    }

    private mutating func readLimits(_ document: PoolDocument) {
        quotaMaxBytes = document.quotaMaxBytes
        quotaMaxObjects = document.quotaMaxObjects
        expectedObjectCount = document.expectedNumObjects
        options.values = document.options.mapValues { $0.value }
    }

    private mutating func readTiering(_ document: PoolDocument, _ path: String) throws(DumpFailure) {
        func optional(_ number: Int64) -> PoolID? { number < 0 ? nil : PoolID(number) }
        tiering.tiers = Set(document.tiers.map { PoolID($0) })
        tiering.tierOf = optional(document.tierOf)
        tiering.readTier = optional(document.readTier)
        tiering.writeTier = optional(document.writeTier)
        guard let mode = Tiering.modes.firstIndex(of: document.cacheMode) else {
            throw DumpField.unfit(document.cacheMode, "\(path).cache_mode", "a mode of a cache")
        }
        tiering.mode = UInt8(mode)
        tiering.targetMaxBytes = document.targetMaxBytes
        tiering.targetMaxObjects = document.targetMaxObjects
        tiering.dirtyRatioMicro = document.cacheTargetDirtyRatioMicro
        tiering.dirtyHighRatioMicro = document.cacheTargetDirtyHighRatioMicro
        tiering.fullRatioMicro = document.cacheTargetFullRatioMicro
        tiering.minFlushAge = document.cacheMinFlushAge
        tiering.minEvictAge = document.cacheMinEvictAge
        tiering.hitSet = try Tiering.HitSet(document.hitSetParams, "\(path).hit_set_params")
        tiering.hitSetPeriod = document.hitSetPeriod
        tiering.hitSetCount = document.hitSetCount
        tiering.usesGMTHitSet = document.useGmtHitset
        tiering.minReadRecency = document.minReadRecencyForPromote
        tiering.minWriteRecency = document.minWriteRecencyForPromote
        tiering.gradeDecayRate = document.hitSetGradeDecayRate
        tiering.searchLast = document.hitSetSearchLastN
    }

    /// A set of shards as Ceph prints it: `{1,2}`.
    private static func shards(_ text: String, _ path: String) throws(DumpFailure) -> Set<Int> {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { throw DumpField.unfit(text, path, "a set of shards") }
        var shards: Set<Int> = []
        for part in text.dropFirst().dropLast().split(separator: ",") {
            guard let shard = Int(part), (0..<128).contains(shard) else {
                throw DumpField.unfit(text, path, "a set of shards below 128")
            }
            shards.insert(shard)
        }
        return shards
    }

    /// A place in a PG's log as Ceph prints it: `12'345`.
    private static func version(_ text: String, _ path: String) throws(DumpFailure) -> LastMerge.Version {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt32(parts[0]), let version = UInt64(parts[1]) else {
            throw DumpField.unfit(text, path, "a place in a PG's log")
        }
        return LastMerge.Version(epoch: epoch, version: version)
    }
}

extension Pool.AutoscaleMode {
    private static let names = ["off", "warn", "on"]

    /// The name as Ceph prints it.
    public var name: String { Self.names[Int(rawValue)] }

    /// A mode by its name.
    init?(name: String) {
        guard let index = Self.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: UInt8(index))
    }
}

extension Pool.Tiering {
    /// The names of the modes by number.
    static let modes = ["none", "writeback", "forward", "readonly", "readforward", "readproxy", "proxy"]
}

extension Pool.Tiering.HitSet {
    fileprivate init(_ document: PoolDocument.HitSet, _ path: String) throws(DumpFailure) {
        switch document.type {
        case "none": self = .none
        case "explicit_hash": self = .explicitHash
        case "explicit_object": self = .explicitObject
        case "bloom":
            let micro = ((document.falsePositiveProbability ?? 0) * 1_000_000).rounded()
            guard let micro = UInt32(exactly: micro) else {
                throw DumpFailure(path: "\(path).false_positive_probability", reason: "is not from 0 to 1")
            }
            self = .bloom(
                falsePositiveMicro: micro, targetSize: document.targetSize ?? 0, seed: document.seed ?? 0)
        default: throw DumpField.unfit(document.type, "\(path).type", "a kind of hit set")
        }
    }
}
