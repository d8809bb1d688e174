extension CrushMap {
    /// The first word of every map (`CRUSH_MAGIC`).
    static let magic: UInt32 = 0x0001_0000

    /// Decodes the binary form: what `ceph osd getcrushmap` and `crushtool -c` write, of any release.
    ///
    /// The encoding is checked (magic, counts, a bucket's place and algorithm), the meaning is not: items may dangle
    /// and buckets may hold each other. Bytes after the last part that this version knows are kept in
    /// ``unknownTail``. Source: `CrushWrapper::decode`.
    ///
    /// - Throws: ``DecodingFailure`` with the byte and the field at fault.
    public init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
    }

    /// Decodes the rest of a reader's bytes.
    init(from reader: inout ByteReader) throws(DecodingFailure) {
        let start = reader.offset
        let magic = try reader.uint32("magic")
        guard magic == Self.magic else {
            throw reader.failure("magic", at: start, "this is no CRUSH map: it does not begin with 00 00 01 00")
        }
        self.init(tunables: .legacy, extent: .names)
        let bucketCount = try reader.slotCount("max_buckets")
        let ruleCount = try reader.slotCount("max_rules")
        deviceLimit = try reader.int32("max_devices")
        buckets = try Self.slots(bucketCount, "buckets", &reader) { (inner, slot) throws(DecodingFailure) in
            try Bucket.decodeSlot(slot, from: &inner)
        }
        rules = try Self.slots(ruleCount, "rules", &reader) { (inner, _) throws(DecodingFailure) in
            try Rule.decodeSlot(from: &inner)
        }
        typeNames = try reader.names("type_map")
        let named = try reader.names("name_map")
        itemNames = Dictionary(uniqueKeysWithValues: named.map { (ItemID($0.key), $0.value) })
        ruleNames = try reader.names("rule_name_map")
        try decodeTunables(from: &reader)
        try decodeClasses(from: &reader)
        try decodeChooseArgs(from: &reader)
        try decodeMSR(from: &reader)
        unknownTail = try reader.bytes(reader.remaining, "tail")
    }

    /// The two counts stand before anything else; each slot takes at least four bytes.
    private static func slots<Element>(
        _ count: Int, _ field: StaticString, _ reader: inout ByteReader,
        _ slot: (inout ByteReader, Int) throws(DecodingFailure) -> Element?
    ) throws(DecodingFailure) -> [Element?] {
        var elements: [Element?] = []
        for index in 0..<count {
            elements.append(
                try reader.inside("\(field)[\(index)]") { (inner) throws(DecodingFailure) in try slot(&inner, index) })
        }
        return elements
    }

    // MARK: The parts that releases have added; an older map ends before them.

    private mutating func decodeTunables(from reader: inout ByteReader) throws(DecodingFailure) {
        guard !reader.isAtEnd else { return }
        tunables.chooseLocalTries = try reader.uint32("choose_local_tries")
        tunables.chooseLocalFallbackTries = try reader.uint32("choose_local_fallback_tries")
        tunables.chooseTotalTries = try reader.uint32("choose_total_tries")
        extent = .tunables
        guard !reader.isAtEnd else { return }
        tunables.chooseLeafDescendOnce = try reader.uint32("chooseleaf_descend_once")
        extent = .descendOnce
        guard !reader.isAtEnd else { return }
        tunables.chooseLeafVaryR = try reader.uint8("chooseleaf_vary_r")
        extent = .varyR
        guard !reader.isAtEnd else { return }
        tunables.strawCalcVersion = try reader.uint8("straw_calc_version")
        extent = .strawCalc
        guard !reader.isAtEnd else { return }
        tunables.allowedBucketAlgorithms = try reader.uint32("allowed_bucket_algs")
        extent = .allowedAlgorithms
        guard !reader.isAtEnd else { return }
        tunables.chooseLeafStable = try reader.uint8("chooseleaf_stable")
        extent = .stable
    }

    private mutating func decodeClasses(from reader: inout ByteReader) throws(DecodingFailure) {
        guard !reader.isAtEnd else { return }
        deviceClasses = try reader.dictionary("class_map", elementSize: 8) { (inner) throws(DecodingFailure) in
            ItemID(try inner.int32("item"))
        } value: { (inner) throws(DecodingFailure) in
            try inner.int32("class")
        }
        classNames = try reader.dictionary("class_name", elementSize: 8) { (inner) throws(DecodingFailure) in
            try inner.int32("class")
        } value: { (inner) throws(DecodingFailure) in
            try inner.string("name")
        }
        shadowBuckets = try reader.dictionary("class_bucket", elementSize: 8) { (inner) throws(DecodingFailure) in
            ItemID(try inner.int32("bucket"))
        } value: { (inner) throws(DecodingFailure) in
            try inner.dictionary("shadows", elementSize: 8) { (entry) throws(DecodingFailure) in
                try entry.int32("class")
            } value: { (entry) throws(DecodingFailure) in
                ItemID(try entry.int32("shadow"))
            }
        }
        extent = .classes
    }

    private mutating func decodeChooseArgs(from reader: inout ByteReader) throws(DecodingFailure) {
        guard !reader.isAtEnd else { return }
        let slots = buckets
        chooseArgs = try reader.dictionary("choose_args", elementSize: 12) { (inner) throws(DecodingFailure) in
            try inner.int64("pool")
        } value: { (inner) throws(DecodingFailure) in
            try inner.dictionary("buckets", elementSize: 12) { (entry) throws(DecodingFailure) in
                let start = entry.offset
                let slot = try entry.uint32("bucket_index")
                guard slot < slots.count else {
                    throw entry.failure(
                        "bucket_index", at: start, "slot \(slot) is outside of the map's \(slots.count) slots")
                }
                return ItemID(bucketAt: Int32(truncatingIfNeeded: slot))
            } value: { (entry) throws(DecodingFailure) in
                try Override(from: &entry)
            }
        }
        extent = .chooseArgs
    }

    private mutating func decodeMSR(from reader: inout ByteReader) throws(DecodingFailure) {
        guard !reader.isAtEnd else { return }
        tunables.msrDescents = try reader.uint32("msr_descents")
        tunables.msrCollisionTries = try reader.uint32("msr_collision_tries")
        extent = .msr
    }
}

extension CrushMap.Override {
    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        let rows = try reader.list("weight_set", elementSize: 4) { (inner) throws(DecodingFailure) in
            try inner.weights("weights")
        }
        let count = try reader.count("ids", elementSize: 4)
        let ids = try reader.integers(Int32.self, count: count, "ids").map { ItemID($0) }
        self.init(weightSets: rows, ids: ids.isEmpty ? nil : ids)
    }
}

extension Bucket {
    /// A slot of the map: nil for an empty one.
    fileprivate static func decodeSlot(_ slot: Int, from reader: inout ByteReader) throws(DecodingFailure) -> Bucket? {
        let start = reader.offset
        let algorithm = try reader.uint32("alg")
        guard algorithm != 0 else { return nil }
        guard (1...5).contains(algorithm) else {
            throw reader.failure("alg", at: start, "there is no bucket algorithm \(algorithm)")
        }
        let idOffset = reader.offset
        let id = ItemID(try reader.int32("id"))
        guard id.slot == slot else {
            throw reader.failure("id", at: idOffset, "bucket \(id) stands in the slot of bucket \(-1 - slot)")
        }
        let type = try reader.uint16("type")
        let repeatOffset = reader.offset
        let repeated = try reader.uint8("alg")
        guard repeated == algorithm else {
            throw reader.failure("alg", at: repeatOffset, "says \(repeated) where the slot said \(algorithm)")
        }
        let hash = try reader.uint8("hash")
        let weight = Weight(raw: try reader.uint32("weight"))
        let size = try reader.count("size", elementSize: 4)
        let items = try reader.integers(Int32.self, count: size, "items").map { ItemID($0) }
        let content = try Content(algorithm: repeated, size: size, from: &reader)
        return Bucket(id: id, type: type, hash: hash, weight: weight, items: items, content: content)
    }
}

extension Bucket.Content {
    fileprivate init(algorithm: UInt8, size: Int, from reader: inout ByteReader) throws(DecodingFailure) {
        switch algorithm {
        case 1:
            self = .uniform(itemWeight: Weight(raw: try reader.uint32("item_weight")))
        case 2:
            let (weights, sums) = try reader.pairs(size, "item_weights")
            self = .list(weights: weights, sums: sums.map(Weight.init(raw:)))
        case 3:
            self = .tree(nodeWeights: try Self.nodes(for: size, from: &reader))
        case 4:
            let (weights, straws) = try reader.pairs(size, "item_weights")
            self = .straw(weights: weights, straws: straws)
        default:
            let weights = try reader.integers(UInt32.self, count: size, "item_weights")
            self = .straw2(weights: weights.map(Weight.init(raw:)))
        }
    }

    /// The nodes of a tree: a power of two of them, twice as many as there are items or more.
    private static func nodes(for size: Int, from reader: inout ByteReader) throws(DecodingFailure) -> [Weight] {
        let start = reader.offset
        let count = Int(try reader.uint8("num_nodes"))
        guard count == 0 ? size == 0 : count.nonzeroBitCount == 1 && count >= 2 * size else {
            throw reader.failure("num_nodes", at: start, "a tree of \(count) nodes cannot hold \(size) items")
        }
        return try reader.integers(UInt32.self, count: count, "node_weights").map(Weight.init(raw:))
    }
}

extension Rule {
    /// A slot of the map: nil for an empty one.
    fileprivate static func decodeSlot(from reader: inout ByteReader) throws(DecodingFailure) -> Rule? {
        guard try reader.uint32("present") != 0 else { return nil }
        let start = reader.offset
        let length = try reader.uint32("len")
        let ruleset = try reader.uint8("ruleset")
        let kind = Kind(rawValue: try reader.uint8("type"))
        let minimum = try reader.uint8("min_size")
        let maximum = try reader.uint8("max_size")
        guard Int(length) <= reader.remaining / 12 else {
            throw DecodingFailure(
                offset: start, path: "len", reason: .impossibleCount(UInt64(length), left: reader.remaining))
        }
        var steps: [Step] = []
        steps.reserveCapacity(Int(length))
        for _ in 0..<length {
            steps.append(
                Step(
                    code: try reader.uint32("steps"), try reader.int32("steps"), try reader.int32("steps")))
        }
        return Rule(kind: kind, ruleset: ruleset, minimumSize: minimum, maximumSize: maximum, steps: steps)
    }
}

extension ByteReader {
    /// A number of slots, each of which takes four bytes or more.
    fileprivate mutating func slotCount(_ field: StaticString) throws(DecodingFailure) -> Int {
        try count(field, elementSize: 4)
    }

    /// Weights with their count in front.
    fileprivate mutating func weights(_ field: StaticString) throws(DecodingFailure) -> [Weight] {
        let count = try count(field, elementSize: 4)
        return try integers(UInt32.self, count: count, field).map(Weight.init(raw:))
    }

    /// Weights, each followed by another number.
    fileprivate mutating func pairs(
        _ count: Int, _ field: StaticString
    ) throws(DecodingFailure) -> (weights: [Weight], others: [UInt32]) {
        let words = try integers(UInt32.self, count: 2 * count, field)
        return (
            weights: (0..<count).map { Weight(raw: words[2 * $0]) },
            others: (0..<count).map { words[2 * $0 + 1] }
        )
    }

    /// Names by number. Keys had 64 bits in some old releases, which shows as a length of zero, as no name is empty.
    fileprivate mutating func names(_ field: StaticString) throws(DecodingFailure) -> [Int32: String] {
        try dictionary(field, elementSize: 8) { (reader) throws(DecodingFailure) in
            let key = try reader.int32("key")
            var wide = reader
            if try wide.uint32("name") == 0 { reader = wide }
            return key
        } value: { (reader) throws(DecodingFailure) in
            let start = reader.offset
            let name = try reader.string("name")
            guard !name.isEmpty else { throw reader.failure("name", at: start, "a name is empty") }
            return name
        }
    }
}
