import Glibc

extension Bucket {
    /// A way of choosing among a bucket's items. Source: `crush.h`, `enum crush_algorithm`.
    public enum Algorithm: UInt8, Hashable, Sendable, CaseIterable {
        case uniform = 1
        case list = 2
        case tree = 3
        case straw = 4
        case straw2 = 5

        /// The word for it in texts and in JSON.
        public var name: String { "\(self)" }

        /// The algorithm of a word.
        public init?(name: String) {
            guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = found
        }
    }

    /// Why no bucket can be made of items and weights.
    public enum BuildFailure: Error, Hashable, Sendable, CustomStringConvertible {
        /// There is not one weight for each item.
        case unevenLists(items: Int, weights: Int)
        /// The weights add up to 65536.0 or more.
        case overweight
        /// The items of a uniform bucket differ in weight.
        case unequalWeights
        /// The items of a uniform bucket weigh nothing.
        case uniformZero
        /// A tree has 64 items at most, as its nodes are counted in one byte.
        case treeTooBig(items: Int)

        /// The reason in words, with what to do.
        public var description: String {
            switch self {
            case .unevenLists(let items, let weights): "there are \(items) items and \(weights) weights"
            case .overweight: "the items weigh 65536.0 or more together; lower their weights"
            case .unequalWeights: "the items of a uniform bucket must all weigh the same; use straw2"
            case .uniformZero: "the items of a uniform bucket cannot weigh 0; use straw2"
            case .treeTooBig(let items): "a tree bucket holds 64 items at most, not \(items); use straw2"
            }
        }
    }

    /// Makes a bucket and computes what its algorithm draws from, as `crush_make_bucket` does.
    ///
    /// - Parameter strawCalcVersion: how straws are computed, from ``Tunables/strawCalcVersion``.
    public init(
        making algorithm: Algorithm, id: ItemID, type: UInt16, hash: UInt8 = 0, items: [ItemID], weights: [Weight],
        strawCalcVersion: UInt8
    ) throws(BuildFailure) {
        guard items.count == weights.count else {
            throw .unevenLists(items: items.count, weights: weights.count)
        }
        let sums = try Self.sums(of: weights)
        let content: Content
        switch algorithm {
        case .uniform:
            let itemWeight = weights.first ?? .zero
            guard weights.allSatisfy({ $0 == itemWeight }) else { throw .unequalWeights }
            guard items.isEmpty || itemWeight != .zero else { throw .uniformZero }
            content = .uniform(itemWeight: itemWeight)
        case .list:
            content = .list(weights: weights, sums: sums)
        case .tree:
            content = .tree(nodeWeights: try Self.treeNodes(for: weights))
        case .straw:
            content = .straw(weights: weights, straws: Straws.lengths(for: weights, version: strawCalcVersion))
        case .straw2:
            content = .straw2(weights: weights)
        }
        self.init(id: id, type: type, hash: hash, weight: sums.last ?? .zero, items: items, content: content)
    }

    /// For each position the weight of it and all before it.
    private static func sums(of weights: [Weight]) throws(BuildFailure) -> [Weight] {
        var total: UInt32 = 0
        var sums: [Weight] = []
        sums.reserveCapacity(weights.count)
        for weight in weights {
            let (sum, overflow) = total.addingReportingOverflow(weight.raw)
            guard !overflow else { throw .overweight }
            total = sum
            sums.append(Weight(raw: sum))
        }
        return sums
    }

    /// The nodes of an implicit tree: an item at each odd one, and above it what the items below weigh together.
    private static func treeNodes(for weights: [Weight]) throws(BuildFailure) -> [Weight] {
        guard weights.count <= 64 else { throw .treeTooBig(items: weights.count) }
        guard !weights.isEmpty else { return [] }
        var count = 2
        while count < 2 * weights.count { count *= 2 }
        var nodes = [Weight](repeating: .zero, count: count)
        for (position, weight) in weights.enumerated() {
            var node = 2 * position + 1
            nodes[node] = weight
            while node != count / 2 {
                let step = node & -node
                node = node & (step << 1) != 0 ? node - step : node + step
                nodes[node].raw += weight.raw
            }
        }
        return nodes
    }
}

/// The straws of the first straw kind: lengths from an old formula that gives each item roughly its share.
///
/// They come out of floating point, and the last bit matters: order and kind of each operation are those of
/// `crush_calc_straw`.
enum Straws {
    /// One straw for each weight, in 65,536ths.
    static func lengths(for weights: [Weight], version: UInt8) -> [UInt32] {
        // A stable sort: equal weights stay in the order of the items.
        let order = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
        var straws = [UInt32](repeating: 0, count: weights.count)
        var left = weights.count
        var straw = 1.0
        var below = 0.0
        var last = 0.0
        for (rank, position) in order.enumerated() {
            let weight = weights[position].raw
            guard weight != 0 else {
                if version >= 1 { left -= 1 }
                continue
            }
            straws[position] = fixedPoint(straw)
            guard rank + 1 < order.count else { break }
            let next = weights[order[rank + 1]].raw
            if version == 0 && next == weight { continue }
            below += (Double(weight) - last) * Double(left)
            if version == 0 {
                left -= order[(rank + 1)...].prefix { weights[$0].raw == next }.count
            } else {
                left -= 1
            }
            // 32 bits, wrapping, as in C.
            let above = Double(UInt32(truncatingIfNeeded: left) &* (next &- weight))
            let share = below / (below + above)
            straw *= pow(1.0 / share, 1.0 / Double(left))
            last = Double(weight)
        }
        return straws
    }

    /// A number of 65,536ths, cut to 32 bits; what is no number at all becomes zero.
    private static func fixedPoint(_ value: Double) -> UInt32 {
        guard let whole = Int64(exactly: (value * 65536).rounded(.towardZero)) else { return 0 }
        return UInt32(truncatingIfNeeded: whole)
    }
}
