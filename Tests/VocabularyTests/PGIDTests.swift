import Testing
import Vocabulary

@Suite struct PGIDTests {
    @Test(
        arguments: [
            ("1.0", 1, 0), ("1.2f", 1, 0x2f), ("0.a", 0, 10), ("17.ffffffff", 17, 0xffff_ffff), ("3.1F", 3, 0x1f),
            ("9223372036854775807.1", Int64.max, 1),
        ] as [(String, Int64, UInt32)])
    func textIsRead(text: String, pool: Int64, seed: UInt32) throws {
        let pgid = try #require(PGID(text))
        #expect(pgid == PGID(pool: PoolID(pool), seed: seed))
        #expect(pgid.description == text.lowercased())
    }

    @Test(arguments: [
        "", ".", "1", "1.", ".1", "1.2.3", "1.g", "-1.0", "+1.0", "1.+1", "1.-1", " 1.0", "1.0 ", "1.1s0", "0x1.0",
        "1.100000000", "9223372036854775808.0", "1.0x1",
    ])
    func otherTextIsRefused(text: String) {
        #expect(PGID(text) == nil)
    }

    @Test func orderIsByPoolThenSeed() {
        let sorted = ["10.0", "2.1f", "2.2", "1.ff"].compactMap { PGID($0) }.sorted()
        #expect(sorted.map(\.description) == ["1.ff", "2.2", "2.1f", "10.0"])
    }
}
