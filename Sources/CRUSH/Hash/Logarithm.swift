/// Ceph's integer logarithm of 16 bits, spread out into a table.
///
/// `values[u]` is nearly 2^44 * log2(u + 1), from 0 for u = 0 to just below 2^48 for u = 65,535. It is what
/// `crush_ln` computes from two tables; there are only 65,536 arguments. It does not rise everywhere: 10,008 of the
/// steps stand still or fall, and since placement is defined by it as it is, so be it.
enum Logarithm {
    /// The whole function: 512 KiB.
    static let values: [Int64] = (0..<65536).map(compute)

    /// How far the logarithm is below 2^48, as a number below zero and to 24 bits: what a straw is estimated from.
    static let distances: [Float] = values.map { Float($0 - (1 << 48)) }

    /// The function for one argument, from 0 to 65,535.
    static func compute(_ argument: Int) -> Int64 {
        var mantissa = argument + 1
        var exponent = 15
        if mantissa & 0x18000 == 0 {
            let shift = mantissa.leadingZeroBitCount - (Int.bitWidth - 16)
            mantissa <<= shift
            exponent -= shift
        }
        let index = (mantissa >> 8) << 1
        let reciprocal = LogarithmTable.coarse[index - 256]
        let coarse = LogarithmTable.coarse[index + 1 - 256]
        // The product reaches 2^64: it is the bits that count, not the sign.
        let product = UInt64(bitPattern: Int64(mantissa)) &* UInt64(bitPattern: reciprocal)
        let fine = LogarithmTable.fine[Int((product >> 48) & 0xff)]
        return (Int64(exponent) << 44) + ((coarse + fine) >> 4)
    }
}
