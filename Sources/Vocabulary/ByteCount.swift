/// A size in bytes, never negative.
///
/// Sizes are written in three ways in this field, and each has an initialiser of its own: Kubernetes' quantities
/// (`KubernetesModel.Quantity`), rbd's spelling (``init(rbd:)``) and plain numbers.
public struct ByteCount: Hashable, Comparable, Sendable {
    /// The number of bytes.
    public var bytes: UInt64

    /// A size of `bytes` bytes.
    public init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    /// Nothing at all.
    public static let zero = ByteCount(0)

    /// A number of KiB (1,024 bytes).
    public static func kib(_ count: UInt64) -> ByteCount { ByteCount(count << 10) }
    /// A number of MiB (1,048,576 bytes).
    public static func mib(_ count: UInt64) -> ByteCount { ByteCount(count << 20) }
    /// A number of GiB (1,073,741,824 bytes).
    public static func gib(_ count: UInt64) -> ByteCount { ByteCount(count << 30) }
    /// A number of TiB (1,099,511,627,776 bytes).
    public static func tib(_ count: UInt64) -> ByteCount { ByteCount(count << 40) }

    /// The smaller number of bytes comes first.
    public static func < (left: ByteCount, right: ByteCount) -> Bool {
        left.bytes < right.bytes
    }

    /// The smallest multiple of `unit` that is no smaller than this size; nil when it would not fit into 64 bits or
    /// `unit` is zero.
    public func roundedUp(to unit: ByteCount) -> ByteCount? {
        guard unit.bytes > 0 else { return nil }
        let remainder = bytes % unit.bytes
        if remainder == 0 { return self }
        let (sum, overflow) = bytes.addingReportingOverflow(unit.bytes - remainder)
        return overflow ? nil : ByteCount(sum)
    }
}

extension ByteCount {
    /// A size as rbd's `--size` spells it: a number with an optional suffix `B`, `K`, `M`, `G`, `T`, `P` or `E`
    /// (powers of 1,024, an `iB` or `B` may follow); a bare number means MiB. Nil for anything else, and for what
    /// does not fit into 64 bits.
    public init?(rbd text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = UInt64(digits) else { return nil }
        let shift: UInt64
        switch text.dropFirst(digits.count).uppercased() {
        case "B": shift = 0
        case "K", "KB", "KIB": shift = 10
        case "", "M", "MB", "MIB": shift = 20
        case "G", "GB", "GIB": shift = 30
        case "T", "TB", "TIB": shift = 40
        case "P", "PB", "PIB": shift = 50
        case "E", "EB", "EIB": shift = 60
        default: return nil
        }
        guard number <= UInt64.max >> shift else { return nil }
        self.init(number << shift)
    }
}

extension ByteCount: CustomStringConvertible {
    /// The largest binary unit that divides the size exactly: `1 GiB`, `1536 MiB`, `10 B`. Nothing is rounded.
    public var description: String {
        let units: [(shift: UInt64, name: String)] = [
            (60, "EiB"), (50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB"),
        ]
        for unit in units where bytes != 0 && bytes.trailingZeroBitCount >= Int(unit.shift) {
            return "\(bytes >> unit.shift) \(unit.name)"
        }
        return "\(bytes) B"
    }
}
