import TestSupport
import Testing
import Vocabulary

@Suite("ByteCount")
struct ByteCountTests {
    @Test(
        "reads rbd's spelling",
        arguments: [
            ("0", 0), ("1", 1 << 20), ("10M", 10 << 20), ("4K", 4096), ("7B", 7), ("3g", 3 << 30), ("2TiB", 2 << 40),
            ("1PB", 1 << 50), ("15E", 15 << 60),
        ] as [(String, UInt64)])
    func readsRBDSpelling(text: String, bytes: UInt64) {
        #expect(ByteCount(rbd: text) == ByteCount(bytes))
    }

    @Test(
        "refuses what rbd would refuse, and what does not fit",
        arguments: ["", "G", "-1", "1.5G", "10X", "10 G", "16E", "18446744073709551616", "٣G", "1GiBB"])
    func refuses(text: String) {
        #expect(ByteCount(rbd: text) == nil)
    }

    @Test("rounding up never shrinks, never overshoots and lands on the unit")
    func roundsUp() throws {
        let seed: UInt64 = .random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10_000 {
            let size = ByteCount(random.next() >> UInt64.random(in: 1..<64, using: &random))
            let unit = ByteCount(UInt64.random(in: 1...(1 << 40), using: &random))
            let rounded = try #require(size.roundedUp(to: unit), "seed \(seed)")
            #expect(rounded >= size && rounded.bytes - size.bytes < unit.bytes, "seed \(seed)")
            #expect(rounded.bytes % unit.bytes == 0, "seed \(seed)")
        }
    }

    @Test("rounding refuses what has no answer")
    func roundsNothingImpossible() {
        #expect(ByteCount(UInt64.max).roundedUp(to: .mib(1)) == nil)
        #expect(ByteCount(5).roundedUp(to: .zero) == nil)
    }

    @Test(
        "prints the largest unit that is exact",
        arguments: [
            (.zero, "0 B"), (ByteCount(10), "10 B"), (.mib(1536), "1536 MiB"), (.gib(1), "1 GiB"), (.tib(3), "3 TiB"),
            (ByteCount((1 << 30) + 1), "1073741825 B"),
        ] as [(ByteCount, String)])
    func prints(size: ByteCount, text: String) {
        #expect(size.description == text)
    }
}
