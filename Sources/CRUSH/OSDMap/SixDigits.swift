/// Numbers as C++ streams and `printf("%g")` print them: six significant digits, no zeros at the end.
enum SixDigits {
    /// The text of a number, rounded from its exact value, halves to even.
    static func text(_ value: Double) -> String {
        if value.isNaN { return value.sign == .minus ? "-nan" : "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = rounded(value.magnitude)
        return (value < 0 ? "-" : "") + layout(digits, exponent: exponent)
    }

    /// The six digits of a number and the power of ten of the first.
    private static func rounded(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        let (decimal, scale) = exactDecimal(value)
        let exponent = decimal.count - 1 - scale
        guard decimal.count > 6 else {
            return (decimal + Array(repeating: 0, count: 6 - decimal.count), exponent)
        }
        var digits = Array(decimal[..<6])
        let half: [UInt8] = [5]
        let rest = decimal[6...].reversed().drop { $0 == 0 }.reversed()
        let isHalf = Array(rest) == half
        guard decimal[6] >= 5, !isHalf || digits[5] % 2 == 1 else { return (digits, exponent) }
        for position in digits.indices.reversed() {
            digits[position] += 1
            if digits[position] < 10 { return (digits, exponent) }
            digits[position] = 0
        }
        return ([1, 0, 0, 0, 0, 0], exponent + 1)
    }

    /// All decimal digits of a positive number, and how many of them are behind the point.
    ///
    /// A number is its significand times a power of two; where that is negative, times a power of five over one of ten.
    private static func exactDecimal(_ value: Double) -> (digits: [UInt8], scale: Int) {
        let power = Int(value.exponent) - Double.significandBitCount
        let hidden: UInt64 = value.isNormal ? 1 << UInt64(Double.significandBitCount) : 0
        let shift = value.isNormal ? power : -1074
        var digits = String(value.significandBitPattern | hidden).utf8.reversed().map { $0 - 0x30 }
        for _ in 0..<abs(shift) { multiply(&digits, by: shift > 0 ? 2 : 5) }
        return (digits.reversed(), max(0, -shift))
    }

    /// Multiplies a number whose digits stand in reverse.
    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for position in digits.indices {
            let product = digits[position] * factor + carry
            digits[position] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    /// Puts the point, or an exponent where the number is very large or small.
    private static func layout(_ digits: [UInt8], exponent: Int) -> String {
        let significant = digits.reversed().drop { $0 == 0 }.reversed().map { String($0) }
        if exponent < -4 || exponent >= 6 {
            let fraction = significant.dropFirst().joined()
            let size = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return "\(significant[0])\(fraction.isEmpty ? "" : "." + fraction)e\(exponent < 0 ? "-" : "+")\(size)"
        }
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + significant.joined() }
        let whole = digits[...exponent].map { String($0) }.joined()
        let fraction = significant.dropFirst(exponent + 1).joined()
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }
}
