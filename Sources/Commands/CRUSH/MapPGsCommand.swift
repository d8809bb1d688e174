import ArgumentParser
import CRUSH
import Console
import Vocabulary

/// `holdfast crush map-pgs`: where the PGs of an OSDMap are.
struct MapPGsCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "map-pgs",
        abstract: "Map the PGs of an OSDMap, as osdmaptool --test-map-pgs-dump-all does.",
        usage: """
            holdfast crush map-pgs --osdmap <file> [--pool <id|name>] [--summary] [--mark-up-in] \
            [--mark-out <osd>]... [-o json]
            """,
        discussion: """
            Prints the lines of osdmaptool --test-map-pgs-dump-all: of each PG what CRUSH chose, where it should be (up)
            and who serves it (acting), then how many PGs each OSD has. With --summary it prints those of
            --test-map-pgs, without the PGs. The marks change nothing in the file.

            EXAMPLES:
              ceph osd getmap | holdfast crush map-pgs --osdmap -
              holdfast crush map-pgs --osdmap map.bin --pool rbd
              holdfast crush map-pgs --osdmap map.bin --mark-out 3 --mark-out 4 --summary
              holdfast crush map-pgs --osdmap map.bin -o json | jq -r '.pgs[] | select(.up | length < 3) | .pgid'

            EXIT CODES:
              0 done   1 this is no OSDMap   2 there is no such file, pool or OSD
            """)

    @Option(help: ArgumentHelp("The map; - is standard input.", valueName: "file"), completion: .file())
    var osdmap: String

    @Option(help: ArgumentHelp("Map this pool alone. Default: all pools.", valueName: "id|name"))
    var pool: String?

    @Flag(help: "Print the count of PGs for each OSD only.")
    var summary = false

    @Flag(help: "Mark every OSD up and in first; devices that weigh nothing weigh 1 then.")
    var markUpIn = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Mark this OSD out (and up) first; may be given again.", valueName: "osd"))
    var markOut: [Int32] = []

    @Option(name: .shortAndLong, help: "text or json")
    var output: Output = .text

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    func perform(in session: Session) async throws {
        let map = try marked(read(in: session))
        let pool = try pool.map { try number(ofPool: $0, in: map) }
        var pgs: [PGMappingsReport.PG] = []
        let report = try PGReport(map, pool: pool, listsPGs: !summary) { entry in
            switch output {
            case .text: try session.streams.answer("\(entry)\n")
            case .json: if let pg = PGMappingsReport.PG(entry) { pgs.append(pg) }
            }
        }
        switch output {
        case .text: try session.streams.answer(report.summary.map { "\($0)\n" }.joined())
        case .json:
            let answer = PGMappingsReport(map, pool: pool, pgs: summary ? nil : pgs, report)
            try session.streams.answer(try JSONText.pretty(answer) + "\n")
        }
    }

    private func read(in session: Session) throws -> OSDMap {
        let bytes = try CrushMapFile.contents(of: osdmap, in: session)
        do {
            return try OSDMap(decoding: bytes)
        } catch {
            throw Failure(
                .failure, code: "InvalidMap", "\(CrushMapFile.displayName(osdmap)): \(error)",
                hint: "get the map anew with: ceph osd getmap -o FILE")
        }
    }

    /// The map after what the options mark.
    ///
    /// - Throws: `Failure` if there is no such OSD.
    private func marked(_ map: OSDMap) throws -> OSDMap {
        var map = map
        if markUpIn { map.markAllUpIn() }
        for number in markOut {
            guard (0..<map.osdLimit).contains(Int(number)) else {
                throw Failure(
                    .notFound, code: "NoOSD", "--mark-out \(number): there is no such OSD",
                    hint: "the map has room for \(map.osdLimit), from 0")
            }
            map.markOut(OSDID(number))
        }
        return map
    }

    /// A pool by its number or name.
    ///
    /// - Throws: `Failure` if there is none.
    private func number(ofPool text: String, in map: OSDMap) throws -> PoolID {
        let number = Int64(text).map { PoolID($0) } ?? map.pools.values.first { $0.name == text }?.id
        guard let number, map.pools[number] != nil else {
            let pools = map.sortedPools.map { "\($0.id) \($0.name)" }.joined(separator: ", ")
            throw Failure(.notFound, code: "NoPool", "there is no pool \(text)", hint: "the map has \(pools)")
        }
        return number
    }
}
