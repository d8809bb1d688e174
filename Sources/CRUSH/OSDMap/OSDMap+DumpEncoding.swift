import FoundationEssentials
import Vocabulary

extension OSDMap {
    /// The map as `ceph osd dump -f json` prints it: the same keys, as far as ``init(dump:crush:)`` reads them, in the
    /// order of their names.
    ///
    /// - Throws: a ratio or an option is not a finite number, which JSON cannot say.
    public func dump() throws(DumpFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(document))
        } catch {
            throw DumpFailure(path: "", reason: "cannot be written as JSON: \(error)")
        }
    }

    private var document: OSDMapDocument {
        let existing = states.existing.map { Int($0.value) }
        return OSDMapDocument(
            epoch: epoch, fsid: fsid.uuidString.lowercased(), created: created.text, modified: modified.text,
            lastUpChange: lastUpChange.text, lastInChange: lastInChange.text, flagsNum: flags.rawValue,
            crushVersion: crushVersion, fullRatio: Double(fullRatio), backfillfullRatio: Double(backfillFullRatio),
            nearfullRatio: Double(nearFullRatio), clusterSnapshot: clusterSnapshot, poolMax: highestPool.value,
            maxOsd: states.count, requireMinCompatClient: requireMinCompatClient.description,
            requireOsdRelease: requireOSDRelease.description, allowCrimson: allowsCrimson,
            pools: sortedPools.map { PoolDocument($0) },
            osds: existing.map { OSDDocument(osd: $0, states, osds[$0]) },
            osdXinfo: existing.map { OSDExtendedDocument(osd: $0, osds[$0]) },
            pgUpmap: Self.items(upmaps), pgUpmapItems: moves,
            pgUpmapPrimaries: upmapPrimaries.sorted { $0.key < $1.key }.map {
                OSDMapDocument.Primary(pgid: $0.key.description, primaryOsd: $0.value.value)
            },
            pgTemp: Self.items(pgTemp),
            primaryTemp: OSDMapDocument.Turns(
                primaryTemp.sorted { $0.key < $1.key }.map { ($0.key.description, $0.value.value) }),
            blocklist: Self.texts(blocklist), rangeBlocklist: Self.texts(rangeBlocklist),
            erasureCodeProfiles: erasureCodeProfiles, removedSnapsQueue: Self.snapshots(removedSnapshotsQueue),
            newRemovedSnaps: Self.snapshots(newRemovedSnapshots), newPurgedSnaps: Self.snapshots(newPurgedSnapshots),
            crushNodeFlags: Self.flags(nodeFlags) { crush.itemNames[$0] ?? $0.description },
            deviceClassFlags: Self.flags(classFlags) { crush.classNames[$0] ?? String($0) },
            stretchMode: OSDMapDocument.Stretch(
                stretchModeEnabled: stretchMode.isEnabled, stretchBucketCount: stretchMode.bucketCount,
                degradedStretchMode: stretchMode.degraded, recoveringStretchMode: stretchMode.recovering,
                stretchModeBucket: stretchMode.bucketType))
    }

    private var moves: [OSDMapDocument.Moves] {
        upmapItems.sorted { $0.key < $1.key }.map { pgid, moves in
            OSDMapDocument.Moves(
                pgid: pgid.description,
                mappings: moves.map { OSDMapDocument.Move(from: $0.from.value, to: $0.to.value) })
        }
    }

    private static func items(_ table: [PGID: [ItemID]]) -> [OSDMapDocument.Item] {
        table.sorted { $0.key < $1.key }.map { pgid, items in
            OSDMapDocument.Item(pgid: pgid.description, osds: items.map(\.value))
        }
    }

    private static func texts(_ table: [EntityAddress: CephTime]) -> [String: String] {
        Dictionary(table.map { ($0.description, $1.text) }) { first, _ in first }
    }

    private static func flags<Key>(_ table: [Key: OSDState], _ name: (Key) -> String) -> [String: [String]] {
        Dictionary(table.map { (name($0), $1.names.sorted()) }) { first, _ in first }
    }

    private static func snapshots(_ table: [PoolID: [SnapshotRange]]) -> [OSDMapDocument.Snapshots] {
        table.sorted { $0.key < $1.key }.map { pool, ranges in
            OSDMapDocument.Snapshots(
                pool: pool.value, snaps: ranges.map { OSDMapDocument.Interval(begin: $0.start, length: $0.count) })
        }
    }
}
