/// A rule of multi-step retry: when a device proves to be out, the whole way down is tried again, not only its last
/// step (Ceph 19 and later).
///
/// The rule is a list of blocks, each a take, `choosemsr` steps and an emit. The places of the result are divided into
/// strides, one for each choice of the first step, these into strides of the second, and so on. What is chosen for one
/// stride is closed to the others of its step. Source: `crush/mapper.c`, `crush_msr_do_rule`.
struct MSRSearch {
    let draw: Draw
    let rule: Rule
    let resultMax: Int
    private var descents: Int
    private var collisionTries: Int
    private var output: [ItemID] = []
    private var returned = 0
    /// What is chosen so far, for each step of the block by place.
    private var chosen: [[ItemID?]] = []
    private var steps: ArraySlice<Rule.Step> = []

    init(draw: Draw, rule: Rule, resultMax: Int) {
        self.draw = draw
        self.rule = rule
        self.resultMax = resultMax
        let limit = UInt32(SearchSettings.limit)
        descents = Int(min(draw.map.tunables.msrDescents, limit))
        collisionTries = Int(min(draw.map.tunables.msrCollisionTries, limit))
    }

    /// The items found; nothing if the rule has not the form that it must have.
    mutating func run() -> [ItemID] {
        output = Array(repeating: .none, count: resultMax)
        var rest = configure(rule.steps[...])
        var start = 0
        while !rest.isEmpty {
            guard let block = Block(rest, resultMax: resultMax) else { return [] }
            rest = rest[(block.end + 1)...]
            if block.root.isBucket {
                guard let root = draw.map.bucket(block.root), !block.choices.isEmpty else { return [] }
                let end = min(start + block.width, resultMax)
                fill(start..<end, from: root, block)
                start = end
            } else {
                guard block.choices.isEmpty, start < resultMax else { return [] }
                emit(block.root, at: start)
            }
        }
        return rule.kind == .msrFirstN ? Array(output.prefix(returned)) : output
    }

    /// A take, its choices and where its emit stands.
    private struct Block {
        var root: ItemID
        var choices: ArraySlice<Rule.Step>
        var end: Int
        /// How many devices its choices come to.
        var width = 1

        init?(_ steps: ArraySlice<Rule.Step>, resultMax: Int) {
            guard let take = steps.first, take.operation == .take else { return nil }
            let others = steps.dropFirst()
            guard let end = others.firstIndex(where: { $0.operation == .emit }) else { return nil }
            root = ItemID(take.first)
            choices = others[..<end]
            self.end = end
            for step in choices {
                guard step.operation == .chooseMSR, step.first >= 0 else { return nil }
                let (product, overflow) = width.multipliedReportingOverflow(by: Self.strides(step, resultMax))
                guard !overflow, product <= Int(Int32.max) else { return nil }
                width = product
            }
        }

        static func strides(_ step: Rule.Step, _ resultMax: Int) -> Int {
            step.first == 0 ? resultMax : Int(step.first)
        }
    }

    /// Takes in the settings that the rule begins with; returns what follows.
    private mutating func configure(_ steps: ArraySlice<Rule.Step>) -> ArraySlice<Rule.Step> {
        for (index, step) in zip(steps.indices, steps) {
            let value = step.first < 0 ? SearchSettings.limit : min(Int(step.first), SearchSettings.limit)
            switch step.operation {
            case .setMSRDescents: descents = value
            case .setMSRCollisionTries: collisionTries = value
            default: return steps[index...]
            }
        }
        return []
    }

    private mutating func fill(_ places: Range<Int>, from root: Bucket, _ block: Block) {
        steps = block.choices
        chosen = Array(repeating: Array(repeating: nil, count: resultMax), count: block.choices.count)
        let goal = returned + places.count
        for descent in 0..<descents where returned < goal {
            _ = choose(below: root, places, step: 0, descendants: block.width, descent: descent)
        }
    }

    /// Fills the places below a bucket, stride by stride; returns how many devices were found.
    private mutating func choose(below bucket: Bucket, _ places: Range<Int>, step: Int, descendants: Int, descent: Int)
        -> Int
    {
        let current = steps[steps.startIndex + step]
        let length = max(1, descendants / Block.strides(current, resultMax))
        let isLast = step + 1 == steps.count
        var mapped = 0
        var fruitless: [(stride: Range<Int>, item: ItemID)] = []
        for (index, start) in stride(from: places.lowerBound, to: places.upperBound, by: length).enumerated() {
            let places = (places: places, stride: start..<min(start + length, places.upperBound))
            guard chosen[steps.count - 1][places.stride].contains(nil),
                let item = candidate(in: bucket, places, step: step, type: current.second, descent: descent, index)
            else { continue }
            if current.second == 0 {
                guard length == 1, isLast, !draw.isOut(item), returned < resultMax else { continue }
                _ = push(item, places.stride, step)
                emit(item, at: start)
                mapped += 1
            } else if !isLast, let below = draw.map.bucket(item) {
                let found = choose(
                    below: below, places.stride, step: step + 1, descendants: length, descent: descent)
                if push(item, places.stride, step), found == 0 {
                    fruitless.append((places.stride, item))
                } else {
                    mapped += found
                }
            }
        }
        // Only now: a choice that led to nothing stays closed to others until the pass is over, so that one device that
        // goes out moves as little as possible.
        for (stride, item) in fruitless {
            if let place = stride.last(where: { chosen[step][$0] == item }) { chosen[step][place] = nil }
        }
        return mapped
    }

    /// An item of the type that no other stride has; nil if none turns up.
    private func candidate(
        in bucket: Bucket, _ places: (places: Range<Int>, stride: Range<Int>), step: Int, type: Int32, descent: Int,
        _ index: Int
    ) -> ItemID? {
        for attempt in 0..<collisionTries {
            let r = UInt32(truncatingIfNeeded: descent * resultMax + index) << 16 &+ UInt32(attempt)
            guard let item = descend(from: bucket, type: type, r: r, position: index) else { return nil }
            guard let taken = places.places.first(where: { chosen[step][$0] == item }) else { return item }
            if places.stride.contains(taken) { return item }
        }
        return nil
    }

    private func descend(from start: Bucket, type: Int32, r: UInt32, position: Int) -> ItemID? {
        var bucket = start
        for _ in 0..<Draw.depthLimit {
            guard let item = draw.item(of: bucket, r: Int(r), position: position) else { return nil }
            guard let below = draw.map.bucket(item) else { return draw.exists(item) ? item : nil }
            if Int32(below.type) == type { return item }
            bucket = below
        }
        return nil
    }

    /// Notes a choice for a stride; false if it was noted before.
    private mutating func push(_ item: ItemID, _ stride: Range<Int>, _ step: Int) -> Bool {
        for place in stride {
            if chosen[step][place] == item { return false }
            if chosen[step][place] == nil {
                chosen[step][place] = item
                return true
            }
        }
        return false
    }

    private mutating func emit(_ item: ItemID, at place: Int) {
        output[rule.kind == .msrFirstN ? returned : place] = item
        returned += 1
    }
}
