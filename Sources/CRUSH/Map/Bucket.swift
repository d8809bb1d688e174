/// An inner node of a CRUSH map: a host, a rack, a root, or the shadow of one for a device class.
public struct Bucket: Hashable, Sendable {
    /// How a bucket chooses among its items, with the numbers that the choice is made from.
    ///
    /// Each list has one entry an item, except ``tree(nodeWeights:)``. Source: `crush.h`.
    public enum Content: Hashable, Sendable {
        /// Algorithm 1: all items weigh the same; a permutation.
        case uniform(itemWeight: Weight)
        /// Algorithm 2: a linked list; `sums` holds the weight of the item and all before it.
        case list(weights: [Weight], sums: [Weight])
        /// Algorithm 3: an implicit binary tree with the items at its odd nodes.
        case tree(nodeWeights: [Weight])
        /// Algorithm 4: straws whose length was computed when the map was built.
        case straw(weights: [Weight], straws: [UInt32])
        /// Algorithm 5: what every map since hammer is made of.
        case straw2(weights: [Weight])
    }

    /// The bucket's number, below zero.
    public var id: ItemID
    /// Its type: 0 is never a bucket's; names are in ``CrushMap/typeNames``.
    public var type: UInt16
    /// The hash function; 0 (rjenkins1) is the only one there is.
    public var hash: UInt8
    /// What its parent is meant to weigh it with.
    public var weight: Weight
    /// What it holds, in the order in which the algorithm sees it.
    public var items: [ItemID]
    /// How it chooses.
    public var content: Content

    /// A bucket of these parts; nothing is checked.
    public init(
        id: ItemID, type: UInt16, hash: UInt8 = 0, weight: Weight, items: [ItemID], content: Content
    ) {
        self.id = id
        self.type = type
        self.hash = hash
        self.weight = weight
        self.items = items
        self.content = content
    }

    /// The number of the algorithm in the map's encodings.
    public var algorithm: UInt8 {
        switch content {
        case .uniform: 1
        case .list: 2
        case .tree: 3
        case .straw: 4
        case .straw2: 5
        }
    }

    /// The weight of the item at a position; zero outside of the bucket.
    public func weight(at position: Int) -> Weight {
        guard items.indices.contains(position) else { return .zero }
        switch content {
        case .uniform(let itemWeight): return itemWeight
        case .tree(let nodeWeights):
            let node = ((position + 1) << 1) - 1
            return nodeWeights.indices.contains(node) ? nodeWeights[node] : .zero
        case .list(let weights, _), .straw(let weights, _), .straw2(let weights):
            return weights.indices.contains(position) ? weights[position] : .zero
        }
    }
}
