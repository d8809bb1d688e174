import CRUSH
import Testing

@testable import CRUSH

/// The values are those that Ceph 16.2.15's own functions return.
@Suite struct HashTests {
    @Test(arguments: [(0, 0, 0x19ad_4ce9), (1, 2, 0xb78d_ee9c)] as [(UInt32, UInt32, UInt32)])
    func ofTwoWords(first: UInt32, second: UInt32, expected: UInt32) {
        #expect(CRUSHHash.hash(first, second) == expected)
    }

    @Test(
        arguments: [
            (0, 0, 0, 0x7a3b_f3b2), (1, UInt32(bitPattern: -2), 3, 0xeefa_da30), (0xffff_ffff, 7, 50, 0xabb2_ce87),
        ] as [(UInt32, UInt32, UInt32, UInt32)])
    func ofThreeWords(first: UInt32, second: UInt32, third: UInt32, expected: UInt32) {
        #expect(CRUSHHash.hash(first, second, third) == expected)
    }

    @Test func theLogarithmIsCephsAndNotTheTrueOne() {
        #expect(Logarithm.values.count == 65536)
        #expect(Logarithm.values[0] == 0)
        #expect(Logarithm.values[65535] == 0xffff_f000_0000)
        let standing = zip(Logarithm.values, Logarithm.values.dropFirst()).filter { $0 >= $1 }
        #expect(standing.count == 10008)
    }
}
