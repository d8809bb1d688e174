import FoundationEssentials
import Vocabulary

extension OSDMap {
    /// The binary form, which `osdmaptool` reads, and which ``init(decoding:)`` decodes to an equal map.
    ///
    /// Structures are written in the version of Ceph 16, and in a newer one only where the map holds what that one has.
    /// So the bytes of a map that was decoded are not those that it was decoded from; what they say is. Properties
    /// that no release reads any more are written as zero, probabilities are rounded as Ceph rounds them.
    /// Source: `OSDMap::encode`.
    public func encoded() -> [UInt8] {
        var body = ByteWriter()
        body.versioned(upmapPrimaries.isEmpty ? 9 : 10, compat: 1) { writer in
            writeIdentity(to: &writer)
            writeStates(to: &writer)
            writePlacement(to: &writer)
        }
        body.versioned(allowsCrimson ? 12 : rangeBlocklist.isEmpty ? 10 : 11, compat: 1) { writer in
            writeEntries(to: &writer)
            writeLimits(to: &writer)
        }
        var writer = ByteWriter()
        writer.integer(OSDMapFrame.wrapperVersion)
        writer.integer(UInt8(7))
        writer.count(body.bytes.count + 4)
        writer.raw(body.bytes)
        var checksum = CRC32C()
        checksum.update(writer.bytes)
        writer.integer(checksum.value)
        return writer.bytes
    }

    private func writeIdentity(to writer: inout ByteWriter) {
        writer.uuid(fsid)
        writer.integer(epoch)
        writer.time(created)
        writer.time(modified)
        writer.dictionary(pools) { writer, id, pool in
            writer.integer(id.value)
            pool.write(to: &writer)
        }
        writer.dictionary(pools) { writer, id, pool in
            writer.integer(id.value)
            writer.string(pool.name)
        }
        writer.integer(Int32(truncatingIfNeeded: highestPool.value))
        writer.integer(flags.rawValue)
    }

    private func writeStates(to writer: inout ByteWriter) {
        writer.count(states.count)
        writer.list(states.states) { $0.integer($1.rawValue) }
        writer.list(states.weights) { $0.integer($1.raw) }
        writer.list(osds) { $0.addresses($1.publicAddresses) }
    }

    private func writePlacement(to writer: inout ByteWriter) {
        writer.byPG(pgTemp) { $0.items($1) }
        writer.byPG(primaryTemp) { $0.integer($1.value) }
        writer.list(states.primaryAffinities) { $0.integer($1.raw) }
        writer.blob(crush.encoded())
        writer.textTables(erasureCodeProfiles)
        writer.byPG(upmaps) { $0.items($1) }
        writer.byPG(upmapItems) { writer, moves in
            writer.list(moves) { writer, move in
                writer.integer(move.from.value)
                writer.integer(move.to.value)
            }
        }
        writer.integer(crushVersion)
        writer.poolSnapshots(newRemovedSnapshots)
        writer.poolSnapshots(newPurgedSnapshots)
        writer.time(lastUpChange)
        writer.time(lastInChange)
        if !upmapPrimaries.isEmpty { writer.byPG(upmapPrimaries) { $0.integer($1.value) } }
    }

    private func writeEntries(to writer: inout ByteWriter) {
        writer.list(osds) { $0.addresses($1.heartbeatBackAddresses) }
        writer.list(osds) { $0.info($1) }
        writer.blocklist(blocklist)
        writer.list(osds) { $0.addresses($1.clusterAddresses) }
        writer.integer(clusterSnapshotEpoch)
        writer.string(clusterSnapshot)
        writer.list(osds) { $0.uuid($1.uuid) }
        writer.list(osds) { $0.extendedInfo($1) }
        writer.list(osds) { $0.addresses($1.heartbeatFrontAddresses) }
    }

    private func writeLimits(to writer: inout ByteWriter) {
        writer.integer(nearFullRatio.bitPattern)
        writer.integer(fullRatio.bitPattern)
        writer.integer(backfillFullRatio.bitPattern)
        writer.integer(requireMinCompatClient.rawValue)
        writer.integer(requireOSDRelease.rawValue)
        writer.poolSnapshots(removedSnapshotsQueue)
        writer.dictionary(nodeFlags) { writer, node, flags in
            writer.integer(node.value)
            writer.integer(flags.rawValue)
        }
        writer.dictionary(classFlags) { writer, deviceClass, flags in
            writer.integer(deviceClass)
            writer.integer(flags.rawValue)
        }
        writer.bool(stretchMode.isEnabled)
        writer.integer(stretchMode.bucketCount)
        writer.integer(stretchMode.degraded)
        writer.integer(stretchMode.recovering)
        writer.integer(stretchMode.bucketType)
        if allowsCrimson || !rangeBlocklist.isEmpty { writer.blocklist(rangeBlocklist) }
        if allowsCrimson { writer.bool(true) }
    }
}

extension ByteWriter {
    /// `osd_info_t`.
    fileprivate mutating func info(_ entry: OSDEntry) {
        integer(UInt8(1))
        for epoch in [
            entry.lastCleanBegin, entry.lastCleanEnd, entry.upFrom, entry.upThru, entry.downAt, entry.lostAt,
        ] {
            integer(epoch)
        }
    }

    /// `osd_xinfo_t`.
    fileprivate mutating func extendedInfo(_ entry: OSDEntry) {
        versioned(4, compat: 1) { writer in
            writer.time(entry.downStamp)
            // What a reader divides by: as a Float the largest number is 2^32.
            writer.integer(UInt32(clamping: Int64(max(0, Double(entry.laggyProbability)) * 4_294_967_296)))
            writer.integer(entry.laggyInterval)
            writer.integer(entry.features)
            writer.integer(entry.oldWeight.raw)
            writer.time(entry.lastPurgedSnapsScrub)
            writer.integer(entry.deadEpoch)
        }
    }

    /// A map from addresses to times, in the order of a text of the address: any order will do.
    fileprivate mutating func blocklist(_ entries: [EntityAddress: CephTime]) {
        let sorted = entries.sorted { ($0.key.endpoint, $0.key.nonce) < ($1.key.endpoint, $1.key.nonce) }
        list(sorted) { writer, entry in
            writer.address(entry.key)
            writer.time(entry.value)
        }
    }
}
