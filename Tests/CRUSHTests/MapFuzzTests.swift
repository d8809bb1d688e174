import CRUSH
import TestSupport
import Testing

/// Maps with bytes that were changed, cut or put in by chance.
@Suite struct MapFuzzTests {
    /// Together 104,000 inputs.
    @Test(arguments: 1...8)
    func aMutatedMapEndsInAMapOrAnError(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var seeds = try CrushFixture.binaries.map(CrushFixture.bytes)
        for _ in 0..<40 {
            var options = RandomMap.Options()
            options.devices = 1...12
            options.msr = Bool.random(using: &generator)
            seeds.append(RandomMap.make(using: &generator, options).encoded())
        }
        var decoded = 0
        for round in 0..<13_000 {
            let bytes = ByteMutation.mutate(seeds.randomElement(using: &generator) ?? [], using: &generator)
            let map: CrushMap
            do throws(DecodingFailure) {
                map = try CrushMap(decoding: bytes)
            } catch {
                try #require((0...bytes.count).contains(error.offset), "seed \(seed), round \(round): \(error)")
                continue
            }
            decoded += 1
            let again = try CrushMap(decoding: map.encoded())
            try #require(again == map, "seed \(seed), round \(round)")
            if round.isMultiple(of: 16) { exercise(map) }
        }
        // The mutations are small enough that many maps survive, so what comes after decoding is tried too.
        #expect(decoded > 1000, "seed \(seed)")
    }

    /// All that is computed of a map must end, whatever it holds.
    private func exercise(_ map: CrushMap) {
        do throws(DecompilationFailure) {
            let text = try map.text()
            do throws(CompilationFailure) {
                _ = try CrushMap(compiling: Array(text.utf8))
            } catch {
                #expect(error.line > 0)
            }
        } catch {
            #expect(!error.description.isEmpty)
        }
        #expect(MapDifference.between(map, map).isEmpty)
        #expect(CrushTree(of: map, showingShadows: true).rows.count <= CrushTree.rowLimit)
    }

    @Test(arguments: 1...4)
    func aMutatedTextEndsInAMapOrAnError(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let texts = try ["small.txt", "msr.txt", "small-18.txt"].map(CrushFixture.bytes)
        for _ in 0..<1000 {
            let text = ByteMutation.mutate(texts.randomElement(using: &generator) ?? [], using: &generator)
            let map: CrushMap
            do throws(CompilationFailure) {
                map = try CrushMap(compiling: text)
            } catch {
                #expect(error.line > 0 && error.column > 0, "seed \(seed): \(error)")
                continue
            }
            #expect(try CrushMap(decoding: map.encoded()) == map, "seed \(seed)")
        }
    }
}
