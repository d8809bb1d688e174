/// `choose indep`: all places at once, round after round; a place that finds nothing stays ``ItemID/none``.
struct IndepSearch {
    let draw: Draw
    let type: Int32
    /// What the step asks for, by which each round's tries are apart.
    let count: Int
    /// The places that there is room for.
    let width: Int
    private var slots: [ItemID?]
    private var leafSlots: [ItemID?]

    /// What was found, by place.
    var items: [ItemID] { slots.map { $0 ?? .none } }
    /// The device below each of the items.
    var leaves: [ItemID] { leafSlots.map { $0 ?? .none } }

    init(draw: Draw, type: Int32, count: Int, width: Int) {
        self.draw = draw
        self.type = type
        self.count = count
        self.width = width
        slots = Array(repeating: nil, count: width)
        leafSlots = slots
    }

    /// Fills the places from a bucket. `leafTries` is nil where the step asks for no leaves.
    mutating func run(in bucket: Bucket, tries: Int, leafTries: Int?) {
        for round in 0..<tries {
            guard slots.contains(nil) else { return }
            for place in 0..<width where slots[place] == nil {
                fill(place, from: bucket, round: round, leafTries: leafTries)
            }
        }
    }

    /// One try at one place.
    private mutating func fill(_ place: Int, from start: Bucket, round: Int, leafTries: Int?) {
        guard let step = descend(from: start, to: type, place: place, parentR: 0, round: round, position: 0) else {
            return
        }
        guard let item = step.item else {
            slots[place] = ItemID.none
            leafSlots[place] = ItemID.none
            return
        }
        guard !slots.contains(item) else { return }
        if let leafTries {
            if let below = draw.map.bucket(item) {
                leafSlots[place] = leaf(below: below, place: place, parentR: step.r, tries: leafTries)
                if leafSlots[place] == ItemID.none { return }
            } else {
                // It stays here even if it proves to be out, and so may end up in the result: so does Ceph.
                leafSlots[place] = item
            }
        }
        if item.isDevice && draw.isOut(item) { return }
        slots[place] = item
    }

    /// The device below an item, or ``ItemID/none``.
    private func leaf(below bucket: Bucket, place: Int, parentR: Int, tries: Int) -> ItemID {
        for round in 0..<tries {
            guard
                let step = descend(from: bucket, to: 0, place: place, parentR: parentR, round: round, position: place)
            else { continue }
            guard let item = step.item else { return .none }
            if !draw.isOut(item) { return item }
        }
        return .none
    }

    /// The way down to an item of a type: nil if it ends in an empty bucket, without an item if no retry can help.
    private func descend(
        from start: Bucket, to type: Int32, place: Int, parentR: Int, round: Int, position: Int
    ) -> (item: ItemID?, r: Int)? {
        var bucket = start
        for _ in 0..<Draw.depthLimit {
            guard !bucket.items.isEmpty else { return nil }
            var stride = count
            if case .uniform = bucket.content, bucket.items.count % count == 0 { stride += 1 }
            let r = place + parentR + stride * round
            guard let item = draw.item(of: bucket, r: r, position: position), let itemType = draw.type(of: item) else {
                return (nil, r)
            }
            if itemType == type { return (item, r) }
            guard let next = draw.map.bucket(item) else { return (nil, r) }
            bucket = next
        }
        return (nil, 0)
    }
}
