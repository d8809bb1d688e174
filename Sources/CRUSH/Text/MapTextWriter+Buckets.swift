extension MapTextWriter {
    /// All buckets, each after those that it holds: depth first, from slot to slot.
    func bucketOrder() throws(DecompilationFailure) -> [ItemID] {
        enum Mark { case open, done }
        var marks: [ItemID: Mark] = [:]
        var order: [ItemID] = []
        // On a stack of its own: a hostile map nests deeper than a thread's stack is long.
        var path: [(bucket: Bucket, next: Int)] = []
        for start in map.buckets.compactMap({ $0 }) where marks[start.id] == nil {
            marks[start.id] = .open
            path.append((start, 0))
            while let (bucket, next) = path.last {
                guard next < bucket.items.count else {
                    path.removeLast()
                    marks[bucket.id] = .done
                    order.append(bucket.id)
                    continue
                }
                path[path.count - 1].next += 1
                let item = bucket.items[next]
                if marks[item] == .open {
                    throw DecompilationFailure(
                        description: "bucket \(bucket.id) holds bucket \(item), which it is held by itself")
                }
                guard marks[item] == nil, let inner = map.bucket(item) else { continue }
                marks[item] = .open
                path.append((inner, 0))
            }
        }
        return order
    }

    /// One bucket; nothing for a shadow, whose name is not one that a text may have.
    mutating func writeBucket(_ id: ItemID) throws(DecompilationFailure) {
        guard let bucket = map.bucket(id) else { return }
        if let name = map.itemNames[id], !CrushMap.isValidName(name) { return }
        line("\(typeName(Int32(bucket.type))) \(itemName(id)) {")
        line("\tid \(id)\t\t# do not change unnecessarily")
        for (number, shadow) in (map.shadowBuckets[id] ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let className = map.classNames[number] else {
                throw DecompilationFailure(
                    description: "bucket \(id) has a shadow for class \(number), which has no name")
            }
            line("\tid \(shadow) class \(className)\t\t# do not change unnecessarily")
        }
        let decimals = release?.decimals ?? 5
        line("\t# weight \(WeightText.rounded(bucket.weight, decimals: decimals))")
        if release == nil { writeNumbers(of: bucket) }
        let algorithm = Bucket.Algorithm(rawValue: bucket.algorithm)
        line("\talg \(algorithm?.name ?? "unknown")\(algorithm?.advice(size: bucket.items.count) ?? "")")
        line("\thash \(bucket.hash)\t# \(bucket.hash == 0 ? "rjenkins1" : "unknown")")
        let hasPositions = algorithm == .uniform || algorithm == .tree
        for (position, item) in bucket.items.enumerated() {
            let place = hasPositions ? " pos \(position)" : ""
            line("\titem \(itemName(item)) weight \(itemWeight(bucket, position, place))")
        }
        line("}")
    }

    /// The weight, the position, and in the exact form the raw weight where crushtool would read another.
    private func itemWeight(_ bucket: Bucket, _ position: Int, _ place: String) -> String {
        let weight = bucket.weight(at: position)
        if let release { return WeightText.rounded(weight, decimals: release.decimals) + place }
        let isAllowed = weight <= Weight.limit(for: bucket.items[position])
        if isAllowed, let exact = WeightText.exact(weight) { return exact + place }
        return "\(WeightText.rounded(weight, decimals: 5))\(place)\t#@ raw \(weight.raw)"
    }

    /// Numbers that do not follow from the items' weights: those of a map that was changed without computing them
    /// again, such as straws of another `straw_calc_version`.
    private mutating func writeNumbers(of bucket: Bucket) {
        let made = bucket.madeAnew(strawCalcVersion: map.tunables.strawCalcVersion)
        if made?.weight != bucket.weight { line("\t#@ weight \(bucket.weight.raw)") }
        guard made?.content != bucket.content else { return }
        let numbers: [UInt32]
        switch bucket.content {
        case .list(_, let sums): numbers = sums.map(\.raw)
        case .tree(let nodeWeights): numbers = nodeWeights.map(\.raw)
        case .straw(_, let straws): numbers = straws
        case .uniform(let itemWeight): numbers = [itemWeight.raw]
        case .straw2: return
        }
        line("\t#@ numbers" + numbers.map { " \($0)" }.joined())
    }
}

extension Bucket {
    /// The bucket as its items' weights make it; nil if no bucket can be made of them.
    fileprivate func madeAnew(strawCalcVersion: UInt8) -> Bucket? {
        guard let algorithm = Algorithm(rawValue: algorithm) else { return nil }
        do {
            return try Bucket(
                making: algorithm, id: id, type: type, items: items, weights: items.indices.map(weight(at:)),
                strawCalcVersion: strawCalcVersion)
        } catch {
            return nil
        }
    }
}

extension Weight {
    /// The largest weight that crushtool takes for an item: 100.0 for a device, 65535.0 for a bucket.
    /// Source: `crush.h`, `CRUSH_MAX_DEVICE_WEIGHT` and `CRUSH_MAX_BUCKET_WEIGHT`.
    static func limit(for item: ItemID) -> Weight {
        item.value >= 0 ? Weight(raw: 100 << 16) : Weight(raw: 65535 << 16)
    }
}

extension CrushMap {
    /// Whether a name is one that Ceph allows: letters and digits of ASCII, `-`, `_` and `.`.
    public static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(MapScanner.isNameByte)
    }
}

extension Bucket.Algorithm {
    /// The comment that crushtool puts behind the algorithm.
    fileprivate func advice(size: Int) -> String {
        switch self {
        case .uniform: "\t# do not change bucket size (\(size)) unnecessarily"
        case .list: "\t# add new items at the end; do not change order unnecessarily"
        case .tree: "\t# do not change pos for existing items unnecessarily"
        case .straw, .straw2: ""
        }
    }
}
