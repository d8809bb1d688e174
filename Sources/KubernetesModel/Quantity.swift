public import Vocabulary

/// An amount as Kubernetes writes it: `1Gi`, `500M`, `1e9`, `0.5`, `100m`.
///
/// It is exact to a billionth. As in Kubernetes, finer amounts are rounded away from zero, and amounts beyond
/// 2^63 - 1 are capped there. Two quantities are equal when their amounts are, however they are spelled.
/// Source: k8s.io/apimachinery, pkg/api/resource.
public struct Quantity: Sendable {
    /// How a quantity is spelled.
    public enum Format: Hashable, Sendable {
        /// Powers of 1,024: `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`.
        case binary
        /// Powers of 1,000: `n`, `u`, `m`, none, `k`, `M`, `G`, `T`, `P`, `E`.
        case decimal
        /// A power of ten: `e9`.
        case exponent
    }

    /// The amount in billionths.
    let nanos: Int128
    /// How the amount is spelled; an amount that a format cannot spell exactly falls back to decimal.
    public let format: Format

    static let nanosPerUnit: Int128 = 1_000_000_000
    static let maximumNanos = Int128(Int64.max) * nanosPerUnit

    init(nanos: Int128, format: Format) {
        self.nanos = max(-Self.maximumNanos, min(Self.maximumNanos, nanos))
        self.format = format
    }

    /// A size, spelled with the largest binary unit that divides it: never rounded.
    public init(_ size: ByteCount) {
        self.init(nanos: Int128(size.bytes) * Self.nanosPerUnit, format: .binary)
    }

    /// The amount as a size, a fraction of a byte rounded up; nil for a negative amount.
    public var byteCount: ByteCount? {
        guard nanos >= 0 else { return nil }
        let (bytes, fraction) = nanos.quotientAndRemainder(dividingBy: Self.nanosPerUnit)
        return ByteCount(UInt64(bytes) + (fraction == 0 ? 0 : 1))
    }
}

extension Quantity: Hashable, Comparable {
    /// Whether both are the same amount.
    public static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }
    /// Whether the left amount is smaller.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }
    /// Hashes the amount.
    public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

extension Quantity {
    /// Nothing at all.
    public static let zero = Quantity(nanos: 0, format: .decimal)

    /// The sum, capped as all quantities are, spelled as the left one; the right one's way if the left one is zero.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: left.nanos + right.nanos, format: left.nanos == 0 ? right.format : left.format)
    }

    /// The difference, capped as all quantities are, spelled as the left one.
    public static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: left.nanos - right.nanos, format: left.format)
    }

    /// The amount as a number, for shares and charts; rounded to what a `Double` holds.
    public var doubleValue: Double { Double(nanos) / Double(Self.nanosPerUnit) }
}

/// A text that is no Kubernetes quantity.
public struct QuantityError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text, cut after 64 characters.
    public let text: String

    init(_ text: String) {
        self.text = String(text.prefix(64))
    }

    /// The text that names what is wrong and what to write instead.
    public var description: String {
        "\"\(text)\" is no quantity; write a number with an optional unit, such as 500M, 1Gi or 1e9"
    }
}

extension Quantity {
    /// Reads a quantity.
    ///
    /// - Throws: ``QuantityError`` for anything that the API server would refuse.
    public init(_ text: String) throws(QuantityError) {
        guard let quantity = QuantityReader.read(text) else { throw QuantityError(text) }
        self = quantity
    }

    /// Reads a quantity as manifests carry it: a string or a plain number.
    public init(json value: JSONValue) throws(QuantityError) {
        switch value {
        case .string(let text): try self.init(text)
        case .integer, .number: try self.init(value.description)
        default: throw QuantityError(value.description)
        }
    }
}

extension Quantity: CustomStringConvertible {
    /// The canonical spelling: no fraction, the largest unit that is exact, no sign unless negative. The API server
    /// spells likewise, but keeps some spellings as they were written (`+5`, `001k`).
    public var description: String {
        if nanos == 0 { return "0" }
        if format == .binary, let text = binarySpelling { return text }
        var amount = nanos
        var exponent = -9
        while exponent < 18, amount % 1000 == 0 {
            amount /= 1000
            exponent += 3
        }
        if format == .exponent { return exponent == 0 ? "\(amount)" : "\(amount)e\(exponent)" }
        let units = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        return "\(amount)\(units[(exponent + 9) / 3])"
    }

    /// The spelling in powers of 1,024; nil for what Kubernetes spells in decimal then: fractions and amounts
    /// below 1,024.
    private var binarySpelling: String? {
        let (whole, fraction) = nanos.quotientAndRemainder(dividingBy: Self.nanosPerUnit)
        guard fraction == 0, whole.magnitude >= 1024 else { return nil }
        let units = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        let power = min(whole.trailingZeroBitCount / 10, units.count - 1)
        return "\(whole >> (10 * Int128(power)))\(units[power])"
    }
}
