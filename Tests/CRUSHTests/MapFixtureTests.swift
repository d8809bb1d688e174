import CRUSH
import Testing

/// Maps that real releases wrote.
@Suite struct MapFixtureTests {
    @Test(arguments: CrushFixture.binaries)
    func aMapIsWrittenAsItWasRead(name: String) throws {
        let bytes = try CrushFixture.bytes(name)
        #expect(try CrushMap(decoding: bytes).encoded() == bytes)
    }

    @Test(arguments: [
        ("small.txt", "small-16.bin", CrushToolRelease.pacific), ("small.txt", "small-18.bin", .reef),
        ("small.txt", "small-20.bin", .tentacle), ("msr.txt", "msr-20.bin", .tentacle),
    ])
    func aTextCompilesToTheBytesOfEachRelease(text: String, binary: String, release: CrushToolRelease) throws {
        let map = try CrushMap(compiling: try CrushFixture.bytes(text), as: release)
        #expect(try map.encoded() == CrushFixture.bytes(binary))
    }

    @Test(arguments: [
        ("small-16", CrushToolRelease.pacific), ("small-18", .reef), ("small-20", .tentacle), ("msr-20", .tentacle),
    ])
    func aMapDecompilesToTheTextOfEachRelease(name: String, release: CrushToolRelease) throws {
        let map = try CrushMap(decoding: try CrushFixture.bytes("\(name).bin"))
        #expect(try Array(map.text(.crushtool(release)).utf8) == CrushFixture.bytes("\(name).txt"))
    }

    @Test(arguments: ["small-16", "msr-20"])
    func aDumpSaysWhatTheBinaryMapSays(name: String) throws {
        let map = try CrushMap(decoding: try CrushFixture.bytes("\(name).bin"))
        let dump = try CrushDump(json: try CrushFixture.bytes("\(name).json"))
        #expect(MapDifference.between(map, dump.map) == [])
        #expect(dump.map.extent == map.extent)
    }

    @Test func theMapsOfTheReleasesMeanTheSame() throws {
        let maps = try ["small-16.bin", "small-18.bin", "small-20.bin"].map {
            try CrushMap(decoding: try CrushFixture.bytes($0))
        }
        #expect(MapDifference.between(maps[0], maps[1]) == [])
        #expect(MapDifference.between(maps[1], maps[2]) == [])
        #expect(maps.map(\.extent) == [.chooseArgs, .chooseArgs, .msr])
    }

    @Test func whatALaterReleaseAddsIsKept() throws {
        let bytes = try CrushFixture.bytes("small-20.bin") + [1, 2, 3]
        let map = try CrushMap(decoding: bytes)
        #expect(map.unknownTail == [1, 2, 3])
        #expect(map.encoded() == bytes)
    }
}
