extension CrushMap {
    /// How deep a tree is followed upwards; Ceph stops at ten levels.
    private static let depthLimit = 64

    /// Gives devices a weight in each bucket that holds them; the buckets above, shadows among them, and the weight sets
    /// follow.
    ///
    /// Source: `CrushWrapper::adjust_item_weight`.
    mutating func setWeight(_ weight: Weight, of devices: Set<ItemID>) {
        var changed = Dictionary(uniqueKeysWithValues: devices.map { ($0, weight) })
        var level = 0
        while !changed.isEmpty, level < Self.depthLimit {
            var above: [ItemID: Weight] = [:]
            for slot in buckets.indices {
                guard var bucket = buckets[slot], bucket.items.contains(where: { changed[$0] != nil }) else { continue }
                bucket.setWeights(changed, strawCalcVersion: tunables.strawCalcVersion)
                buckets[slot] = bucket
                above[bucket.id] = bucket.weight
            }
            if level == 0 { setWeightsInSets(changed) }
            changed = above
            level += 1
        }
    }

    /// Gives devices the weight that they have in the tree in all rows of all weight sets.
    private mutating func setWeightsInSets(_ changed: [ItemID: Weight]) {
        for (pool, overrides) in chooseArgs {
            for (id, override) in overrides where !override.weightSets.isEmpty {
                guard let bucket = bucket(id) else { continue }
                var rows = override.weightSets
                for (position, item) in bucket.items.enumerated() {
                    guard let weight = changed[item] else { continue }
                    for row in rows.indices where rows[row].indices.contains(position) { rows[row][position] = weight }
                }
                chooseArgs[pool]?[id]?.weightSets = rows
            }
        }
    }
}

extension Bucket {
    /// Gives items other weights, and computes anew what the algorithm draws from. Of an item that is there twice the
    /// first place counts.
    ///
    /// The bucket's own weight changes by as much as its items do, even if it was not their sum before.
    /// Source: `crush_bucket_adjust_item_weight`.
    fileprivate mutating func setWeights(_ changed: [ItemID: Weight], strawCalcVersion: UInt8) {
        for (item, new) in changed {
            guard let position = items.firstIndex(of: item) else { continue }
            setWeight(new, at: position)
        }
        if case .straw(let weights, _) = content {
            content = .straw(weights: weights, straws: Straws.lengths(for: weights, version: strawCalcVersion))
        }
    }

    private mutating func setWeight(_ new: Weight, at position: Int) {
        let difference = new.raw &- weight(at: position).raw
        switch content {
        case .uniform:
            content = .uniform(itemWeight: new)
            weight = Weight(raw: new.raw &* UInt32(items.count))
            return
        case .list(var weights, var sums):
            weights[position] = new
            for place in position..<sums.count { sums[place].raw &+= difference }
            content = .list(weights: weights, sums: sums)
        case .tree(var nodes):
            Self.add(difference, toNodesAbove: position, of: &nodes)
            content = .tree(nodeWeights: nodes)
        case .straw(var weights, let straws):
            weights[position] = new
            content = .straw(weights: weights, straws: straws)
        case .straw2(var weights):
            weights[position] = new
            content = .straw2(weights: weights)
        }
        weight.raw &+= difference
    }

    /// Adds to an item's node of an implicit tree and to all nodes above it.
    private static func add(_ difference: UInt32, toNodesAbove position: Int, of nodes: inout [Weight]) {
        var node = 2 * position + 1
        while nodes.indices.contains(node) {
            nodes[node].raw &+= difference
            if node == nodes.count / 2 { return }
            let step = node & -node
            node = node & (step << 1) != 0 ? node - step : node + step
        }
    }
}
