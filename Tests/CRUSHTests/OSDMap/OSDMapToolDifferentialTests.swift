import CRUSH
import Foundation
import TestSupport
import Testing
import Vocabulary

/// OSDMaps by chance, whose PGs are mapped here and by Ceph's own osdmaptool: line for line the same.
///
/// `HOLDFAST_CRUSH_MAPS` says how many maps (default 60), `HOLDFAST_CRUSH_SEED` repeats a run. A map whose PGs are
/// mapped differently is kept in the temporary folder.
@Suite("OSDMap: osdmaptool") struct OSDMapToolDifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["HOLDFAST_CRUSH_MAPS"].flatMap(Int.init) ?? 60
    private static let seed = environment["HOLDFAST_CRUSH_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)

    @Test func everyLineIsOSDMaptools() async throws {
        guard try OSDMapTool.isHere() else { return }
        let release = try OSDMapTool.release()
        let workers = 2
        let lines = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<workers {
                group.addTask { try Self.work(worker, of: workers, release: release) }
            }
            return try await group.reduce(0, +)
        }
        #expect(lines >= Self.count * 20)
        print("osdmaptool \(release): \(Self.count) maps, \(lines) lines, seed \(Self.seed)")
    }

    /// Every `workers`th map; returns how many lines were compared.
    private static func work(_ worker: Int, of workers: Int, release: Int) throws -> Int {
        var lines = 0
        for number in stride(from: worker, to: count, by: workers) {
            try Task.checkCancellation()
            var generator = SeededGenerator(seed: seed &+ UInt64(number))
            let map = RandomOSDMap(release: release, using: generator).map
            _ = generator.next()
            let trial = OSDMapTrial(map: map, using: &generator)
            lines += try trial.compare("map \(number) of seed \(seed)")
        }
        return lines
    }

    @Test("What a map of a real cluster holds is where its own release's tool says", arguments: OSDMapFixture.all)
    func golden(_ fixture: OSDMapFixture) throws {
        let map = try OSDMap(decoding: fixture.bytes)
        let expected = try fixture.pgLines.map(String.init)
        #expect(map.pgLines(listsPGs: true) == expected)
        #expect(map.pgLines(listsPGs: false) == expected.filter { !$0.contains(" raw (") })
    }

    /// Maps whose figures are no numbers, or where nothing is mapped.
    @Test(arguments: ["nothing is in", "one OSD is in", "no PG is anywhere", "no pools"])
    func edges(_ name: String) throws {
        guard try OSDMapTool.isHere() else { return }
        var map = try OSDMap(decoding: OSDMapFixture(release: 16).bytes)
        switch name {
        case "nothing is in": map.states.markOut(map.states.existing)
        case "one OSD is in": map.states.markOut(map.states.existing.dropFirst())
        case "no PG is anywhere": map.states.markDown(map.states.existing)
        default: map.pools = [:]
        }
        let theirs = try OSDMapTool.lines(["--test-map-pgs-dump-all"], of: map)
        #expect(map.pgLines(listsPGs: true) == theirs.map(String.init))
    }

    @Test("The tool reads what is encoded as what it was")
    func encodingIsRead() throws {
        guard try OSDMapTool.isHere() else { return }
        let fixture = OSDMapFixture(release: try OSDMapTool.release())
        let map = try OSDMap(decoding: fixture.bytes)
        let text = try OSDMapTool.lines(["--dump", "json"], of: map).joined(separator: "\n")
        let ours = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
        let theirs = try #require(try JSONSerialization.jsonObject(with: Data(fixture.dump)) as? NSDictionary)
        var comparison = JSONComparison()
        comparison.compare(ours, theirs)
        #expect(comparison.differences.isEmpty, "\(comparison.differences.prefix(20).joined(separator: "\n"))")
        #expect(comparison.count > 500)
    }
}

/// A map and what is marked in it before its PGs are mapped.
private struct OSDMapTrial {
    let map: OSDMap
    var marksAllUpIn: Bool
    var markedOut: OSDID?

    init(map: OSDMap, using generator: inout SeededGenerator) {
        self.map = map
        // Where a device without weight gets one below weight sets or uniform buckets, the tool's own weights depend on
        // the order in which it goes; that is not followed.
        let isPlain = map.crush.chooseArgs.isEmpty && !map.crush.buckets.contains { $0?.algorithm == 1 }
        marksAllUpIn = Int.random(in: 0..<5, using: &generator) == 0 && isPlain
        if Int.random(in: 0..<4, using: &generator) == 0 {
            markedOut = OSDID(Int32.random(in: 0..<Int32(map.osdLimit), using: &generator))
        }
    }

    private var arguments: [String] {
        ["--test-map-pgs-dump-all"] + (marksAllUpIn ? ["--mark-up-in"] : [])
            + (markedOut.map { ["--mark-out", "\($0.value)"] } ?? [])
    }

    /// Records a failure if the two say different things; returns how many lines were compared.
    func compare(_ name: String) throws -> Int {
        let theirs = try OSDMapTool.lines(arguments, of: map).map(String.init)
        var marked = try OSDMap(decoding: map.encoded())
        #expect(marked == map, "\(name): encoding and decoding changes the map")
        if marksAllUpIn { marked.markAllUpIn() }
        if let markedOut { marked.markOut(markedOut) }
        let ours = marked.pgLines(listsPGs: true)
        if ours != theirs {
            let pair = zip(ours, theirs).first { $0 != $1 }
            let what = pair.map { "\($0.0) here, \($0.1) there" } ?? "\(ours.count) lines, not \(theirs.count)"
            let file = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString).osdmap")
            try Data(map.encoded()).write(to: file)
            Issue.record("\(name): \(what); kept: osdmaptool \(file.path) \(arguments.joined(separator: " "))")
        }
        return theirs.count
    }
}
