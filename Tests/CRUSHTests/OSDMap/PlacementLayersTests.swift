import CRUSH
import Testing
import Vocabulary

/// Each layer over CRUSH with what is at its edges; `NONE` is written as -1 here.
@Suite("OSDMap: layers") struct PlacementLayersTests {
    /// One row: what is set, what the rule chose, what comes out.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var kind = Pool.Kind.replicated
        var raw: [Int32]
        var change: @Sendable (inout OSDMap) -> Void = { _ in }
        var up: [Int32]
        var upPrimary: Int32?
        var acting: [Int32]
        var actingPrimary: Int32?

        init(
            _ what: String, _ kind: Pool.Kind = .replicated, raw: [Int32],
            _ change: @escaping @Sendable (inout OSDMap) -> Void = { _ in },
            up: [Int32], _ upPrimary: Int32?, acting: [Int32]? = nil, _ actingPrimary: Int32? = nil
        ) {
            testDescription = what
            self.kind = kind
            self.raw = raw
            self.change = change
            self.up = up
            self.upPrimary = upPrimary
            self.acting = acting ?? up
            self.actingPrimary = acting == nil ? upPrimary : actingPrimary
        }
    }

    private static let pg = PGID(pool: PoolID(1), seed: 3)

    private static func items(_ values: [Int32]) -> [ItemID] {
        values.map { $0 == -1 ? .none : ItemID($0) }
    }

    static let rows: [Row] = [
        Row("All is well", raw: [2, 0, 1], up: [2, 0, 1], 2),
        Row("The rule chose nothing", raw: [], up: [], nil),
        Row("A short list of copies", raw: [4], up: [4], 4),
        Row("A hole among shards", .erasure, raw: [-1, 3, 1], up: [-1, 3, 1], 3),
        Row("A copy on an OSD that does not exist", raw: [0, 6, 1], up: [0, 1], 0),
        Row("A shard on an OSD that does not exist", .erasure, raw: [6, 0, 1], up: [-1, 0, 1], 0),
        Row("Down: copies close up", raw: [0, 1, 2], { $0.states.markDown([OSDID(0)]) }, up: [1, 2], 1),
        Row(
            "Down: shards keep their places", .erasure, raw: [0, 1, 2], { $0.states.markDown([OSDID(0)]) },
            up: [-1, 1, 2], 1),
        Row("All down", raw: [0, 1], { $0.states.markDown($0.states.existing) }, up: [], nil),
        Row("All shards down", .erasure, raw: [0, 1], { $0.states.markDown($0.states.existing) }, up: [-1, -1], nil),
        // Upmaps.
        Row("A whole upmap", raw: [0, 1, 2], { $0.upmaps[pg] = items([3, 4]) }, up: [3, 4], 3),
        Row(
            "A whole upmap onto an OSD that is out is void, and so are the moves", raw: [0, 1, 2],
            {
                $0.upmaps[pg] = items([3, 4])
                $0.upmapItems[pg] = [OSDMap.UpmapItem(from: ItemID(0), to: ItemID(5))]
                $0.states.markOut([OSDID(4)])
            }, up: [0, 1, 2], 0),
        Row(
            "A whole upmap onto what is no OSD goes away as what does not exist", raw: [0, 1],
            {
                $0.upmaps[pg] = items([77, 3])
            }, up: [3], 3),
        Row(
            "Moves, one after the other", raw: [0, 1, 2],
            {
                $0.upmapItems[pg] = [
                    OSDMap.UpmapItem(from: ItemID(0), to: ItemID(3)), OSDMap.UpmapItem(from: ItemID(3), to: ItemID(4)),
                ]
            }, up: [4, 1, 2], 4),
        Row(
            "Moves cannot swap", raw: [0, 1, 2],
            {
                $0.upmapItems[pg] = [
                    OSDMap.UpmapItem(from: ItemID(1), to: ItemID(2)), OSDMap.UpmapItem(from: ItemID(2), to: ItemID(1)),
                ]
            }, up: [0, 1, 2], 0),
        Row(
            "A move onto an OSD that is out, and one from an OSD that is not there", raw: [0, 1],
            {
                $0.upmapItems[pg] = [
                    OSDMap.UpmapItem(from: ItemID(0), to: ItemID(3)), OSDMap.UpmapItem(from: ItemID(5), to: ItemID(4)),
                ]
                $0.states.markOut([OSDID(3)])
            }, up: [0, 1], 0),
        Row(
            "A move after a whole upmap", raw: [0, 1],
            {
                $0.upmaps[pg] = items([3, 4])
                $0.upmapItems[pg] = [OSDMap.UpmapItem(from: ItemID(4), to: ItemID(5))]
            }, up: [3, 5], 3),
        Row("An upmap of the primary swaps", raw: [0, 1, 2], { $0.upmapPrimaries[pg] = ItemID(2) }, up: [2, 1, 0], 2),
        Row(
            "An upmap of the primary to one that is not there", raw: [0, 1, 2], { $0.upmapPrimaries[pg] = ItemID(4) },
            up: [0, 1, 2], 0),
        Row(
            "An upmap of the primary to one that is out", raw: [0, 1, 2],
            {
                $0.upmapPrimaries[pg] = ItemID(2)
                $0.states.markOut([OSDID(2)])
            }, up: [0, 1, 2], 0),
        // Primary affinity.
        Row(
            "An unwilling primary makes way", raw: [0, 1, 2], { $0.states.primaryAffinities[0] = .zero },
            up: [1, 0, 2], 1),
        Row(
            "An unwilling primary's shard stays where it is", .erasure, raw: [0, 1, 2],
            {
                $0.states.primaryAffinities[0] = .zero
            }, up: [0, 1, 2], 1),
        Row(
            "Nobody is willing: the first one", raw: [2, 1, 0],
            {
                for osd in 0..<6 { $0.states.primaryAffinities[osd] = .zero }
            }, up: [2, 1, 0], 2),
        // Temporary mappings.
        Row(
            "A temporary acting set", raw: [0, 1, 2], { $0.pgTemp[pg] = items([5, 4]) }, up: [0, 1, 2], 0,
            acting: [5, 4], 5),
        Row(
            "A temporary set without those that are down", raw: [0, 1, 2],
            {
                $0.pgTemp[pg] = items([5, 4])
                $0.states.markDown([OSDID(5)])
            }, up: [0, 1, 2], 0, acting: [4], 4),
        Row(
            "A temporary set of which all are down", raw: [0, 1, 2],
            {
                $0.pgTemp[pg] = items([5])
                $0.states.markDown([OSDID(5)])
            }, up: [0, 1, 2], 0),
        Row(
            "A temporary set of shards of which all are down", .erasure, raw: [0, 1],
            {
                $0.pgTemp[pg] = items([5, 4])
                $0.states.markDown([OSDID(5), OSDID(4)])
            }, up: [0, 1], 0, acting: [-1, -1], nil),
        Row(
            "A temporary primary of the set that is up", raw: [0, 1, 2], { $0.primaryTemp[pg] = ItemID(2) },
            up: [0, 1, 2], 0, acting: [0, 1, 2], 2),
        Row(
            "A temporary primary of a temporary set", raw: [0, 1, 2],
            {
                $0.pgTemp[pg] = items([5, 4])
                $0.primaryTemp[pg] = ItemID(4)
            }, up: [0, 1, 2], 0, acting: [5, 4], 4),
        Row(
            "A temporary primary that is none", raw: [0, 1, 2], { $0.primaryTemp[pg] = ItemID(-1) }, up: [0, 1, 2], 0),
        Row(
            "Exceptions of another PG", raw: [0, 1],
            {
                $0.upmaps[PGID(pool: PoolID(1), seed: 4)] = items([3, 4])
                $0.pgTemp[PGID(pool: PoolID(2), seed: 3)] = items([3, 4])
            }, up: [0, 1], 0),
    ]

    @Test(arguments: rows) func layers(_ row: Row) {
        var map = OSDMap(crush: CrushMap())
        map.states = OSDStates(count: 6)
        map.states.markAllUpIn()
        row.change(&map)
        let pool = Pool(
            id: PoolID(1), name: "p", kind: row.kind, size: max(row.raw.count, 1), minSize: 1, crushRule: 0, pgCount: 8)
        var mapping = PGMapping()
        Self.items(row.raw).map(\.value).withUnsafeBufferPointer { raw in
            PlacementLayers(map: map, pool: pool).place(Self.pg.seed, raw: raw, into: &mapping)
        }
        #expect(mapping.up == Self.items(row.up))
        #expect(mapping.upPrimary == row.upPrimary.map { OSDID($0) })
        #expect(mapping.acting == Self.items(row.acting))
        #expect(mapping.actingPrimary == row.actingPrimary.map { OSDID($0) })
    }

    @Test("Marking gives zero weights a weight, and the buckets above theirs")
    func markingUpIn() throws {
        let text = """
            device 0 osd.0
            device 1 osd.1
            type 0 osd
            type 1 host
            type 2 root
            host a { id -2
             alg straw2
             hash 0
             item osd.0 weight 0.0
             item osd.1 weight 3.0 }
            root default { id -1
             alg straw2
             hash 0
             item a weight 3.0 }
            """
        var map = OSDMap(crush: try CrushMap(compiling: Array(text.utf8)))
        map.states = OSDStates(count: 3)
        map.markAllUpIn()
        #expect(map.states.existing.map(\.value) == [0, 1, 2])
        #expect(map.crush.bucket(ItemID(-2))?.weight(at: 0) == .one)
        #expect(map.crush.bucket(ItemID(-2))?.weight == Weight(raw: 4 << 16))
        #expect(map.crush.bucket(ItemID(-1))?.weight(at: 0) == Weight(raw: 4 << 16))
        #expect(map.crush.bucket(ItemID(-1))?.weight == Weight(raw: 4 << 16))
        map.markOut(OSDID(1))
        map.markOut(OSDID(9))
        #expect(map.states.isUp(OSDID(1)) && !map.states.isIn(OSDID(1)))
    }
}
