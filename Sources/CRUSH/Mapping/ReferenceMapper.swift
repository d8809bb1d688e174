/// CRUSH in its plainest form: one input at a time, one item at a time, no cleverness.
///
/// It is what ``RuleMapper`` must agree with, what it falls back on for maps that no release has made for years, and
/// what a reader learns the algorithm from. Any map is safe: an item that names no bucket, a bucket inside itself and a
/// rule without sense end in fewer OSDs, never in a crash or a loop. Source: `crush/mapper.c`, `crush_do_rule`.
public struct ReferenceMapper: Sendable {
    /// The map whose rules are followed.
    public let map: CrushMap

    /// A mapper of this map; nothing is computed yet.
    public init(map: CrushMap) {
        self.map = map
    }

    /// Where a rule sends one input.
    ///
    /// - Parameters:
    ///   - rule: The rule's number; a number without a rule gives nothing.
    ///   - x: The input: a PG's placement seed.
    ///   - resultMax: How many items are wanted: the pool's size.
    ///   - weights: The reweight of each OSD by number; an OSD beyond the end is out.
    ///   - overrides: The weight-set to use, from ``CrushMap/overrides(for:)``.
    /// - Returns: The items found: fewer than wanted (firstn), or with ``ItemID/none`` in places (indep).
    public func map(
        rule number: Int32, x: UInt32, resultMax: Int, weights: [Weight], overrides: [ItemID: CrushMap.Override] = [:]
    ) -> [ItemID] {
        guard let rule = map.rule(number), resultMax > 0 else { return [] }
        let draw = Draw(map: map, x: x, weights: weights, overrides: overrides)
        switch rule.kind {
        case .msrFirstN, .msrIndep:
            var search = MSRSearch(draw: draw, rule: rule, resultMax: resultMax)
            return search.run()
        default: return follow(rule, draw, resultMax)
        }
    }

    /// The steps of a rule of the old kinds, one after the other.
    private func follow(_ rule: Rule, _ draw: Draw, _ resultMax: Int) -> [ItemID] {
        var settings = SearchSettings(map.tunables)
        var taken: [ItemID] = []
        var result: [ItemID] = []
        for step in rule.steps {
            switch step.operation {
            case .take:
                if draw.exists(ItemID(step.first)) { taken = [ItemID(step.first)] }
            case .emit:
                result += taken.prefix(resultMax - result.count)
                taken = []
            case .chooseFirstN, .chooseLeafFirstN, .chooseIndep, .chooseLeafIndep:
                taken = choose(step, from: taken, draw, settings, resultMax)
            default: settings.apply(step)
            }
        }
        return result
    }

    /// One choose step: below each taken bucket in turn, into what is left of the result.
    private func choose(
        _ step: Rule.Step, from taken: [ItemID], _ draw: Draw, _ settings: SearchSettings, _ resultMax: Int
    ) -> [ItemID] {
        let toLeaf = step.operation == .chooseLeafFirstN || step.operation == .chooseLeafIndep
        let isFirstN = step.operation == .chooseFirstN || step.operation == .chooseLeafFirstN
        let count = step.first > 0 ? Int(step.first) : Int(step.first) + resultMax
        var chosen: [ItemID] = []
        for item in taken where count > 0 {
            guard let bucket = map.bucket(item) else { continue }
            let room = resultMax - chosen.count
            if isFirstN {
                var search = FirstNSearch(draw: draw, settings: settings, type: step.second, toLeaf: toLeaf)
                search.run(in: bucket, count: count, room: room)
                chosen += toLeaf ? search.leaves : search.items
            } else {
                var search = IndepSearch(draw: draw, type: step.second, count: count, width: min(count, room))
                search.run(in: bucket, tries: settings.tries, leafTries: toLeaf ? settings.indepLeafTries : nil)
                chosen += toLeaf ? search.leaves : search.items
            }
        }
        return chosen
    }
}

/// What every search of one input draws from.
struct Draw {
    let map: CrushMap
    let x: UInt32
    let weights: [Weight]
    let overrides: [ItemID: CrushMap.Override]

    /// Deeper than a map may be: what ends the way down through a bucket that holds itself.
    static let depthLimit = 64

    /// What a bucket chooses; nil if it is empty.
    func item(of bucket: Bucket, r: Int, position: Int) -> ItemID? {
        bucket.choose(
            x: x, r: UInt32(truncatingIfNeeded: r), override: overrides[bucket.id], position: position)
    }

    /// Whether an item can be taken.
    func exists(_ item: ItemID) -> Bool {
        item.isBucket ? map.bucket(item) != nil : item.value < map.deviceLimit
    }

    /// The type of an item that exists: 0 for a device.
    func type(of item: ItemID) -> Int32? {
        exists(item) ? Int32(map.bucket(item)?.type ?? 0) : nil
    }

    /// Whether an OSD takes no part for this input, by its reweight.
    func isOut(_ item: ItemID) -> Bool {
        guard weights.indices.contains(Int(item.value)) else { return true }
        let weight = weights[Int(item.value)]
        if weight >= .one { return false }
        return weight == .zero || CRUSHHash.hash(x, UInt32(bitPattern: item.value)) & 0xffff >= weight.raw
    }
}
