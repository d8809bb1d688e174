import CRUSH
import TestSupport

/// Makes CRUSH maps by chance, all of them such that `crushtool -i FILE --test` accepts their binary form.
///
/// A map is a function of the generator's state and the options, so a seed is enough to have it again. What varies:
/// the number of devices, holes in their ids and in the buckets' ids, one to five levels of buckets under one or two
/// roots, the algorithm of each bucket, weights (ordinary, equal, zero, a few 65,536ths, large, and such that differ
/// from what the child weighs), tunables, device classes with their shadow trees, weight sets and id overrides, and
/// rules of one or more takes with chains of choose and chooseleaf steps and all set_* steps.
enum RandomMap {
    /// What a map may have. The defaults leave nothing out but multi-step retry rules, which need Ceph 19 or later.
    struct Options: Sendable {
        /// How many devices there are.
        var devices = 1...48
        /// How many levels of buckets there are, the roots included.
        var levels = 1...5
        /// The algorithms that buckets may have.
        var algorithms = Bucket.Algorithm.allCases
        /// How many rules there are.
        var rules = 1...6
        /// Whether devices may have classes, and buckets shadows.
        var classes = true
        /// Whether there may be weight sets and id overrides.
        var chooseArgs = true
        /// Whether device and bucket ids may have holes.
        var holes = true
        /// Whether the tunables are drawn (else those of jewel).
        var tunables = true
        /// Whether weights may be zero, tiny or unlike what the child weighs.
        var oddWeights = true
        /// Whether some rules are multi-step retry rules; the map then reaches up to ``CrushMap/Extent/msr``.
        var msr = false

        init() {}
    }

    /// A map by chance.
    static func make(using generator: inout SeededGenerator, _ options: Options = Options()) -> CrushMap {
        var builder = Builder(options: options, generator: generator)
        let map = builder.make()
        generator = builder.generator
        return map
    }

    /// Tunables by chance: a profile, or each number drawn by itself.
    static func tunables(using generator: inout SeededGenerator) -> Tunables {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return .legacy
        case 1: return .jewel
        default:
            return Tunables(
                chooseLocalTries: UInt32.random(in: 0...3, using: &generator),
                chooseLocalFallbackTries: [0, 0, 1, 5].randomElement(using: &generator) ?? 0,
                chooseTotalTries: UInt32.random(in: 1...60, using: &generator),
                chooseLeafDescendOnce: UInt32.random(in: 0...1, using: &generator),
                chooseLeafVaryR: UInt8.random(in: 0...4, using: &generator),
                strawCalcVersion: UInt8.random(in: 0...1, using: &generator),
                allowedBucketAlgorithms: 0b111110,
                chooseLeafStable: UInt8.random(in: 0...1, using: &generator))
        }
    }
}

private struct Builder {
    let options: RandomMap.Options
    var generator: SeededGenerator
    var map = CrushMap()
    /// Bucket ids that are still free, in the order in which they are taken.
    private var freeIDs: [ItemID] = []
    /// The items of the level that was made last, with what they weigh.
    private var below: [(item: ItemID, weight: Weight)] = []
    private var levels = 1
    private var isClassed = false

    init(options: RandomMap.Options, generator: SeededGenerator) {
        self.options = options
        self.generator = generator
    }

    mutating func make() -> CrushMap {
        if options.tunables { map.tunables = RandomMap.tunables(using: &generator) }
        if options.msr { map.extent = .msr }
        levels = Int.random(in: options.levels, using: &generator)
        isClassed = options.classes && chance(50)
        let names = ["osd", "host", "chassis", "rack", "row", "root"]
        for level in 0..<levels { map.typeNames[Int32(level)] = names[level] }
        map.typeNames[Int32(levels)] = "root"
        makeDevices()
        makeTree()
        if isClassed { map.makeShadowTrees(previous: [:]) }
        map.deviceLimit = (map.buckets.compactMap { $0 }.flatMap(\.items).map(\.value).max() ?? -1) + 1
        if options.chooseArgs && chance(40) { makeChooseArgs() }
        makeRules()
        return map
    }

    // MARK: Chance

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func pick<Element>(_ elements: [Element], else other: Element) -> Element {
        elements.randomElement(using: &generator) ?? other
    }

    private mutating func deviceWeight() -> Weight {
        guard options.oddWeights else { return Weight(raw: UInt32(draw(1...20)) << 14) }
        switch draw(0...19) {
        case 0: return .zero
        case 1: return Weight(raw: UInt32(draw(1...9)))
        case 2: return Weight(raw: UInt32(draw(50...100)) << 16)
        case 3...8: return .one
        default: return Weight(raw: UInt32(draw(0x1000...0x10_0000)))
        }
    }

    // MARK: The tree

    private mutating func makeDevices() {
        var id: Int32 = 0
        for _ in 0..<draw(options.devices) {
            if options.holes && chance(10) { id += Int32(draw(1...3)) }
            let device = ItemID(id)
            map.itemNames[device] = "osd.\(id)"
            if isClassed && chance(90) {
                let number = Int32(draw(0...2))
                map.deviceClasses[device] = number
                map.classNames[number] = ["hdd", "ssd", "nvme"][Int(number)]
            }
            below.append((device, deviceWeight()))
            id += 1
        }
        below.shuffle(using: &generator)
    }

    private mutating func makeTree() {
        freeIDs = (1...4096).map { ItemID(-$0) }
        for level in 1..<max(levels, 1) { makeLevel(level) }
        let members = below
        makeBucket(type: levels, name: "default", members)
        if chance(20), members.count > 1 {
            // A second root that holds some of what the first one holds.
            makeBucket(type: levels, name: "other", Array(members.shuffled(using: &generator).dropLast(1)))
        }
    }

    private mutating func makeLevel(_ level: Int) {
        var left = below[...]
        below = []
        var number = 0
        while !left.isEmpty {
            let share = left.prefix(draw(1...5))
            left = left.dropFirst(share.count)
            let id = makeBucket(type: level, name: "\(map.typeNames[Int32(level)] ?? "")\(number)", Array(share))
            var weight = map.bucket(id)?.weight ?? .zero
            if options.oddWeights && chance(10) { weight = deviceWeight() }
            below.append((id, weight))
            number += 1
        }
        if options.oddWeights && chance(10) {
            below.append((makeBucket(type: level, name: "empty\(level)", []), .zero))
        }
    }

    @discardableResult
    private mutating func makeBucket(type: Int, name: String, _ members: [(item: ItemID, weight: Weight)]) -> ItemID {
        if options.holes && chance(15) { freeIDs.removeFirst(draw(1...3)) }
        let id = freeIDs.removeFirst()
        var algorithm = pick(options.algorithms, else: .straw2)
        var weights = members.map(\.weight)
        if algorithm == .uniform {
            // A uniform bucket has no shadow that holds anything, so Ceph has none in a map with classes.
            let weight = weights.first { $0 != .zero } ?? .one
            weights = weights.map { _ in weight }
            if isClassed { algorithm = .straw2 }
        }
        if algorithm == .tree && members.count > 64 { algorithm = .straw2 }
        let made = Bucket(
            drawn: algorithm, id: id, type: UInt16(type), items: members.map(\.item), weights: weights,
            strawCalcVersion: map.tunables.strawCalcVersion)
        precondition(map.insert(made), "bucket \(id) is there twice")
        map.itemNames[id] = name
        return id
    }

    // MARK: Overrides

    private mutating func makeChooseArgs() {
        for pool in [CrushMap.defaultChooseArgs, 1, 7] where chance(60) {
            let rows = draw(1...3)
            var overrides: [ItemID: CrushMap.Override] = [:]
            for bucket in map.buckets.compactMap({ $0 }) where bucket.algorithm == 5 && !bucket.items.isEmpty {
                guard chance(50) else { continue }
                var override = CrushMap.Override()
                if chance(80) {
                    for _ in 0..<rows { override.weightSets.append(bucket.items.map { _ in deviceWeight() }) }
                }
                if chance(40) { override.ids = bucket.items.map { _ in ItemID(Int32(draw(-99...99))) } }
                if override != CrushMap.Override() { overrides[bucket.id] = override }
            }
            map.chooseArgs[pool] = overrides
        }
    }

    // MARK: Rules

    private mutating func makeRules() {
        for _ in 0..<draw(options.rules) {
            if options.holes && chance(10) { map.rules.append(nil) }
            let number = map.rules.count
            let isMSR = options.msr && chance(50)
            let isErasure = chance(50)
            var kind: Rule.Kind = isErasure ? .erasure : .replicated
            if isMSR { kind = isErasure ? .msrIndep : .msrFirstN }
            map.rules.append(
                Rule(
                    kind: kind, ruleset: UInt8(number), steps: isMSR ? msrSteps() : classicSteps(indep: isErasure)))
            map.ruleNames[Int32(number)] = "rule-\(number)"
        }
    }

    private mutating func classicSteps(indep: Bool) -> [Rule.Step] {
        var steps: [Rule.Step] = []
        for _ in 0..<pick([1, 1, 1, 2, 3], else: 1) {
            if chance(40) { steps.append(settingStep()) }
            steps.append(Rule.Step(.take, startingPoint().value))
            steps += chain(indep: chance(90) ? indep : !indep)
            steps.append(Rule.Step(.emit))
        }
        return steps
    }

    private mutating func settingStep() -> Rule.Step {
        switch draw(0...5) {
        case 0: Rule.Step(.setChooseTries, Int32(draw(0...100)))
        case 1: Rule.Step(.setChooseLeafTries, Int32(draw(0...10)))
        case 2: Rule.Step(.setChooseLocalTries, Int32(draw(0...3)))
        case 3: Rule.Step(.setChooseLocalFallbackTries, Int32(draw(0...5)))
        case 4: Rule.Step(.setChooseLeafVaryR, Int32(draw(0...4)))
        default: Rule.Step(.setChooseLeafStable, Int32(draw(0...1)))
        }
    }

    /// A root most of the time, else any bucket, shadows among them.
    private mutating func startingPoint() -> ItemID {
        let roots = map.roots(includingShadows: true)
        if chance(80) { return pick(roots, else: ItemID(-1)) }
        return pick(map.buckets.compactMap { $0?.id }, else: ItemID(-1))
    }

    private mutating func count() -> Int32 { pick([0, 0, 0, 1, 2, 3, 4, -1], else: 0) }

    /// Choose steps from a high type to a low one, with a chooseleaf at the end or down to the devices.
    private mutating func chain(indep: Bool) -> [Rule.Step] {
        let choose: Rule.Operation = indep ? .chooseIndep : .chooseFirstN
        let leaf: Rule.Operation = indep ? .chooseLeafIndep : .chooseLeafFirstN
        var steps: [Rule.Step] = []
        var type = levels
        while type > 1, chance(35) {
            type = draw(1...type - 1)
            steps.append(Rule.Step(choose, count(), Int32(type)))
        }
        if chance(60) {
            steps.append(Rule.Step(leaf, count(), Int32(type > 1 ? draw(1...type - 1) : 0)))
        } else {
            steps.append(Rule.Step(choose, count(), 0))
        }
        return steps
    }

    private mutating func msrSteps() -> [Rule.Step] {
        var steps: [Rule.Step] = []
        if chance(30) { steps.append(Rule.Step(.setMSRDescents, Int32(draw(1...50)))) }
        if chance(30) { steps.append(Rule.Step(.setMSRCollisionTries, Int32(draw(1...50)))) }
        for _ in 0..<pick([1, 1, 2], else: 1) {
            steps.append(Rule.Step(.take, startingPoint().value))
            var type = levels
            while type > 1, chance(60) {
                type = draw(1...type - 1)
                steps.append(Rule.Step(.chooseMSR, pick([0, 1, 2, 3, 4], else: 0), Int32(type)))
            }
            steps.append(Rule.Step(.chooseMSR, pick([0, 1, 1, 2], else: 1), 0))
            steps.append(Rule.Step(.emit))
        }
        return steps
    }
}

extension Bucket {
    /// A bucket that is made as the map's tools make one; such that cannot be made so is a straw2 bucket.
    fileprivate init(
        drawn algorithm: Algorithm, id: ItemID, type: UInt16, items: [ItemID], weights: [Weight],
        strawCalcVersion: UInt8
    ) {
        do throws(BuildFailure) {
            try self.init(
                making: algorithm, id: id, type: type, items: items, weights: weights,
                strawCalcVersion: strawCalcVersion)
        } catch {
            let total = weights.reduce(into: UInt32(0)) { $0 &+= $1.raw }
            self.init(
                id: id, type: type, weight: Weight(raw: total), items: items, content: .straw2(weights: weights))
        }
    }
}
