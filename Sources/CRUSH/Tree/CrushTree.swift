/// The tree of failure domains as rows, in the order of `ceph osd crush tree`.
public struct CrushTree: Hashable, Sendable {
    /// An item at one place of the tree; one that is held twice has two rows.
    public struct Row: Hashable, Sendable {
        /// The item.
        public var item: ItemID
        /// Its name; nil for one without.
        public var name: String?
        /// The name of its type.
        public var type: String
        /// The device's class, or the class that a shadow is for.
        public var deviceClass: String?
        /// What its bucket weighs it with; for a root its own weight.
        public var weight: Weight
        /// What the first row of each override weighs it with, by pool.
        public var overrides: [Int64: Weight]
        /// How many buckets are above it.
        public var depth: Int
        /// What it holds, in the order of the rows; empty for a device.
        public var children: [ItemID]
    }

    /// No tree is printed beyond this many rows; a hostile map's would have no end.
    public static let rowLimit = 1_000_000

    /// All rows, each item before what it holds.
    public var rows: [Row]
    /// Devices that have a name, and that no bucket holds.
    public var strays: [ItemID]

    /// The tree of a map.
    ///
    /// - Parameter showingShadows: with the shadow trees of device classes.
    public init(of map: CrushMap, showingShadows: Bool = false) {
        var builder = TreeBuilder(map: map)
        for root in map.roots(includingShadows: showingShadows) { builder.add(root: root) }
        rows = builder.rows
        let seen = Set(rows.lazy.map(\.item))
        strays = map.itemNames.keys.filter { $0.isDevice && !seen.contains($0) }.sorted()
    }
}

/// Walks down from roots. Source: `CrushTreeDumper.h`.
private struct TreeBuilder {
    let map: CrushMap
    var rows: [CrushTree.Row] = []

    init(map: CrushMap) {
        self.map = map
    }

    mutating func add(root: ItemID) {
        // On a stack of its own: a hostile map nests deeper than a thread's stack is long.
        var waiting: [(item: ItemID, weight: Weight, holders: [ItemID])] = [
            (root, map.bucket(root)?.weight ?? .zero, [])
        ]
        while let (item, weight, holders) = waiting.popLast() {
            guard rows.count < CrushTree.rowLimit else { return }
            let children = holders.contains(item) ? [] : children(of: item)
            rows.append(row(item, weight, holders, children.map(\.item)))
            for child in children.reversed() { waiting.append((child.item, child.weight, holders + [item])) }
        }
    }

    private func row(_ item: ItemID, _ weight: Weight, _ holders: [ItemID], _ children: [ItemID]) -> CrushTree.Row {
        var overrides: [Int64: Weight] = [:]
        for (pool, buckets) in map.chooseArgs {
            guard let holder = holders.last, let position = map.bucket(holder)?.items.firstIndex(of: item),
                let row = buckets[holder]?.weightSets.first, row.indices.contains(position)
            else { continue }
            overrides[pool] = row[position]
        }
        let type = map.bucket(item).map { Int32($0.type) } ?? 0
        return CrushTree.Row(
            item: item, name: map.itemNames[item], type: map.typeNames[type] ?? (type == 0 ? "osd" : "type\(type)"),
            deviceClass: map.deviceClasses[item].flatMap { map.classNames[$0] }, weight: weight,
            overrides: overrides, depth: holders.count, children: children)
    }

    /// By class and number for devices, by name for buckets; an item that is there twice comes once.
    private func children(of item: ItemID) -> [(item: ItemID, weight: Weight)] {
        guard let bucket = map.bucket(item) else { return [] }
        var sorted: [String: (item: ItemID, weight: Weight)] = [:]
        for (position, child) in bucket.items.enumerated().reversed() {
            sorted[sortKey(of: child)] = (child, bucket.weight(at: position))
        }
        return sorted.sorted { $0.key < $1.key }.map(\.value)
    }

    private func sortKey(of item: ItemID) -> String {
        guard item.value >= 0 else { return "_" + (map.itemNames[item] ?? "bucket\(item)") }
        let number = String(item.value)
        let padding = String(repeating: "0", count: max(0, 8 - number.count))
        let className = map.deviceClasses[item].flatMap { map.classNames[$0] } ?? ""
        return "\(className)_osd.\(padding)\(number)"
    }
}
