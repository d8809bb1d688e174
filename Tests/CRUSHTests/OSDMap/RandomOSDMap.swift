import CRUSH
import TestSupport
import Vocabulary

/// Makes OSDMaps by chance: a CRUSH map with pools of all kinds, OSDs in all states, and exceptions for some PGs.
struct RandomOSDMap {
    /// What the map may have beyond what Ceph 16 knows.
    var release: Int
    private(set) var map: OSDMap
    private var generator: SeededGenerator

    init(release: Int, using generator: SeededGenerator) {
        self.release = release
        self.generator = generator
        var options = RandomMap.Options()
        options.msr = release >= 19
        if Bool.random(using: &self.generator) { options.algorithms = [.straw2] }
        var crush = RandomMap.make(using: &self.generator, options)
        while crush.readsPastItsItems { crush = RandomMap.make(using: &self.generator, options) }
        map = OSDMap(crush: crush)
        map.epoch = 7
        map.requireOSDRelease = CephRelease(rawValue: UInt8(release))
        map.flags = [.pgLogHardLimit, .recoveryDeletes]
        makeOSDs()
        for _ in 0..<draw(1...4) { makePool() }
        for pool in map.sortedPools { makeExceptions(pool) }
    }

    private mutating func chance(_ percent: Int) -> Bool { draw(0...99) < percent }

    private mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func fraction() -> Weight {
        switch draw(0...4) {
        case 0: .zero
        case 1...2: .one
        default: Weight(raw: UInt32(draw(1...0x1_0000)))
        }
    }

    // MARK: OSDs

    private mutating func makeOSDs() {
        // As a rule as many as there are devices; fewer and more happen, too.
        let count = max(1, Int(map.crush.deviceLimit) + (chance(80) ? 0 : draw(-2...3)))
        let isCalm = chance(30)
        map.states = OSDStates(count: count)
        map.osds = Array(repeating: OSDEntry(), count: count)
        for osd in 0..<count {
            if isCalm || chance(93) { map.states.states[osd].insert(.exists) }
            if isCalm || chance(85) { map.states.states[osd].insert(.up) }
            map.states.weights[osd] = isCalm || chance(70) ? .one : fraction()
        }
        if chance(50) {
            for osd in 0..<count where chance(40) { map.states.primaryAffinities[osd] = fraction() }
        }
    }

    private mutating func anyOSD() -> ItemID { ItemID(Int32(draw(0...map.osdLimit - 1))) }

    /// An OSD as a rule, else what is none.
    private mutating func anyItem() -> ItemID {
        if chance(94) { return anyOSD() }
        let strange: [ItemID] = [.none, ItemID(Int32(map.osdLimit)), ItemID(-1), ItemID(-2), ItemID(9999)]
        return strange[draw(0...strange.count - 1)]
    }

    // MARK: Pools

    private mutating func makePool() {
        let id = PoolID(Int64(draw(1...40)))
        let kind: Pool.Kind = chance(50) ? .replicated : .erasure
        let size = kind == .replicated ? draw(1...5) : draw(1...10)
        var pool = Pool(
            id: id, name: "pool-\(id)", kind: kind, size: size, minSize: 1, crushRule: rule(for: kind),
            pgCount: UInt32(draw(1...90)))
        if chance(30) { pool.placementCount = UInt32(draw(1...Int(pool.pgCount))) }
        if chance(80) { pool.flags.insert(.hashPSPool) }
        if release >= 20, kind == .erasure, chance(40) {
            pool.flags.insert(.ecOptimizations)
            pool.nonPrimaryShards = Set((1..<max(size, 2)).filter { $0 < size && $0 % 2 == draw(0...1) })
        }
        map.pools[id] = pool
        map.highestPool = max(map.highestPool, id)
    }

    /// A rule of the pool's kind, without which Ceph 16 maps nothing; one that is not there if there is none.
    private mutating func rule(for kind: Pool.Kind) -> Int32 {
        let kinds: [Rule.Kind] = kind == .replicated ? [.replicated, .msrFirstN] : [.erasure, .msrIndep]
        let rules = map.crush.rules.indices.filter { map.crush.rules[$0].map { kinds.contains($0.kind) } ?? false }
        return Int32(rules.randomElement(using: &generator) ?? 200)
    }

    // MARK: Exceptions

    private mutating func makeExceptions(_ pool: Pool) {
        let mappings = PoolMapper(map: map, pool: pool).mappings()
        let share = chance(25) ? 0 : draw(5...40)
        for (seed, mapping) in mappings.enumerated() {
            let pg = PGID(pool: pool.id, seed: UInt32(seed))
            if chance(share) { map.upmaps[pg] = list(for: pool) }
            if chance(share) { map.upmapItems[pg] = moves(from: mapping.up) }
            if chance(share) { map.pgTemp[pg] = list(for: pool) }
            if chance(share / 2) { map.primaryTemp[pg] = chance(90) ? anyOSD() : ItemID(-1) }
            if release >= 18, chance(share) { map.upmapPrimaries[pg] = mapping.up.randomElement(using: &generator) }
            if release >= 18, chance(3) { map.upmapPrimaries[pg] = anyItem() }
        }
    }

    /// As many items as the pool's size as a rule.
    private mutating func list(for pool: Pool) -> [ItemID] {
        // With the erasure code's optimisations Ceph 20 stops at a temporary set of another length.
        let isExact = pool.flags.contains(.ecOptimizations) || chance(80)
        let count = isExact ? pool.size : draw(1...pool.size + 1)
        return (0..<count).map { _ in anyItem() }
    }

    private mutating func moves(from up: [ItemID]) -> [OSDMap.UpmapItem] {
        (0..<draw(1...3)).map { _ in
            let from = chance(85) ? up.randomElement(using: &generator) : nil
            return OSDMap.UpmapItem(from: from ?? anyItem(), to: anyItem())
        }
    }
}
