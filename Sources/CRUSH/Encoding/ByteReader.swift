/// Reads Ceph's little-endian encoding from a range of bytes.
///
/// Nothing is read past the end, no memory is taken in proportion to a number in the input before the input has been
/// seen to hold that much, and each failure says at which byte and in which field it happened.
/// Source: `include/encoding.h`.
struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// The next byte to read, counted from the start of the whole input, also in a reader of a part of it.
    private(set) var offset: Int
    /// Where this reader stops.
    let end: Int

    /// A reader of all of these bytes.
    init(_ bytes: [UInt8]) {
        self.init(bytes: bytes, offset: 0, end: bytes.count)
    }

    private init(bytes: [UInt8], offset: Int, end: Int) {
        self.bytes = bytes
        self.offset = offset
        self.end = end
    }

    /// How many bytes are left.
    var remaining: Int { end - offset }

    /// Whether all has been read.
    var isAtEnd: Bool { offset == end }

    /// A failure at the next byte.
    func failure(_ field: StaticString, _ reason: DecodingFailure.Reason) -> DecodingFailure {
        DecodingFailure(offset: offset, path: "\(field)", reason: reason)
    }

    /// A failure of a field that began at `start`.
    func failure(_ field: StaticString, at start: Int, _ why: String) -> DecodingFailure {
        DecodingFailure(offset: start, path: "\(field)", reason: .invalid(why))
    }

    // MARK: Fixed sizes

    /// An integer of its own width; a signed one is two's complement.
    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, _ field: StaticString
    ) throws(DecodingFailure) -> Value {
        let size = MemoryLayout<Value>.size
        try require(size, field)
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
        offset += size
        return Value(littleEndian: value)
    }

    mutating func uint8(_ field: StaticString) throws(DecodingFailure) -> UInt8 { try integer(UInt8.self, field) }
    mutating func uint16(_ field: StaticString) throws(DecodingFailure) -> UInt16 { try integer(UInt16.self, field) }
    mutating func uint32(_ field: StaticString) throws(DecodingFailure) -> UInt32 { try integer(UInt32.self, field) }
    mutating func uint64(_ field: StaticString) throws(DecodingFailure) -> UInt64 { try integer(UInt64.self, field) }
    mutating func int32(_ field: StaticString) throws(DecodingFailure) -> Int32 { try integer(Int32.self, field) }
    mutating func int64(_ field: StaticString) throws(DecodingFailure) -> Int64 { try integer(Int64.self, field) }

    /// One byte; anything but zero is true, as in Ceph.
    mutating func bool(_ field: StaticString) throws(DecodingFailure) -> Bool { try uint8(field) != 0 }

    /// As many integers as `count`, one after the other.
    mutating func integers<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, count: Int, _ field: StaticString
    ) throws(DecodingFailure) -> [Value] {
        let size = MemoryLayout<Value>.size
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard count >= 0, !overflow, total <= remaining else {
            throw failure(field, .impossibleCount(UInt64(clamping: count), left: remaining))
        }
        let start = offset
        let values = bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                Value(littleEndian: raw.loadUnaligned(fromByteOffset: start + index * size, as: Value.self))
            }
        }
        offset += total
        return values
    }

    // MARK: Runs of bytes

    /// As many bytes as `count`.
    mutating func bytes(_ count: Int, _ field: StaticString) throws(DecodingFailure) -> [UInt8] {
        try require(count, field)
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Passes over as many bytes as `count`.
    mutating func skip(_ count: Int, _ field: StaticString) throws(DecodingFailure) {
        try require(count, field)
        offset += count
    }

    /// A reader of the next `count` bytes, which this one passes over.
    mutating func part(_ count: Int, _ field: StaticString) throws(DecodingFailure) -> ByteReader {
        try require(count, field)
        defer { offset += count }
        return ByteReader(bytes: bytes, offset: offset, end: offset + count)
    }

    /// A reader of a length-prefixed run of bytes (`bufferlist`), which this one passes over.
    mutating func blob(_ field: StaticString) throws(DecodingFailure) -> ByteReader {
        try part(try count(field, elementSize: 1), field)
    }

    /// A length-prefixed text.
    mutating func string(_ field: StaticString) throws(DecodingFailure) -> String {
        let start = offset
        let raw = try bytes(try count(field, elementSize: 1), field)
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw DecodingFailure(offset: start, path: "\(field)", reason: .notUTF8)
        }
        return text
    }

    // MARK: Containers

    /// A number of elements, each of at least `elementSize` bytes: refused when the bytes left cannot hold them.
    mutating func count(_ field: StaticString, elementSize: Int) throws(DecodingFailure) -> Int {
        let start = offset
        let count = try uint32(field)
        guard Int(count) <= remaining / elementSize else {
            throw DecodingFailure(
                offset: start, path: "\(field)", reason: .impossibleCount(UInt64(count), left: remaining))
        }
        return Int(count)
    }

    /// A list with its count in front. A failure inside names the element, as in `pools[3].size`.
    mutating func list<Element>(
        _ field: StaticString, elementSize: Int,
        _ element: (inout ByteReader) throws(DecodingFailure) -> Element
    ) throws(DecodingFailure) -> [Element] {
        let count = try count(field, elementSize: elementSize)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            do throws(DecodingFailure) {
                elements.append(try element(&self))
            } catch {
                throw error.inside("\(field)[\(index)]")
            }
        }
        return elements
    }

    /// A map with its count in front. Of a key that comes twice the last value counts, as in Ceph.
    mutating func dictionary<Key: Hashable, Value>(
        _ field: StaticString, elementSize: Int,
        key: (inout ByteReader) throws(DecodingFailure) -> Key,
        value: (inout ByteReader) throws(DecodingFailure) -> Value
    ) throws(DecodingFailure) -> [Key: Value] {
        let count = try count(field, elementSize: elementSize)
        var entries: [Key: Value] = [:]
        entries.reserveCapacity(count)
        for index in 0..<count {
            do throws(DecodingFailure) {
                let entryKey = try key(&self)
                entries[entryKey] = try value(&self)
            } catch {
                throw error.inside("\(field)[\(index)]")
            }
        }
        return entries
    }

    /// Runs `body`; a failure in it names this field around its own.
    mutating func inside<Value>(
        _ field: @autoclosure () -> String, _ body: (inout ByteReader) throws(DecodingFailure) -> Value
    ) throws(DecodingFailure) -> Value {
        do throws(DecodingFailure) {
            return try body(&self)
        } catch {
            throw error.inside(field())
        }
    }

    // MARK: Versioned structures

    /// A structure that says its version, the oldest reader that understands it, and its length (`DECODE_START`).
    ///
    /// `body` gets a reader of this structure alone and the version; what it leaves unread is passed over, which is
    /// how a newer writer's fields are skipped.
    ///
    /// - Parameters:
    ///   - known: the newest version that `body` reads.
    ///   - compatSince: the first version that has the second byte (`DECODE_START_LEGACY_COMPAT_LEN`).
    ///   - lengthSince: the first version that has the length; an older one reaches as far as `body` reads.
    mutating func versioned<Value>(
        _ field: StaticString, known: UInt8, compatSince: UInt8 = 0, lengthSince: UInt8 = 0,
        _ body: (inout ByteReader, _ version: UInt8) throws(DecodingFailure) -> Value
    ) throws(DecodingFailure) -> Value {
        let start = offset
        let version = try uint8(field)
        if version >= compatSince {
            let compat = try uint8(field)
            guard compat <= known else {
                throw DecodingFailure(
                    offset: start, path: "\(field)", reason: .tooNew(compat: compat, known: known))
            }
        }
        do throws(DecodingFailure) {
            guard version >= lengthSince else { return try body(&self, version) }
            var inner = try blob("length")
            return try body(&inner, version)
        } catch {
            throw error.inside("\(field)")
        }
    }

    private func require(_ count: Int, _ field: StaticString) throws(DecodingFailure) {
        guard count >= 0, count <= remaining else {
            throw failure(field, .truncated(needed: count, left: remaining))
        }
    }
}
