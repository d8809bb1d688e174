import CRUSH
import Vocabulary

/// What `holdfast crush map-pgs -o json` prints.
struct PGMappingsReport: Encodable {
    struct Pool: Encodable {
        var id: Int64
        var name: String
        var pgCount: UInt32
    }

    /// One PG. A place of a shard that is on no OSD is null, and so is a primary that is not there.
    struct PG: Encodable {
        var pgid: String
        var raw: [Int32?]
        var up: [Int32?]
        var upPrimary: Int32?
        var acting: [Int32?]
        var actingPrimary: Int32?
    }

    /// One OSD that is in: its PGs, and what it weighs.
    struct OSD: Encodable {
        var osd: Int32
        var pgs: Int
        var first: Int
        var primary: Int
        var crushWeight: Double
        var reweight: Double
    }

    /// How many PGs have this many places in their acting set.
    struct Size: Encodable {
        var size: Int
        var pgs: Int
    }

    var apiVersion = "holdfast.io/v1alpha1"
    var kind = "PGMappings"
    var epoch: UInt32
    var pools: [Pool]
    /// Left out with `--summary`.
    var pgs: [PG]?
    var osds: [OSD]
    var sizes: [Size]

    init(_ map: OSDMap, pool: PoolID?, pgs: [PG]?, _ report: PGReport) {
        epoch = map.epoch
        pools = map.sortedPools.filter { pool == nil || $0.id == pool }.map {
            Pool(id: $0.id.value, name: $0.name, pgCount: $0.pgCount)
        }
        self.pgs = pgs
        osds = report.rows.map { row in
            OSD(
                osd: row.osd.value, pgs: row.count, first: row.first, primary: row.primary,
                crushWeight: row.crushWeight.value, reweight: row.reweight.value)
        }
        sizes = report.sizes.sorted { $0.key < $1.key }.map { Size(size: $0.key, pgs: $0.value) }
    }
}

extension PGMappingsReport.PG {
    /// Nil for what is no PG.
    init?(_ entry: PGReport.Entry) {
        guard case .pg(let pgid, let raw, let mapping) = entry else { return nil }
        self.init(
            pgid: pgid.description, raw: Self.places(raw), up: Self.places(mapping.up),
            upPrimary: mapping.upPrimary?.value, acting: Self.places(mapping.acting),
            actingPrimary: mapping.actingPrimary?.value)
    }

    private static func places(_ items: [ItemID]) -> [Int32?] {
        items.map { $0 == .none ? nil : $0.value }
    }
}
