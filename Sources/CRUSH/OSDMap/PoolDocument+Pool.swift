import Vocabulary

extension PoolDocument {
    init(_ pool: Pool) {
        let tiering = pool.tiering
        self.init(
            pool: pool.id.value, poolName: pool.name, createTime: pool.created.text, flags: pool.flags.rawValue,
            type: pool.kind.rawValue, size: pool.size, minSize: pool.minSize, crushRule: pool.crushRule,
            peeringCrushBucketCount: pool.peering.bucketCount, peeringCrushBucketTarget: pool.peering.bucketTarget,
            peeringCrushBucketBarrier: pool.peering.bucketType,
            peeringCrushBucketMandatoryMember: pool.peering.mandatoryMember.value, objectHash: pool.objectHash,
            pgAutoscaleMode: pool.autoscaleMode.name, pgNum: pool.pgCount, pgPlacementNum: pool.placementCount,
            pgPlacementNumTarget: pool.placementCountTarget, pgNumTarget: pool.pgCountTarget,
            pgNumPending: pool.pgCountPending, lastPgMergeMeta: Merge(pool.lastMerge),
            lastChange: String(pool.lastChange), lastForceOpResend: String(pool.lastForcedResend),
            lastForceOpResendPrenautilus: String(pool.lastForcedResendBeforeNautilus),
            lastForceOpResendPreluminous: String(pool.lastForcedResendBeforeLuminous), auid: pool.owner,
            snapSeq: pool.snapshotSequence, snapEpoch: pool.snapshotEpoch,
            poolSnaps: pool.snapshots.map { Snapshot(snapid: $0.id, stamp: $0.stamp.text, name: $0.name) },
            quotaMaxBytes: pool.quotaMaxBytes, quotaMaxObjects: pool.quotaMaxObjects,
            tiers: tiering.tiers.map(\.value).sorted(), tierOf: tiering.tierOf?.value ?? -1,
            readTier: tiering.readTier?.value ?? -1, writeTier: tiering.writeTier?.value ?? -1,
            cacheMode: Int(tiering.mode) < Pool.Tiering.modes.count ? Pool.Tiering.modes[Int(tiering.mode)] : "unknown",
            targetMaxBytes: tiering.targetMaxBytes, targetMaxObjects: tiering.targetMaxObjects,
            cacheTargetDirtyRatioMicro: tiering.dirtyRatioMicro,
            cacheTargetDirtyHighRatioMicro: tiering.dirtyHighRatioMicro,
            cacheTargetFullRatioMicro: tiering.fullRatioMicro, cacheMinFlushAge: tiering.minFlushAge,
            cacheMinEvictAge: tiering.minEvictAge, erasureCodeProfile: pool.erasureCodeProfile,
            hitSetParams: HitSet(tiering.hitSet), hitSetPeriod: tiering.hitSetPeriod,
            hitSetCount: tiering.hitSetCount, useGmtHitset: tiering.usesGMTHitSet,
            minReadRecencyForPromote: tiering.minReadRecency, minWriteRecencyForPromote: tiering.minWriteRecency,
            hitSetGradeDecayRate: tiering.gradeDecayRate, hitSetSearchLastN: tiering.searchLast,
            stripeWidth: pool.stripeWidth, expectedNumObjects: pool.expectedObjectCount, fastRead: pool.fastRead,
            nonprimaryShards: "{\(pool.nonPrimaryShards.sorted().map(String.init).joined(separator: ","))}",
            options: pool.options.values.mapValues { Option($0) }, applicationMetadata: pool.applications)
    }
}

extension PoolDocument.Merge {
    fileprivate init(_ merge: Pool.LastMerge) {
        self.init(
            sourcePgid: merge.source.description, readyEpoch: merge.readyEpoch,
            lastEpochStarted: merge.lastEpochStarted, lastEpochClean: merge.lastEpochClean,
            sourceVersion: "\(merge.sourceVersion.epoch)'\(merge.sourceVersion.version)",
            targetVersion: "\(merge.targetVersion.epoch)'\(merge.targetVersion.version)")
    }
}

extension PoolDocument.HitSet {
    fileprivate init(_ hitSet: Pool.Tiering.HitSet) {
        switch hitSet {
        case .none: self.init(type: "none")
        case .explicitHash: self.init(type: "explicit_hash")
        case .explicitObject: self.init(type: "explicit_object")
        case .bloom(let micro, let targetSize, let seed):
            self.init(
                type: "bloom", falsePositiveProbability: Double(micro) / 1_000_000, targetSize: targetSize,
                seed: seed)
        }
    }
}
