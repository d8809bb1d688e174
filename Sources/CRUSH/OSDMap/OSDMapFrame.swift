/// The outermost layer of a binary OSDMap: two parts and the checksum over all that surrounds it.
///
/// Source: `OSDMap::encode`. The parts are not looked into, so that a checksum can be told from a fault in a field.
struct OSDMapFrame {
    /// The newest version of the wrapper that is known.
    static let wrapperVersion: UInt8 = 8
    /// What clients read.
    var clientPart: ByteReader
    /// What only OSDs read.
    var osdPart: ByteReader

    /// Takes the map apart and compares the checksum.
    ///
    /// - Throws: a failure at the byte where the frame breaks, or ``DecodingFailure/Reason/checksum(stored:computed:)``.
    init(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        let version = try reader.uint8("osdmap.version")
        guard version >= Self.wrapperVersion else {
            throw DecodingFailure(
                offset: 0, path: "osdmap.version",
                reason: .invalid("\(version) is no OSDMap of Ceph 14 or later; get one with: ceph osd getmap -o FILE"))
        }
        let compat = try reader.uint8("osdmap.version")
        guard compat <= Self.wrapperVersion else {
            throw DecodingFailure(
                offset: 0, path: "osdmap.version", reason: .tooNew(compat: compat, known: Self.wrapperVersion))
        }
        var body = try reader.blob("osdmap.length")
        guard reader.isAtEnd else {
            throw reader.failure("osdmap", at: reader.offset, "\(reader.remaining) bytes follow the end of the map")
        }
        clientPart = try Self.part(of: &body, "client")
        osdPart = try Self.part(of: &body, "osd")
        try Self.check(bytes, &body)
    }

    /// A versioned structure as a whole, its header included.
    private static func part(
        of body: inout ByteReader, _ field: StaticString
    ) throws(DecodingFailure) -> ByteReader {
        var ahead = body
        try ahead.skip(2, field)
        let length = Int(try ahead.uint32(field))
        return try body.part(6 + min(length, body.end), field)
    }

    /// Compares the checksum, whose own four bytes are left out of it.
    private static func check(_ bytes: [UInt8], _ body: inout ByteReader) throws(DecodingFailure) {
        let start = body.offset
        let stored = try body.uint32("crc")
        var computed = CRC32C()
        computed.update(bytes[..<start])
        computed.update(bytes[body.offset..<body.end])
        guard stored == computed.value else {
            throw DecodingFailure(
                offset: start, path: "crc", reason: .checksum(stored: stored, computed: computed.value))
        }
    }
}
