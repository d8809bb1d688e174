extension CrushMap {
    /// The map as Ceph's own programs have it in memory after decoding it.
    ///
    /// They count the devices anew from what buckets hold and what has a name, drop overrides of buckets that are gone
    /// or are not straw2, and cut or fill rows of weights to the size of the bucket. A map that Ceph wrote does not
    /// change.
    /// Source: `CrushWrapper::finalize`, `CrushWrapper::update_choose_args`.
    public func mended() -> CrushMap {
        var map = self
        let held = buckets.lazy.compactMap { $0 }.flatMap(\.items).map(\.value).max() ?? -1
        let highest = max(held, itemNames.keys.max()?.value ?? -1)
        map.deviceLimit = max(-1, min(highest, .max - 1)) + 1
        map.chooseArgs = chooseArgs.mapValues { overrides in
            // The first bucket that has rows says how many there are; where there are others, nothing is mended.
            let rows = overrides.sorted { $0.key > $1.key }.first { !$0.value.weightSets.isEmpty }?.value.weightSets
                .count
            return overrides.compactMapEntries { id, override in
                guard let bucket = bucket(id), case .straw2 = bucket.content else { return nil }
                var mended = override
                if override.weightSets.count == rows {
                    mended.weightSets = override.weightSets.map { $0.resized(to: bucket.items.count) }
                }
                return mended.weightSets.isEmpty && mended.ids == nil ? nil : mended
            }
        }
        return map
    }
}

extension Dictionary {
    /// The entries whose value is made anew; those for which `transform` gives nil are left out.
    fileprivate func compactMapEntries(_ transform: (Key, Value) -> Value?) -> [Key: Value] {
        var result: [Key: Value] = [:]
        for (key, value) in self {
            if let made = transform(key, value) { result[key] = made }
        }
        return result
    }
}

extension [Weight] {
    fileprivate func resized(to size: Int) -> [Weight] {
        guard size > count else { return Array(prefix(size)) }
        return self + Array(repeating: .zero, count: size - count)
    }
}
