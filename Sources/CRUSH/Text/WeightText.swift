/// Weights as decimals, by the rules of crushtool, whose arithmetic has 24 bits.
enum WeightText {
    /// What crushtool prints: the weight as a signed number, cut to a `float`, rounded to some decimals.
    static func rounded(_ weight: Weight, decimals: Int) -> String {
        text(Int64(Float(Int32(bitPattern: weight.raw))), decimals: decimals)
    }

    /// The fewest decimals, five or more, that crushtool reads as just this weight; nil if there are none, as from
    /// 256.0 on its arithmetic skips weights.
    static func exact(_ weight: Weight) -> String? {
        for decimals in 5...16 {
            let candidate = text(Int64(weight.raw), decimals: decimals)
            if parse(candidate) == weight { return candidate }
        }
        return nil
    }

    /// What crushtool makes of a number in a text: cut to a `float`, times 65536, cut to 32 bits.
    static func parse(_ text: String) -> Weight? {
        guard let value = Float(text) else { return nil }
        guard let whole = Int64(exactly: (value * 65536).rounded(.towardZero)) else { return nil }
        return Weight(raw: UInt32(truncatingIfNeeded: whole))
    }

    /// A number of 65,536ths with some decimals, rounded to the nearest, halves to even, as `printf` does.
    private static func text(_ raw: Int64, decimals: Int) -> String {
        var scale: UInt128 = 1
        for _ in 0..<decimals { scale *= 10 }
        let product = UInt128(raw.magnitude) * scale
        var quotient = product >> 16
        let rest = product & 0xffff
        if rest > 0x8000 || rest == 0x8000 && quotient & 1 == 1 { quotient += 1 }
        let fraction = String(quotient % scale)
        let padding = String(repeating: "0", count: decimals - fraction.count)
        return "\(raw < 0 ? "-" : "")\(quotient / scale).\(padding)\(fraction)"
    }
}
