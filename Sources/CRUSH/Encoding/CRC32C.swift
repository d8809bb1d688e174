/// The checksum of Ceph's maps: CRC-32C (Castagnoli), reflected, without the final inversion.
struct CRC32C {
    /// The checksum so far.
    private(set) var value: UInt32

    /// A checksum that starts from all ones, as `crc32c(-1)` does.
    init() {
        value = .max
    }

    /// Takes in more bytes.
    mutating func update(_ bytes: some Sequence<UInt8>) {
        var current = value
        for byte in bytes {
            current = Self.table[Int(UInt8(truncatingIfNeeded: current) ^ byte)] ^ (current >> 8)
        }
        value = current
    }

    /// The remainder of each byte by the polynomial.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82f6_3b78
        }
    }
}
