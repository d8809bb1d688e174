/// The name of a placement group: a pool, and a seed below that pool's `pg_num`.
///
/// Written as Ceph writes it, the pool in decimal and the seed in hexadecimal: `1.2f`. Source: `pg_t` in `osd_types.h`.
public struct PGID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The pool.
    public let pool: PoolID
    /// Which of the pool's PGs (`ps`).
    public let seed: UInt32

    /// A PG by its pool and seed.
    public init(pool: PoolID, seed: UInt32) {
        self.pool = pool
        self.seed = seed
    }

    /// The PG that a text such as `1.2f` names.
    ///
    /// Nil unless it is a decimal pool, a full stop and one to eight hexadecimal digits, without signs or spaces.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            parts[1].utf8.allSatisfy(Self.isHexadecimal),
            let pool = Int64(parts[0]), let seed = UInt32(parts[1], radix: 16)
        else { return nil }
        self.init(pool: PoolID(pool), seed: seed)
    }

    /// The name as Ceph writes it: `1.2f`.
    public var description: String { "\(pool).\(String(seed, radix: 16))" }

    /// By pool, then by seed.
    public static func < (left: PGID, right: PGID) -> Bool {
        (left.pool, left.seed) < (right.pool, right.seed)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
