import CRUSH
import TestSupport
import Testing

@Suite struct MapCodingTests {
    @Test(arguments: 1...40)
    func aRandomMapComesBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var options = RandomMap.Options()
            options.msr = seed.isMultiple(of: 4)
            let map = RandomMap.make(using: &generator, options)
            let bytes = map.encoded()
            let again = try CrushMap(decoding: bytes)
            #expect(again == map, "seed \(seed)")
            #expect(again.encoded() == bytes, "seed \(seed)")
        }
    }

    /// An older release stops earlier; what it does not write has the values of before.
    @Test(arguments: CrushMap.Extent.allCases)
    func aMapMayEndAfterAnyPart(extent: CrushMap.Extent) throws {
        var map = try CrushMap(decoding: try CrushFixture.bytes("small-20.bin"))
        map.extent = extent
        let bytes = map.encoded()
        let again = try CrushMap(decoding: bytes)
        #expect(again.extent == extent)
        #expect(again.encoded() == bytes)
        #expect(again.buckets == map.buckets)
        if extent == .names { #expect(again.tunables == .legacy) }
        #expect(again.deviceClasses.isEmpty == (extent < .classes))
    }

    @Test func aMapThatEndsAnywhereElseIsRefused() throws {
        let map = try CrushMap(decoding: try CrushFixture.bytes("small-20.bin"))
        let bytes = map.encoded()
        let ends = Set(
            CrushMap.Extent.allCases.map { extent in
                var shorter = map
                shorter.extent = extent
                return shorter.encoded().count
            })
        for count in 0..<bytes.count where !ends.contains(count) {
            let failure = #expect(throws: DecodingFailure.self, "\(count) bytes") {
                try CrushMap(decoding: Array(bytes.prefix(count)))
            }
            #expect((failure?.offset ?? -1) <= count)
        }
    }

    /// The first bytes of a map: magic, three counts, and the head of the first bucket.
    static func head(buckets: UInt32 = 1, rules: UInt32 = 0, _ words: [UInt32] = []) -> [UInt8] {
        ([0x0001_0000, buckets, rules, 1] + words).flatMap { word in (0..<4).map { UInt8(word >> (8 * $0) & 0xff) } }
    }

    @Test(arguments: [
        ([UInt8](), 0, "magic", "the input ends here: 4 bytes are needed, 0 are left"),
        ([1, 2, 3, 4], 0, "magic", "no CRUSH map"),
        (head(buckets: 0xffff_ffff), 4, "max_buckets", "4294967295 elements cannot fit"),
        (head(buckets: 0, rules: 9), 8, "max_rules", "9 elements cannot fit"),
        (head([9]), 16, "buckets[0].alg", "there is no bucket algorithm 9"),
        (head([5, 0xffff_fffe]), 20, "buckets[0].id", "bucket -2 stands in the slot of bucket -1"),
        (head([5, 0xffff_ffff, 0x0004_0001]), 26, "buckets[0].alg", "says 4 where the slot said 5"),
        (head([5, 0xffff_ffff, 0x0005_0001, 0, 0xffff_ffff]), 32, "buckets[0].size", "4294967295 elements cannot fit"),
        (head(buckets: 0, rules: 1, [1, 0xffff_ffff, 0]), 20, "rules[0].len", "4294967295 elements cannot fit"),
        (head(buckets: 0, rules: 1, [1, 1, 0, 1]), 20, "rules[0].len", "1 elements cannot fit"),
    ])
    func aForgedMapIsRefusedWithItsPlace(bytes: [UInt8], offset: Int, path: String, why: String) {
        let failure = #expect(throws: DecodingFailure.self) { try CrushMap(decoding: bytes) }
        #expect(failure?.offset == offset)
        #expect(failure?.path == path)
        #expect(failure.map { "\($0)" }?.contains(why) == true, "\(String(describing: failure))")
    }

    /// A bug of old releases wrote the keys of names with 64 bits.
    @Test func keysOf64BitsAreRead() throws {
        let map = CrushMap(tunables: .legacy, extent: .names)
        var bytes = Array(map.encoded().dropLast(12))
        bytes +=
            [1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0] + Array("host".utf8) + [UInt8](repeating: 0, count: 8)
        #expect(try CrushMap(decoding: bytes).typeNames == [3: "host"])
    }
}
