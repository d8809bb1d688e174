import CRUSH
import ClusterState
import Vocabulary

/// How many PGs of each pool each OSD has, and how many it would have by its weight.
///
/// Beyond ``limit`` OSDs a row is a host.
public struct HeatMap: Hashable, Sendable {
    /// A row: an OSD, or a host with all of its OSDs.
    public struct Row: Hashable, Sendable {
        /// `osd.3`, or the host's name.
        public var name: String
        /// The host of an OSD, the parent of a host; empty where there is none.
        public var group: String
        /// A cell a pool; nil where the pool's rule does not reach.
        public var cells: [Cell?]
        /// All pools together.
        public var total: Int
    }

    /// An OSD or host and a pool.
    public struct Cell: Hashable, Sendable {
        /// How many PGs it has.
        public var count: Int
        /// How many it would have by its weight.
        public var ideal: Double

        /// How far it is off, as a share of what it should be: 0.1 for a tenth too many.
        public var deviation: Double { ideal > 0 ? Double(count) / ideal - 1 : 0 }
    }

    /// With more OSDs than this a row is a host.
    public static let limit = 400
    /// With more pools than this those with the fewest PGs are left out.
    public static let poolLimit = 24

    /// The pools' names, most PGs first.
    public var pools: [String] = []
    /// How many pools are left out.
    public var omittedPools = 0
    /// Whether a row is a host.
    public var isByHost: Bool
    /// The rows by group, then by name.
    public var rows: [Row] = []

    init(of ceph: CephCapture) {
        let map = ceph.osdMap
        let sorted = map.pools.values.sorted { ($1.pgCount, $0.id) < ($0.pgCount, $1.id) }
        let shown = Array(sorted.prefix(Self.poolLimit))
        pools = shown.map(\.name)
        omittedPools = sorted.count - shown.count
        let existing = map.states.existing
        isByHost = existing.count > Self.limit
        let places = Places(map.crush)
        let columns = shown.map { Self.column($0, ceph) }
        var byRow: [String: Row] = [:]
        var order: [String] = []
        for osd in existing {
            let place = places.above(ItemID(osd))
            let name = isByHost ? place.first ?? osd.description : osd.description
            let group = (isByHost ? place.dropFirst().first : place.first) ?? ""
            if byRow[name] == nil {
                byRow[name] = Row(name: name, group: group, cells: columns.map { _ in nil }, total: 0)
                order.append(name)
            }
            for (index, column) in columns.enumerated() {
                let count = Int(osd.value) < column.counts.count ? column.counts[Int(osd.value)] : 0
                guard let ideal = column.ideals[osd.value] ?? (count > 0 ? 0 : nil) else { continue }
                var cell = byRow[name]?.cells[index] ?? Cell(count: 0, ideal: 0)
                cell.count += count
                cell.ideal += ideal
                byRow[name]?.cells[index] = cell
                byRow[name]?.total += count
            }
        }
        rows = order.compactMap { byRow[$0] }
        let groups = Dictionary(rows.enumerated().map { ($0.element.group, $0.offset) }) { first, _ in first }
        rows = rows.enumerated().sorted {
            (groups[$0.element.group] ?? 0, $0.offset) < (groups[$1.element.group] ?? 0, $1.offset)
        }.map(\.element)
    }

    private static func column(_ pool: Pool, _ ceph: CephCapture) -> (counts: [Int], ideals: [Int32: Double]) {
        let map = ceph.osdMap
        var counts = [Int](repeating: 0, count: map.osdLimit)
        if let pgs = ceph.pgs {
            for row in pgs.rows(of: pool.id) {
                for osd in pgs.up[row] where counts.indices.contains(Int(osd)) { counts[Int(osd)] += 1 }
            }
        } else {
            PoolMapper(map: map, pool: pool).forEach { _, _, mapping in
                for item in mapping.up where counts.indices.contains(Int(item.value)) { counts[Int(item.value)] += 1 }
            }
        }
        var weights: [Int32: Double] = [:]
        for step in map.crush.rule(pool.crushRule)?.steps ?? [] where step.operation == .take {
            addWeights(below: ItemID(step.first), map, &weights)
        }
        let total = weights.values.reduce(0, +)
        let shards = Double(pool.pgCount) * Double(pool.size)
        return (counts, total > 0 ? weights.mapValues { shards * $0 / total } : [:])
    }

    private static func addWeights(below top: ItemID, _ map: OSDMap, _ weights: inout [Int32: Double]) {
        var waiting = [top]
        var seen = Set<ItemID>()
        while let item = waiting.popLast() {
            guard seen.insert(item).inserted, let bucket = map.crush.bucket(item) else { continue }
            for (position, child) in bucket.items.enumerated() {
                if let osd = child.osd {
                    weights[osd.value, default: 0] +=
                        bucket.weight(at: position).value * map.states.weight(of: osd).value
                } else {
                    waiting.append(child)
                }
            }
        }
    }
}

/// The names of what is above an OSD.
private struct Places {
    private var parents: [ItemID: ItemID] = [:]
    private let names: [ItemID: String]

    init(_ map: CrushMap) {
        names = map.itemNames
        for bucket in map.buckets.lazy.compactMap({ $0 }) where !map.isShadow(bucket.id) {
            for item in bucket.items { parents[item] = bucket.id }
        }
    }

    /// Nearest first, at most eight.
    func above(_ item: ItemID) -> [String] {
        var result: [String] = []
        var current = item
        while let parent = parents[current], result.count < 8 {
            result.append(names[parent] ?? "bucket\(parent)")
            current = parent
        }
        return result
    }
}
