extension CrushMap {
    /// What separates a bucket's name from the class in the name of its shadow, as in `default~ssd`.
    public static let shadowSeparator: Character = "~"

    /// Whether a bucket is the shadow of another for one device class, by its name, as Ceph tells it.
    public func isShadow(_ item: ItemID) -> Bool {
        itemNames[item]?.contains(Self.shadowSeparator) ?? false
    }

    /// The buckets that no bucket holds, from the lowest id up (`CrushWrapper::find_roots`).
    ///
    /// - Parameter includingShadows: also the roots of shadow trees.
    public func roots(includingShadows: Bool = false) -> [ItemID] {
        let present = buckets.compactMap { $0 }
        let held = Set(present.lazy.flatMap(\.items))
        return present.map(\.id).filter { !held.contains($0) && (includingShadows || !isShadow($0)) }.sorted()
    }

    /// The bucket and the class that a shadow stands for; nil for anything else.
    public func origin(ofShadow item: ItemID) -> (bucket: ItemID, deviceClass: Int32)? {
        for (bucket, shadows) in shadowBuckets {
            if let found = shadows.first(where: { $0.value == item }) { return (bucket, found.key) }
        }
        return nil
    }

    /// Puts a bucket into the slot of its id; slots double in number until there is one (`crush_add_bucket`).
    ///
    /// - Returns: false if the slot is taken, or if the id is no bucket's.
    public mutating func insert(_ bucket: Bucket) -> Bool {
        guard let slot = bucket.id.slot else { return false }
        while slot >= buckets.count {
            let more = buckets.isEmpty ? 8 : buckets.count
            buckets.append(contentsOf: repeatElement(nil, count: more))
        }
        guard buckets[slot] == nil else { return false }
        buckets[slot] = bucket
        return true
    }

    /// Makes a shadow tree of each root for each device class, as `CrushWrapper::populate_classes` does.
    ///
    /// Stops where Ceph's function does, without undoing what is done by then: at a uniform bucket that would hold
    /// something, and at an id that is taken.
    ///
    /// - Parameter previous: ids that shadows had before and keep, by bucket and class.
    public mutating func makeShadowTrees(previous: [ItemID: [Int32: ItemID]]) {
        var builder = ShadowBuilder(
            previous: previous, reserved: Set(previous.values.lazy.flatMap(\.values)))
        for root in roots() {
            for deviceClass in classNames.keys.sorted() where !builder.hasStopped {
                _ = builder.shadow(of: root, deviceClass, in: &self)
            }
        }
    }
}

/// The state of making shadow trees.
private struct ShadowBuilder {
    let previous: [ItemID: [Int32: ItemID]]
    let reserved: Set<ItemID>
    var hasStopped = false
    /// No tree is that deep; a cycle would be.
    private var depth = 0
    private var lowestFree: Int32 = -1

    init(previous: [ItemID: [Int32: ItemID]], reserved: Set<ItemID>) {
        self.previous = previous
        self.reserved = reserved
    }

    /// The shadow of a bucket and of all below it; nil where making them had to stop.
    mutating func shadow(of original: ItemID, _ deviceClass: Int32, in map: inout CrushMap) -> ItemID? {
        if let made = map.shadowBuckets[original]?[deviceClass] { return made }
        depth += 1
        defer { depth -= 1 }
        guard depth < 1000, let bucket = map.bucket(original), let name = map.itemNames[original],
            let className = map.classNames[deviceClass],
            let algorithm = Bucket.Algorithm(rawValue: bucket.algorithm),
            let (items, weights) = members(of: bucket, deviceClass, in: &map),
            algorithm != .uniform || weights.allSatisfy({ $0 == .zero })
        else {
            hasStopped = true
            return nil
        }
        let id = previous[original]?[deviceClass] ?? freeID(in: map)
        guard let copy = copy(of: bucket, algorithm, id: id, items: items, weights: weights, in: map),
            map.insert(copy)
        else {
            hasStopped = true
            return nil
        }
        map.deviceClasses[id] = deviceClass
        map.itemNames[id] = "\(name)\(CrushMap.shadowSeparator)\(className)"
        map.shadowBuckets[original, default: [:]][deviceClass] = id
        return id
    }

    private func copy(
        of bucket: Bucket, _ algorithm: Bucket.Algorithm, id: ItemID, items: [ItemID], weights: [Weight],
        in map: CrushMap
    ) -> Bucket? {
        if algorithm == .uniform {
            return Bucket(
                id: id, type: bucket.type, hash: bucket.hash, weight: .zero, items: items,
                content: .uniform(itemWeight: .zero))
        }
        do {
            return try Bucket(
                making: algorithm, id: id, type: bucket.type, hash: bucket.hash, items: items, weights: weights,
                strawCalcVersion: map.tunables.strawCalcVersion)
        } catch {
            // Ceph's function stops here too: the weights add up to too much.
            return nil
        }
    }

    /// The devices of the class, and the shadows of the buckets below with what they weigh.
    private mutating func members(
        of bucket: Bucket, _ deviceClass: Int32, in map: inout CrushMap
    ) -> (items: [ItemID], weights: [Weight])? {
        var items: [ItemID] = []
        var weights: [Weight] = []
        for (position, item) in bucket.items.enumerated() {
            if item.value >= 0 {
                guard map.deviceClasses[item] == deviceClass else { continue }
                items.append(item)
                weights.append(bucket.weight(at: position))
            } else {
                guard let child = shadow(of: item, deviceClass, in: &map) else { return nil }
                items.append(child)
                weights.append(map.bucket(child)?.weight ?? .zero)
            }
        }
        return (items, weights)
    }

    private mutating func freeID(in map: CrushMap) -> ItemID {
        while map.bucket(ItemID(lowestFree)) != nil || reserved.contains(ItemID(lowestFree)) { lowestFree -= 1 }
        return ItemID(lowestFree)
    }
}
