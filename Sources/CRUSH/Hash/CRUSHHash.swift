/// The hash that all of Ceph's placement is made of: Robert Jenkins' 96-bit mix over 32-bit words.
///
/// Negative ids enter as their two's complement (`UInt32(bitPattern:)`). Source: `crush/hash.c`,
/// `CRUSH_HASH_RJENKINS1`.
public enum CRUSHHash {
    /// What every hash starts from.
    static let seed: UInt32 = 1_315_423_911
    /// The two words that are mixed in beside the inputs.
    static let padding: (x: UInt32, y: UInt32) = (231_232, 1232)

    /// Nine rounds over three words; `c` is the running hash.
    @inline(__always)
    static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        a = (a &- b &- c) ^ (c &>> 13)
        b = (b &- c &- a) ^ (a &<< 8)
        c = (c &- a &- b) ^ (b &>> 13)
        a = (a &- b &- c) ^ (c &>> 12)
        b = (b &- c &- a) ^ (a &<< 16)
        c = (c &- a &- b) ^ (b &>> 5)
        a = (a &- b &- c) ^ (c &>> 3)
        b = (b &- c &- a) ^ (a &<< 10)
        c = (c &- a &- b) ^ (b &>> 15)
    }

    /// The hash of two words: which PG seed of which pool, whether an OSD of little weight takes part.
    @inline(__always)
    public static func hash(_ first: UInt32, _ second: UInt32) -> UInt32 {
        var (a, b, h) = (first, second, seed ^ first ^ second)
        var (x, y) = padding
        mix(&a, &b, &h)
        mix(&x, &a, &h)
        mix(&b, &y, &h)
        return h
    }

    /// The hash of three words: input, item and try.
    @inline(__always)
    public static func hash(_ first: UInt32, _ second: UInt32, _ third: UInt32) -> UInt32 {
        var (a, b, c, h) = (first, second, third, seed ^ first ^ second ^ third)
        var (x, y) = padding
        mix(&a, &b, &h)
        mix(&c, &x, &h)
        mix(&y, &a, &h)
        mix(&b, &x, &h)
        mix(&y, &c, &h)
        return h
    }

    /// The hash of four words: input, item, try and bucket, for lists and trees.
    @inline(__always)
    public static func hash(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) -> UInt32 {
        var (a, b, c, d, h) = (first, second, third, fourth, seed ^ first ^ second ^ third ^ fourth)
        var (x, y) = padding
        mix(&a, &b, &h)
        mix(&c, &d, &h)
        mix(&a, &x, &h)
        mix(&y, &b, &h)
        mix(&c, &x, &h)
        mix(&y, &d, &h)
        return h
    }
}
