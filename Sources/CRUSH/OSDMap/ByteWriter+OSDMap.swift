import FoundationEssentials
import Glibc
import Vocabulary

/// The parts that a binary OSDMap is made of.
extension ByteWriter {
    /// One byte.
    mutating func bool(_ value: Bool) { integer(UInt8(value ? 1 : 0)) }

    /// Sixteen bytes.
    mutating func uuid(_ value: UUID) {
        withUnsafeBytes(of: value.uuid) { raw($0) }
    }

    /// `utime_t`.
    mutating func time(_ value: CephTime) {
        integer(value.seconds)
        integer(value.nanoseconds)
    }

    /// `pg_t`.
    mutating func pgid(_ value: PGID) {
        integer(UInt8(1))
        integer(value.pool.value)
        integer(value.seed)
        integer(Int32(-1))  // The preferred OSD of ages ago.
    }

    /// A map from PGs.
    mutating func byPG<Value>(_ entries: [PGID: Value], _ value: (inout ByteWriter, Value) -> Void) {
        dictionary(entries) { writer, id, entry in
            writer.pgid(id)
            value(&writer, entry)
        }
    }

    /// A list of OSDs.
    mutating func items(_ items: [ItemID]) {
        list(items) { $0.integer($1.value) }
    }

    /// A map of texts.
    mutating func texts(_ table: [String: String]) {
        dictionary(table) { writer, key, value in
            writer.string(key)
            writer.string(value)
        }
    }

    /// A map of maps of texts.
    mutating func textTables(_ tables: [String: [String: String]]) {
        dictionary(tables) { writer, name, table in
            writer.string(name)
            writer.texts(table)
        }
    }

    /// `interval_set<snapid_t>`.
    mutating func snapshotRanges(_ ranges: [OSDMap.SnapshotRange]) {
        list(ranges) { writer, range in
            writer.integer(range.start)
            writer.integer(range.count)
        }
    }

    /// A map from pools to runs of snapshots.
    mutating func poolSnapshots(_ snapshots: [PoolID: [OSDMap.SnapshotRange]]) {
        dictionary(snapshots) { writer, pool, ranges in
            writer.integer(pool.value)
            writer.snapshotRanges(ranges)
        }
    }

    // MARK: Addresses

    /// `entity_addrvec_t`.
    mutating func addresses(_ addresses: [EntityAddress]) {
        integer(UInt8(2))
        list(addresses) { $0.address($1) }
    }

    /// `entity_addr_t`.
    mutating func address(_ address: EntityAddress) {
        integer(UInt8(1))
        versioned(1, compat: 1) { writer in
            writer.integer(address.kind.rawValue)
            writer.integer(address.nonce)
            writer.blob(address.socketAddress)
        }
    }
}

extension EntityAddress {
    /// The endpoint as a `sockaddr`; empty for a blank one, and for a text that is no address and port.
    fileprivate var socketAddress: [UInt8] {
        guard let colon = endpoint.lastIndex(of: ":"), let port = UInt16(endpoint[endpoint.index(after: colon)...])
        else { return [] }
        let host = endpoint[..<colon]
        var writer = ByteWriter()
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else { return [] }
            writer.integer(UInt16(AF_INET6))
            writer.integer(port.bigEndian)
            writer.integer(UInt32(0))
            withUnsafeBytes(of: address) { writer.raw($0) }
            writer.integer(UInt32(0))
        } else {
            var address = in_addr()
            guard inet_pton(AF_INET, String(host), &address) == 1 else { return [] }
            writer.integer(UInt16(AF_INET))
            writer.integer(port.bigEndian)
            withUnsafeBytes(of: address) { writer.raw($0) }
            writer.integer(UInt64(0))
        }
        return writer.bytes
    }
}
