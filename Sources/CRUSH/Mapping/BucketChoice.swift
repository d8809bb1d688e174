extension Bucket {
    /// The item that the bucket chooses for an input and a try; nil if it holds none.
    ///
    /// - Parameters:
    ///   - x: The input.
    ///   - r: The number of the try.
    ///   - override: What takes the place of the weights and ids of a straw2 bucket.
    ///   - position: The row of the override's weights.
    func choose(x: UInt32, r: UInt32, override: CrushMap.Override?, position: Int) -> ItemID? {
        guard !items.isEmpty else { return nil }
        switch content {
        case .uniform: return permuted(x: x, r: r)
        case .list(let weights, let sums): return fromList(x: x, r: r, weights, sums)
        case .tree(let nodeWeights): return fromTree(x: x, r: r, nodeWeights)
        case .straw(_, let straws): return fromStraws(x: x, r: r, straws)
        case .straw2(let weights):
            let row = override?.weights(at: position) ?? weights
            return fromStraws2(x: x, r: r, weights: row, ids: override?.ids ?? items)
        }
    }

    /// The item at place `r` of a permutation that is drawn from the input.
    func permuted(x: UInt32, r: UInt32) -> ItemID {
        let place = Int(r % UInt32(items.count))
        var order = Array(items.indices)
        for position in 0...place where position < items.count - 1 {
            let jump = hashed(x, UInt32(bitPattern: id.value), UInt32(position)) % UInt32(items.count - position)
            order.swapAt(position, position + Int(jump))
        }
        return items[order[place]]
    }

    private func fromList(x: UInt32, r: UInt32, _ weights: [Weight], _ sums: [Weight]) -> ItemID {
        for index in items.indices.reversed() where index < weights.count && index < sums.count {
            let item = UInt32(bitPattern: items[index].value)
            let drawn = hash == 0 ? CRUSHHash.hash(x, item, r, UInt32(bitPattern: id.value)) & 0xffff : 0
            if (UInt64(drawn) * UInt64(sums[index].raw)) >> 16 < UInt64(weights[index].raw) { return items[index] }
        }
        return items[0]
    }

    private func fromTree(x: UInt32, r: UInt32, _ nodeWeights: [Weight]) -> ItemID {
        var node = nodeWeights.count >> 1
        while node > 0 && node & 1 == 0 {
            let drawn = hash == 0 ? CRUSHHash.hash(x, UInt32(node), r, UInt32(bitPattern: id.value)) : 0
            let point = (UInt64(drawn) * UInt64(nodeWeights[node].raw)) >> 32
            let step = (node & -node) >> 1
            node += point < UInt64(nodeWeights[node - step].raw) ? -step : step
            guard node < nodeWeights.count else { return items[0] }
        }
        let index = node >> 1
        return index < items.count ? items[index] : items[0]
    }

    private func fromStraws(x: UInt32, r: UInt32, _ straws: [UInt32]) -> ItemID {
        var best = 0
        var bestDraw: UInt64 = 0
        for index in items.indices where index < straws.count {
            let drawn = hashed(x, UInt32(bitPattern: items[index].value), r) & 0xffff
            let draw = UInt64(drawn) * UInt64(straws[index])
            if index == 0 || draw > bestDraw { (best, bestDraw) = (index, draw) }
        }
        return items[best]
    }

    private func fromStraws2(x: UInt32, r: UInt32, weights: [Weight], ids: [ItemID]) -> ItemID {
        var best = 0
        var bestDraw = Int64.min
        for index in items.indices where index < weights.count && index < ids.count && weights[index] > .zero {
            let drawn = Int(hashed(x, UInt32(bitPattern: ids[index].value), r) & 0xffff)
            let draw = Straw2.draw(drawn, weight: weights[index].raw)
            if draw > bestDraw { (best, bestDraw) = (index, draw) }
        }
        return items[best]
    }

    /// A bucket of a hash that there is not draws the same for everything.
    private func hashed(_ x: UInt32, _ item: UInt32, _ r: UInt32) -> UInt32 {
        hash == 0 ? CRUSHHash.hash(x, item, r) : 0
    }
}

/// The straw that an item of a straw2 bucket draws.
enum Straw2 {
    /// The length of the straw for 16 hashed bits: zero or below, the greatest wins, the first of equal ones.
    ///
    /// - Precondition: `weight` is above zero; an item that weighs nothing draws no straw.
    @inline(__always)
    static func draw(_ hashed: Int, weight: UInt32) -> Int64 {
        (Logarithm.values[hashed] - (1 << 48)) / Int64(weight)
    }
}

extension CrushMap.Override {
    /// The weights for a position; nil if the override has none.
    func weights(at position: Int) -> [Weight]? {
        weightSets.isEmpty ? nil : weightSets[min(position, weightSets.count - 1)]
    }
}
