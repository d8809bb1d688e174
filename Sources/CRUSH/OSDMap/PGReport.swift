public import Vocabulary

/// What `osdmaptool --test-map-pgs` and `--test-map-pgs-dump-all` print of a map, line for line.
///
/// Source: `osdmaptool.cc`. It does not print the tool's own messages about what was marked.
public struct PGReport: Sendable {
    /// What is told while PGs are mapped.
    public enum Entry: Sendable {
        /// A pool, whose PGs follow.
        case pool(Pool)
        /// A PG: what the rule chose of the OSDs that exist, and where it is.
        case pg(PGID, raw: [ItemID], mapping: PGMapping)
    }

    /// One OSD of the table.
    public struct Row: Hashable, Sendable {
        /// The OSD.
        public var osd: OSDID
        /// How many PGs it serves.
        public var count: Int
        /// In how many of them it comes first.
        public var first: Int
        /// Of how many of them it is the primary.
        public var primary: Int
        /// Its weight in the CRUSH map.
        public var crushWeight: Weight
        /// Its reweight.
        public var reweight: Weight
    }

    /// The OSDs that are in and weigh something in the CRUSH map.
    public private(set) var rows: [Row] = []
    /// How many PGs have how many places in their acting set.
    public private(set) var sizes: [Int: Int] = [:]

    /// Maps PGs and counts.
    ///
    /// - Parameters:
    ///   - map: the map.
    ///   - pool: the pool whose PGs are mapped; nil maps those of all.
    ///   - listsPGs: whether `entry` is given PGs, too.
    ///   - entry: is given each pool and each PG as soon as it is mapped, in order.
    public init(
        _ map: OSDMap, pool: PoolID? = nil, listsPGs: Bool, entry: (Entry) throws -> Void
    ) rethrows {
        // PGs in all, as the first, as the primary.
        var counts = [SIMD4<Int>](repeating: .zero, count: map.states.count)
        for each in map.sortedPools where pool == nil || each.id == pool {
            try entry(.pool(each))
            let mapper = PoolMapper(map: map, pool: each)
            try mapper.forEach { pg, raw, mapping in
                if listsPGs { try entry(.pg(pg, raw: mapper.layers.existing(raw), mapping: copy mapping)) }
                sizes[mapping.acting.count, default: 0] += 1
                for item in mapping.acting where counts.indices.contains(Int(item.value)) {
                    counts[Int(item.value)].x += 1
                }
                if let first = mapping.acting.first, counts.indices.contains(Int(first.value)) {
                    counts[Int(first.value)].y += 1
                }
                if let primary = mapping.actingPrimary, counts.indices.contains(Int(primary.value)) {
                    counts[Int(primary.value)].z += 1
                }
            }
        }
        let weights = map.crush.deviceWeights(limit: map.states.count)
        rows = map.states.existing.compactMap { osd in
            let weight = weights[Int(osd.value)]
            // The tool takes a weight from 32768.0 up for a negative one.
            guard map.states.isIn(osd), Int32(bitPattern: weight.raw) > 0 else { return nil }
            let count = counts[Int(osd.value)]
            return Row(
                osd: osd, count: count.x, first: count.y, primary: count.z, crushWeight: weight,
                reweight: map.states.weight(of: osd))
        }
    }

    /// The lines behind those of the PGs.
    public var summary: [String] {
        var lines = ["#osd\tcount\tfirst\tprimary\tc wt\twt"]
        lines += rows.map { row in
            let weights = [row.crushWeight, row.reweight].map { SixDigits.text(Double(Float($0.raw) / 65536)) }
            return "\(row.osd)\t\(row.count)\t\(row.first)\t\(row.primary)\t\(weights[0])\t\(weights[1])"
        }
        lines.append(" in \(rows.count)")
        lines.append(statistics)
        let used = rows.filter { $0.count > 0 }
        if let first = used.first {
            let least = used.reduce(first) { $1.count < $0.count ? $1 : $0 }
            let most = used.reduce(first) { $1.count > $0.count ? $1 : $0 }
            lines += [" min \(least.osd) \(least.count)", " max \(most.osd) \(most.count)"]
        }
        return lines + sizes.sorted { $0.key < $1.key }.map { "size \($0.key)\t\($0.value)" }
    }

    /// The mean is cut to a whole number, and so are the deviations from it.
    private var statistics: String {
        let total = rows.reduce(0) { $0 + $1.count }
        let count = Double(rows.count)
        let average = rows.isEmpty ? 0 : total / rows.count
        let squares = rows.reduce(0.0) { $0 + Double(($1.count - average) * ($1.count - average)) }
        let deviation = (squares / count).squareRoot()
        let expected = (Double(total) / count * (1 - 1 / count)).squareRoot()
        func text(_ value: Double) -> String { SixDigits.text(value) }
        return " avg \(average) stddev \(text(deviation)) (\(text(deviation / Double(average)))x)"
            + " (expected \(text(expected)) \(text(expected / Double(average)))x))"
    }
}

extension PGReport.Entry: CustomStringConvertible {
    /// The tool's line.
    public var description: String {
        switch self {
        case .pool(let pool): "pool \(pool.id) pg_num \(pool.pgCount)"
        case .pg(let pg, let raw, let mapping):
            "\(pg) raw (\(Self.set(raw, PGMapping.firstOSD(of: raw)))) up (\(Self.set(mapping.up, mapping.upPrimary)))"
                + " acting (\(Self.set(mapping.acting, mapping.actingPrimary)))"
        }
    }

    private static func set(_ items: [ItemID], _ primary: OSDID?) -> String {
        // A place without an OSD is printed as the number that stands for it, 2147483647.
        let list = items.map { String($0.value) }.joined(separator: ",")
        return "[\(list)], p\(primary?.value ?? -1)"
    }
}

extension CrushMap {
    /// The weight of each device in the first bucket that holds it; zero for one that is in none.
    func deviceWeights(limit: Int) -> [Weight] {
        var weights = [Weight?](repeating: nil, count: limit)
        for bucket in buckets.compactMap({ $0 }) {
            for (position, item) in bucket.items.enumerated() where weights.indices.contains(Int(item.value)) {
                weights[Int(item.value)] = weights[Int(item.value)] ?? bucket.weight(at: position)
            }
        }
        return weights.map { $0 ?? .zero }
    }
}
