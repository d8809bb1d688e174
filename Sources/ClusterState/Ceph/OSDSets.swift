/// A column of sets of OSDs, one a row, in one flat array: 160,000 sets without 160,000 arrays.
///
/// A set keeps its order: of an EC pool's PG each position is a shard. A position that nobody holds is
/// ``OSDSets/none``.
public struct OSDSets: Hashable, Sendable {
    /// What stands at a position without an OSD (`CRUSH_ITEM_NONE`).
    public static let none: Int32 = 0x7fff_ffff

    /// All sets, one after the other.
    public private(set) var values: [Int32]
    /// Where each set begins in ``values``, and at the end where the last one ends: one more than there are rows.
    public private(set) var offsets: [UInt32]

    /// No rows.
    public init() {
        values = []
        offsets = [0]
    }

    /// Rows of these sets.
    public init(_ sets: some Sequence<[Int32]>) {
        self.init()
        for set in sets { append(set) }
    }

    /// How many rows there are.
    public var count: Int { offsets.count - 1 }

    /// The set of a row, which must be below ``count``.
    public subscript(row: Int) -> ArraySlice<Int32> {
        values[Int(offsets[row])..<Int(offsets[row + 1])]
    }

    /// Adds a row.
    public mutating func append(_ set: some Sequence<Int32>) {
        values.append(contentsOf: set)
        offsets.append(UInt32(values.count))
    }

    /// Makes room for as many rows of as many members each.
    public mutating func reserveCapacity(rows: Int, width: Int) {
        offsets.reserveCapacity(rows + 1)
        values.reserveCapacity(rows * width)
    }
}
