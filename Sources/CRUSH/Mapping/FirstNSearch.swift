/// `choose firstn`: one item after the other, depth first; what is not found is left out.
struct FirstNSearch {
    let draw: Draw
    let settings: SearchSettings
    let type: Int32
    let toLeaf: Bool
    /// Descents that are left: no map in use comes near it, a forged one would search for ever.
    private var budget = 1 << 18
    /// What was found so far.
    private(set) var items: [ItemID] = []
    /// The device below each of the items, where the step asks for leaves.
    private(set) var leaves: [ItemID] = []

    /// Why a try at one place ended.
    private enum Outcome {
        case found(ItemID, leaf: ItemID)
        /// Something that no retry changes: the place stays empty.
        case hopeless
        /// The item is taken already.
        case collision
        case rejected
    }

    init(draw: Draw, settings: SearchSettings, type: Int32, toLeaf: Bool) {
        self.draw = draw
        self.settings = settings
        self.type = type
        self.toLeaf = toLeaf
    }

    /// Looks for `count` items below a bucket, but for no more than there is room for.
    mutating func run(in bucket: Bucket, count: Int, room: Int) {
        var place = 0
        while place < count, items.count < room, budget > 0 {
            if case .found(let item, let leaf) = find(
                in: bucket, place: place, parentR: 0, tries: settings.tries, type: type, leafBelow: toLeaf, taken: items
            ) {
                items.append(item)
                leaves.append(leaf)
            }
            place += 1
        }
    }

    /// Tries until an item fits or the tries are used up.
    private mutating func find(
        in start: Bucket, place: Int, parentR: Int, tries: Int, type: Int32, leafBelow: Bool, taken: [ItemID]
    ) -> Outcome {
        var failures = 0
        var bucket = start
        var localFailures = 0
        while true {
            let outcome = descend(
                through: &bucket, r: place + parentR + failures, localFailures: localFailures, type: type,
                leafBelow: leafBelow, taken: taken)
            switch outcome {
            case .found, .hopeless: return outcome
            case .collision, .rejected:
                failures += 1
                localFailures += 1
                var collided = false
                if case .collision = outcome { collided = true }
                if collided && localFailures <= settings.localRetries { continue }
                let fallback = settings.localFallbackRetries
                if fallback > 0 && localFailures <= bucket.items.count + fallback { continue }
                guard failures < tries, budget > 0 else { return .rejected }
                bucket = start
                localFailures = 0
            }
        }
    }

    /// One try: from a bucket down to an item of the type, and to a leaf below that.
    private mutating func descend(
        through bucket: inout Bucket, r: Int, localFailures: Int, type: Int32, leafBelow: Bool, taken: [ItemID]
    ) -> Outcome {
        let position = items.count
        budget -= 1
        for _ in 0..<Draw.depthLimit {
            let fallback = settings.localFallbackRetries
            let permutes = fallback > 0 && localFailures >= bucket.items.count >> 1 && localFailures > fallback
            guard !bucket.items.isEmpty else { return .rejected }
            let chosen =
                permutes
                ? bucket.permuted(x: draw.x, r: UInt32(truncatingIfNeeded: r))
                : draw.item(of: bucket, r: r, position: position)
            guard let item = chosen, let itemType = draw.type(of: item) else { return .hopeless }
            if itemType != type {
                guard let next = draw.map.bucket(item) else { return .hopeless }
                bucket = next
                continue
            }
            if taken.contains(item) { return .collision }
            guard leafBelow, let below = draw.map.bucket(item) else {
                return itemType == 0 && draw.isOut(item) ? .rejected : .found(item, leaf: item)
            }
            let leaf = find(
                in: below, place: settings.isStable ? 0 : position, parentR: settings.leafBase(of: r),
                tries: settings.firstNLeafTries, type: 0, leafBelow: false, taken: leaves)
            guard case .found(let device, _) = leaf else { return .rejected }
            return .found(item, leaf: device)
        }
        return .hopeless
    }
}
