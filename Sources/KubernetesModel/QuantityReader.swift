/// Reads the grammar of quantities: a signed decimal number, then a binary unit, a decimal unit or an exponent.
enum QuantityReader {
    /// A unit: `mantissa * 2^binary * 10^decimal`.
    private struct Unit {
        var binary = 0
        var decimal = 0
        var format: Quantity.Format
    }

    /// As many digits as a UInt128 surely holds.
    private static let maximumDigits = 38

    static func read(_ text: String) -> Quantity? {
        var rest = text.utf8[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let whole = takeDigits(&rest)
        var fraction = "".utf8[...]
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let unit = unit(String(Substring(rest))) else { return nil }
        let magnitude = nanos(whole: whole, fraction: fraction, unit: unit)
        return Quantity(nanos: isNegative ? -magnitude : magnitude, format: unit.format)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix(while: isDigit)
        rest = rest[digits.endIndex...]
        return digits
    }

    private static func unit(_ suffix: String) -> Unit? {
        switch suffix {
        case "Ki": Unit(binary: 10, format: .binary)
        case "Mi": Unit(binary: 20, format: .binary)
        case "Gi": Unit(binary: 30, format: .binary)
        case "Ti": Unit(binary: 40, format: .binary)
        case "Pi": Unit(binary: 50, format: .binary)
        case "Ei": Unit(binary: 60, format: .binary)
        case "n": Unit(decimal: -9, format: .decimal)
        case "u": Unit(decimal: -6, format: .decimal)
        case "m": Unit(decimal: -3, format: .decimal)
        case "": Unit(format: .decimal)
        case "k": Unit(decimal: 3, format: .decimal)
        case "M": Unit(decimal: 6, format: .decimal)
        case "G": Unit(decimal: 9, format: .decimal)
        case "T": Unit(decimal: 12, format: .decimal)
        case "P": Unit(decimal: 15, format: .decimal)
        case "E": Unit(decimal: 18, format: .decimal)
        default: exponent(suffix)
        }
    }

    private static func exponent(_ suffix: String) -> Unit? {
        guard suffix.first == "e" || suffix.first == "E" else { return nil }
        let digits = suffix.utf8.dropFirst().drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        guard !digits.isEmpty, digits.allSatisfy(isDigit), suffix.utf8.count - digits.count <= 2,
            let power = Int32(suffix.dropFirst())
        else { return nil }
        return Unit(decimal: Int(power), format: .exponent)
    }

    /// The amount in billionths, rounded up, capped at the maximum.
    private static func nanos(whole: Substring.UTF8View, fraction: Substring.UTF8View, unit: Unit) -> Int128 {
        func isZero(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "0") }
        let whole = whole.drop(while: isZero)
        guard whole.count <= maximumDigits else { return Quantity.maximumNanos }
        let significant = whole.isEmpty ? fraction.drop(while: isZero) : fraction
        let kept = significant.prefix(maximumDigits - whole.count)
        let hasMore = !significant.dropFirst(kept.count).allSatisfy(isZero)
        var mantissa: UInt128 = 0
        for digit in whole { mantissa = mantissa * 10 + UInt128(digit - UInt8(ascii: "0")) }
        for digit in kept { mantissa = mantissa * 10 + UInt128(digit - UInt8(ascii: "0")) }
        if mantissa == 0 { return 0 }
        let places = fraction.count - significant.count + kept.count
        return scaled(mantissa, power: 9 + unit.decimal - places, binary: unit.binary, roundUp: hasMore)
    }

    /// `mantissa * 2^binary * 10^power`, rounded up to a whole number, capped at the maximum.
    private static func scaled(_ mantissa: UInt128, power: Int, binary: Int, roundUp: Bool) -> Int128 {
        let maximum = UInt128(Quantity.maximumNanos)
        guard power <= maximumDigits else { return Quantity.maximumNanos }
        guard power >= -maximumDigits else { return 1 }
        let factor = UInt128(1) << UInt128(binary)
        let product: (high: UInt128, low: UInt128)
        let divisor: UInt128
        if power >= 0 {
            let (scaled, overflow) = mantissa.multipliedReportingOverflow(by: powerOfTen(power))
            if overflow { return Quantity.maximumNanos }
            product = scaled.multipliedFullWidth(by: factor)
            divisor = 1
        } else {
            product = mantissa.multipliedFullWidth(by: factor)
            divisor = powerOfTen(-power)
        }
        guard product.high < divisor else { return Quantity.maximumNanos }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        guard quotient < maximum else { return Quantity.maximumNanos }
        return Int128(quotient) + (remainder > 0 || roundUp ? 1 : 0)
    }

    private static func powerOfTen(_ power: Int) -> UInt128 {
        (0..<power).reduce(UInt128(1)) { product, _ in product * 10 }
    }
}
