import CRUSH
import Vocabulary

extension CrushMap {
    /// The bucket of a name; shadows have names of their own.
    func item(named name: String) -> ItemID? {
        itemNames.first { $0.value == name && $0.key.isBucket }?.key
    }

    /// Puts an empty host below a bucket.
    mutating func addHost(_ name: String, below parent: ItemID) throws(PlannedChangeError) -> ItemID {
        let type = typeNames.first { $0.value == "host" }?.key ?? 1
        let slot = buckets.firstIndex { $0 == nil } ?? buckets.count
        let id = ItemID(bucketAt: Int32(slot))
        let empty = Bucket(id: id, type: UInt16(type), weight: .zero, items: [], content: .straw2(weights: []))
        guard insert(empty) else { throw .nameTaken(name) }
        itemNames[id] = name
        try append([id], [.zero], to: parent)
        return id
    }

    /// Puts devices into a host, and makes the shadow trees anew.
    mutating func add(
        _ devices: [ItemID], _ new: PlannedChange.NewOSD, to host: ItemID
    ) throws(PlannedChangeError) {
        deviceLimit = max(deviceLimit, (devices.map(\.value).max() ?? -1) + 1)
        for device in devices { itemNames[device] = "osd.\(device)" }
        if let name = new.deviceClass {
            let number = classNames.first { $0.value == name }?.key ?? (classNames.keys.max() ?? -1) + 1
            classNames[number] = name
            for device in devices { deviceClasses[device] = number }
        }
        try append(devices, devices.map { _ in new.weight }, to: host)
        renewShadows()
    }

    /// Appends items to a bucket, and the weight to all above it.
    private mutating func append(
        _ items: [ItemID], _ weights: [Weight], to id: ItemID
    ) throws(PlannedChangeError) {
        guard let bucket = bucket(id) else { throw .noBucket(itemNames[id] ?? "\(id)") }
        let all = bucket.items.indices.map(bucket.weight(at:)) + weights
        try replace(bucket, items: bucket.items + items, weights: all)
        for key in chooseArgs.keys {
            guard var override = chooseArgs[key]?[id] else { continue }
            for row in override.weightSets.indices { override.weightSets[row] += weights }
            override.ids? += items
            chooseArgs[key]?[id] = override
        }
        try raise(id, seen: [])
    }

    /// Sets what the buckets above one weigh it with.
    private mutating func raise(_ id: ItemID, seen: Set<ItemID>) throws(PlannedChangeError) {
        guard !seen.contains(id), let weight = bucket(id)?.weight else { return }
        for holder in buckets.lazy.compactMap({ $0 }) where !isShadow(holder.id) && holder.items.contains(id) {
            let weights = holder.items.enumerated().map { place, item in
                item == id ? weight : holder.weight(at: place)
            }
            try replace(holder, items: holder.items, weights: weights)
            for key in chooseArgs.keys {
                guard var override = chooseArgs[key]?[holder.id] else { continue }
                for row in override.weightSets.indices {
                    for (place, item) in holder.items.enumerated()
                    where item == id && override.weightSets[row].indices.contains(place) {
                        override.weightSets[row][place] = weight
                    }
                }
                chooseArgs[key]?[holder.id] = override
            }
            try raise(holder.id, seen: seen.union([id]))
        }
    }

    private mutating func replace(
        _ bucket: Bucket, items: [ItemID], weights: [Weight]
    ) throws(PlannedChangeError) {
        guard let slot = bucket.id.slot, let algorithm = Bucket.Algorithm(rawValue: bucket.algorithm) else { return }
        do throws(Bucket.BuildFailure) {
            buckets[slot] = try Bucket(
                making: algorithm, id: bucket.id, type: bucket.type, hash: bucket.hash, items: items, weights: weights,
                strawCalcVersion: tunables.strawCalcVersion)
        } catch {
            throw .bucket(itemNames[bucket.id] ?? "\(bucket.id)", error)
        }
    }

    /// Makes the shadow trees again after the tree has changed; they keep their ids.
    private mutating func renewShadows() {
        let previous = shadowBuckets
        for shadow in previous.values.flatMap(\.values) {
            if let slot = shadow.slot, buckets.indices.contains(slot) { buckets[slot] = nil }
            itemNames[shadow] = nil
        }
        shadowBuckets = [:]
        makeShadowTrees(previous: previous)
    }
}
