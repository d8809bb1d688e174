/// The straw2 buckets of a map, laid out for drawing many straws at once.
///
/// Items of no weight are left out: they never win, but that the first item is taken where all weigh nothing.
struct StrawTables: Sendable {
    /// One bucket.
    struct Table: Sendable {
        /// Where its items stand in the flat arrays.
        var items: Range<Int>
        /// The bucket's type.
        var type: Int32
        /// What wins where nothing weighs anything; the bucket is empty if this is nil and ``items`` is empty.
        var fallback: Int32?
        /// Where all weigh the same: how far apart two hashed values must be for the greater one to win for certain.
        var window: Int32?
    }

    /// By slot of the map; nil for a bucket that is not of this kind, and for an empty slot.
    private(set) var tables: [Table?]
    /// What is chosen.
    private(set) var ids: [Int32] = []
    /// What is hashed: the item's id or what overrides it.
    private(set) var hashed: [UInt32] = []
    /// What it weighs, above zero.
    private(set) var weights: [UInt32] = []
    /// One over what it weighs.
    private(set) var inverses: [Float] = []

    init(map: CrushMap, overrides: [ItemID: CrushMap.Override]) {
        tables = []
        tables.reserveCapacity(map.buckets.count)
        for bucket in map.buckets {
            tables.append(bucket.flatMap { add($0, override: overrides[$0.id]) })
        }
    }

    private mutating func add(_ bucket: Bucket, override: CrushMap.Override?) -> Table? {
        guard case .straw2(let own) = bucket.content, bucket.hash == 0, bucket.items.count < 1 << 16,
            (override?.weightSets.count ?? 0) <= 1
        else { return nil }
        let row = override?.weights(at: 0) ?? own
        let names = override?.ids ?? bucket.items
        guard row.count >= bucket.items.count, names.count >= bucket.items.count else { return nil }
        let start = ids.count
        for (index, item) in bucket.items.enumerated() where row[index] > .zero {
            ids.append(item.value)
            hashed.append(UInt32(bitPattern: names[index].value))
            weights.append(row[index].raw)
            inverses.append(1 / Float(row[index].raw))
        }
        let items = start..<ids.count
        let same = Set(weights[items])
        return Table(
            items: items, type: Int32(bucket.type), fallback: bucket.items.first?.value,
            window: same.count == 1 ? same.first.map(NearTies.window(weight:)) : nil)
    }
}

extension StrawTables {
    /// Runs `body` with the kernels over these tables.
    func withKernels(_ body: (StrawKernels, UnsafeBufferPointer<StrawTables.Table?>) -> Void) {
        ids.withUnsafeBufferPointer { ids in
            hashed.withUnsafeBufferPointer { hashed in
                weights.withUnsafeBufferPointer { weights in
                    inverses.withUnsafeBufferPointer { inverses in
                        tables.withUnsafeBufferPointer { tables in
                            Logarithm.values.withUnsafeBufferPointer { logarithms in
                                Logarithm.distances.withUnsafeBufferPointer { distances in
                                    body(
                                        StrawKernels(
                                            ids: ids, hashed: hashed, weights: weights, inverses: inverses,
                                            logarithms: logarithms, approximate: distances), tables)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How close two hashed values of equal weight may be before their straws must be compared exactly.
///
/// The logarithm does not rise everywhere, and dividing by the weight makes neighbours equal. Both happen to close
/// neighbours only.
enum NearTies {
    /// For each distance below 64 the least rise of the logarithm over it.
    private static let leastRise: [Int64] = {
        let values = Logarithm.values
        return (0..<64).map { distance in
            (0..<values.count - distance).reduce(Int64.max) { min($0, values[$1 + distance] - values[$1]) }
        }
    }()

    /// The distance above which the greater hashed value draws the longer straw for certain.
    ///
    /// A rise of a whole weight changes the quotient. From 32 on every rise is greater than the heaviest weight, and
    /// what holds from 32 to 63 holds for all beyond: they are sums of such.
    static func window(weight: UInt32) -> Int32 {
        Int32(leastRise.lastIndex { $0 < Int64(weight) } ?? 0)
    }
}
