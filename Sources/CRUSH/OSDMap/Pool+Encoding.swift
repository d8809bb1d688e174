import Vocabulary

extension Pool {
    /// Writes `pg_pool_t`, in the version of Ceph 16 unless the pool has what a newer one brought.
    func write(to writer: inout ByteWriter) {
        let version: UInt8 = !nonPrimaryShards.isEmpty ? 32 : hasPeering ? 30 : 29
        writer.versioned(version, compat: 5) { writer in
            writeBasics(to: &writer)
            writeSnapshots(to: &writer)
            writeTiering(to: &writer)
            writeOptions(to: &writer)
            writeTargets(to: &writer)
            if version == 32 { writer.bool(hasPeering) }
            if hasPeering { writePeering(to: &writer) }
            if version == 32 { writer.shards(nonPrimaryShards) }
        }
    }

    private var hasPeering: Bool { peering != Peering() }

    private func writeBasics(to writer: inout ByteWriter) {
        writer.integer(kind.rawValue)
        writer.integer(UInt8(clamping: size))
        writer.integer(UInt8(truncatingIfNeeded: crushRule))
        writer.integer(objectHash)
        writer.integer(pgCount)
        writer.integer(placementCount)
        writer.integer(UInt64(0))  // Local PGs of ages ago: two numbers.
        writer.integer(lastChange)
    }

    private func writeSnapshots(to writer: inout ByteWriter) {
        writer.integer(snapshotSequence)
        writer.integer(snapshotEpoch)
        writer.list(snapshots) { writer, snapshot in
            writer.integer(snapshot.id)
            writer.versioned(2, compat: 2) { writer in
                writer.integer(snapshot.id)
                writer.time(snapshot.stamp)
                writer.string(snapshot.name)
            }
        }
        writer.snapshotRanges(removedSnapshots)
        writer.integer(owner)
        writer.integer(flags.rawValue)
        writer.integer(UInt32(0))  // How long a crashed PG once waited.
        writer.integer(UInt8(clamping: minSize))
        writer.integer(quotaMaxBytes)
        writer.integer(quotaMaxObjects)
    }

    private func writeTiering(to writer: inout ByteWriter) {
        writer.list(tiering.tiers.sorted()) { $0.integer($1.value) }
        writer.optionalPool(tiering.tierOf)
        writer.integer(tiering.mode)
        writer.optionalPool(tiering.readTier)
        writer.optionalPool(tiering.writeTier)
        writer.texts([:])  // Properties that nothing ever had.
        writer.hitSet(tiering.hitSet)
        writer.integer(tiering.hitSetPeriod)
        writer.integer(tiering.hitSetCount)
        writer.integer(stripeWidth)
        writer.integer(tiering.targetMaxBytes)
        writer.integer(tiering.targetMaxObjects)
        writer.integer(tiering.dirtyRatioMicro)
        writer.integer(tiering.fullRatioMicro)
        writer.integer(tiering.minFlushAge)
        writer.integer(tiering.minEvictAge)
        writer.string(erasureCodeProfile)
        writer.integer(lastForcedResendBeforeLuminous)
        writer.integer(tiering.minReadRecency)
        writer.integer(expectedObjectCount)
        writer.integer(tiering.dirtyHighRatioMicro)
        writer.integer(tiering.minWriteRecency)
        writer.bool(tiering.usesGMTHitSet)
        writer.bool(fastRead)
        writer.integer(tiering.gradeDecayRate)
        writer.integer(tiering.searchLast)
    }

    private func writeOptions(to writer: inout ByteWriter) {
        let numbered = options.values.compactMap { name, value in
            PoolOptions.number(of: name).map { (number: $0, value: value) }
        }
        writer.versioned(2, compat: 1) { writer in
            writer.list(numbered.sorted { $0.number < $1.number }) { writer, option in
                writer.integer(option.number)
                writer.option(option.value)
            }
        }
        writer.integer(lastForcedResendBeforeNautilus)
        writer.textTables(applications)
        writer.time(created)
    }

    private func writeTargets(to writer: inout ByteWriter) {
        writer.integer(pgCountTarget)
        writer.integer(placementCountTarget)
        writer.integer(pgCountPending)
        writer.integer(UInt64(0))  // Two epochs of a merge, of which nothing is kept any more.
        writer.integer(lastForcedResend)
        writer.integer(autoscaleMode.rawValue)
        writer.versioned(1, compat: 1) { writer in
            writer.pgid(lastMerge.source)
            writer.integer(lastMerge.readyEpoch)
            writer.integer(lastMerge.lastEpochStarted)
            writer.integer(lastMerge.lastEpochClean)
            writer.logVersion(lastMerge.sourceVersion)
            writer.logVersion(lastMerge.targetVersion)
        }
    }

    private func writePeering(to writer: inout ByteWriter) {
        writer.integer(peering.bucketCount)
        writer.integer(peering.bucketTarget)
        writer.integer(peering.bucketType)
        writer.integer(peering.mandatoryMember.value)
    }
}

extension PoolOptions {
    /// The number that the map has for an option's name; nil for a name that is none.
    static func number(of name: String) -> Int32? {
        if let index = known.firstIndex(where: { $0.name == name }) { return Int32(index) }
        return name.hasPrefix("option-") ? Int32(name.dropFirst("option-".count)) : nil
    }
}

extension ByteWriter {
    /// A pool's number, or -1 for none.
    fileprivate mutating func optionalPool(_ pool: PoolID?) { integer(pool?.value ?? -1) }

    /// `eversion_t`.
    fileprivate mutating func logVersion(_ place: Pool.LastMerge.Version) {
        integer(place.version)
        integer(place.epoch)
    }

    /// `HitSet::Params`.
    fileprivate mutating func hitSet(_ hitSet: Pool.Tiering.HitSet) {
        versioned(1, compat: 1) { writer in
            switch hitSet {
            case .none: writer.integer(UInt8(0))
            case .explicitHash: writer.integer(UInt8(1))
            case .explicitObject: writer.integer(UInt8(2))
            case .bloom(let rate, let size, let seed):
                writer.integer(UInt8(3))
                writer.versioned(1, compat: 1) { writer in
                    writer.integer(rate)
                    writer.integer(size)
                    writer.integer(seed)
                }
            }
        }
    }

    /// An option with its type in front.
    fileprivate mutating func option(_ value: PoolOptions.Value) {
        switch value {
        case .text(let text):
            integer(Int32(0))
            string(text)
        case .integer(let number):
            integer(Int32(1))
            integer(number)
        case .number(let number):
            integer(Int32(2))
            integer(number.bitPattern)
        }
    }

    /// A set of up to 128 shards: two words, each of as many bytes as it needs, seven bits a byte.
    fileprivate mutating func shards(_ shards: Set<Int>) {
        for word in 0..<2 {
            var bits = shards.reduce(UInt64(0)) { $1 / 64 == word ? $0 | 1 << ($1 % 64) : $0 }
            while bits >= 0x80 {
                integer(UInt8(truncatingIfNeeded: bits) | 0x80)
                bits >>= 7
            }
            integer(UInt8(truncatingIfNeeded: bits))
        }
    }
}
