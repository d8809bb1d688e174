import FoundationEssentials
import Vocabulary

/// The parts that a binary OSDMap is made of.
extension ByteReader {
    /// A structure of a release that is too old to be read.
    func tooOld(_ field: StaticString, _ version: UInt8) -> DecodingFailure {
        failure(field, .invalid("version \(version) is of a release before Ceph 14"))
    }

    /// Sixteen bytes.
    mutating func uuid(_ field: StaticString) throws(DecodingFailure) -> UUID {
        let raw = try bytes(16, field)
        return raw.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// `utime_t`.
    mutating func time(_ field: StaticString) throws(DecodingFailure) -> CephTime {
        CephTime(seconds: try uint32(field), nanoseconds: try uint32(field))
    }

    /// `pg_t`.
    mutating func pgid(_ field: StaticString) throws(DecodingFailure) -> PGID {
        let start = offset
        let version = try uint8(field)
        guard version == 1 else { throw failure(field, at: start, "version \(version) of a PG's name is not known") }
        let pool = PoolID(try int64(field))
        let seed = try uint32(field)
        try skip(4, field)  // The preferred OSD of ages ago.
        return PGID(pool: pool, seed: seed)
    }

    /// A list of 32-bit numbers; with `count`, there must be as many.
    mutating func numbers(_ field: StaticString, count: Int? = nil) throws(DecodingFailure) -> [UInt32] {
        let start = offset
        let found = try self.count(field, elementSize: 4)
        if let count, count != found { throw failure(field, at: start, "\(found) for \(count) OSDs") }
        return try integers(UInt32.self, count: found, field)
    }

    /// A map from PGs.
    mutating func byPG<Value>(
        _ field: StaticString, elementSize: Int, _ value: (inout ByteReader) throws(DecodingFailure) -> Value
    ) throws(DecodingFailure) -> [PGID: Value] {
        try dictionary(field, elementSize: 17 + elementSize) { reader throws(DecodingFailure) in
            try reader.pgid("pgid")
        } value: { reader throws(DecodingFailure) in
            try value(&reader)
        }
    }

    /// A map from PGs to one OSD.
    mutating func pgItem(_ field: StaticString) throws(DecodingFailure) -> [PGID: ItemID] {
        try byPG(field, elementSize: 4) { reader throws(DecodingFailure) in ItemID(try reader.int32("osd")) }
    }

    /// A map from PGs to lists of OSDs.
    mutating func pgItems(_ field: StaticString) throws(DecodingFailure) -> [PGID: [ItemID]] {
        try byPG(field, elementSize: 4) { reader throws(DecodingFailure) in
            let count = try reader.count("osds", elementSize: 4)
            return try reader.integers(Int32.self, count: count, "osds").map { ItemID($0) }
        }
    }

    /// A map of texts.
    mutating func texts(_ field: StaticString) throws(DecodingFailure) -> [String: String] {
        try dictionary(field, elementSize: 8) { reader throws(DecodingFailure) in
            try reader.string("key")
        } value: { reader throws(DecodingFailure) in
            try reader.string("value")
        }
    }

    /// A map of maps of texts.
    mutating func textTables(_ field: StaticString) throws(DecodingFailure) -> [String: [String: String]] {
        try dictionary(field, elementSize: 8) { reader throws(DecodingFailure) in
            try reader.string("name")
        } value: { reader throws(DecodingFailure) in
            try reader.texts("entries")
        }
    }

    /// `interval_set<snapid_t>`.
    mutating func snapshotRanges(_ field: StaticString) throws(DecodingFailure) -> [OSDMap.SnapshotRange] {
        try list(field, elementSize: 16) { reader throws(DecodingFailure) in
            OSDMap.SnapshotRange(start: try reader.uint64("start"), count: try reader.uint64("length"))
        }
    }

    /// A map from pools to runs of snapshots.
    mutating func poolSnapshots(_ field: StaticString) throws(DecodingFailure) -> [PoolID: [OSDMap.SnapshotRange]] {
        try dictionary(field, elementSize: 12) { reader throws(DecodingFailure) in
            PoolID(try reader.int64("pool"))
        } value: { reader throws(DecodingFailure) in
            try reader.snapshotRanges("snaps")
        }
    }

    /// A map from 32-bit numbers to flags.
    mutating func flagTable<Key: Hashable>(
        _ field: StaticString, _ key: (Int32) -> Key
    ) throws(DecodingFailure) -> [Key: OSDState] {
        try dictionary(field, elementSize: 8) { reader throws(DecodingFailure) in
            key(try reader.int32("key"))
        } value: { reader throws(DecodingFailure) in
            OSDState(rawValue: try reader.uint32("flags"))
        }
    }

    /// A map from addresses to times.
    mutating func blocklist(_ field: StaticString) throws(DecodingFailure) -> [EntityAddress: CephTime] {
        try dictionary(field, elementSize: 9) { reader throws(DecodingFailure) in
            try reader.address()
        } value: { reader throws(DecodingFailure) in
            try reader.time("until")
        }
    }
}
