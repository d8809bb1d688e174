import CRUSH
import ClusterState
import Vocabulary

/// Where the PGs of one pool are, in flat arrays.
struct PoolPlacement: Sendable {
    /// The pool.
    let pool: Pool
    /// How many places a PG has in ``up``: the pool's size, or more where an upmap lists more.
    let width: Int
    /// What CRUSH chose: as many places a PG as the pool's size; ends at ``RuleMapper/absent``.
    let raw: [Int32]
    /// Where each PG belongs, by CRUSH and the layers over it: ``width`` places, ends at ``RuleMapper/absent``. In an erasure
    /// coded pool ``OSDSets/none`` is a shard without an OSD.
    let up: [Int32]
    /// Who serves each PG, of the OSDs that are up.
    let acting: OSDSets
    /// How many objects each PG has.
    let objects: [Int]
    /// How many bytes with omap each PG has.
    let bytes: [Int]
    /// Where a PG's objects are while some are missing somewhere.
    let locations: [Int: [PGTable.ObjectLocation]]
    /// OSDs that an upmap of a PG names.
    let upmapped: [Int: [Int32]]
    /// How many members it takes to have all data: 1 copy, or k shards.
    let needed: Int

    init(of pool: Pool, raw: [Int32], layers: PlacementLayers, in capture: CephCapture) {
        let map = capture.osdMap
        self.pool = pool
        self.raw = raw
        let upmapped = Self.upmapped(pool, map)
        self.upmapped = upmapped
        let width = max(pool.size, upmapped.values.lazy.map(\.count).max() ?? 0)
        self.width = width
        needed = Self.needed(pool, in: map)
        let count = Int(pool.pgCount)
        var served = OSDSets()
        served.reserveCapacity(rows: count, width: pool.size)
        var up = [Int32](repeating: RuleMapper.absent, count: count * width)
        var objects = [Int](repeating: 0, count: count)
        var bytes = objects
        var locations: [Int: [PGTable.ObjectLocation]] = [:]
        let usage = capture.poolUsage?.first { $0.pool == pool.id }
        let rows = capture.pgs?.rows(of: pool.id) ?? 0..<0
        var row = rows.lowerBound
        var mapping = PGMapping()
        raw.withUnsafeBufferPointer { raw in
            for seed in 0..<count {
                layers.place(
                    UInt32(seed), raw: .init(rebasing: raw[seed * pool.size..<(seed + 1) * pool.size]), into: &mapping)
                for (place, osd) in Self.members(mapping.up, of: pool).enumerated() { up[seed * width + place] = osd }
                if let table = capture.pgs, row < rows.upperBound, Int(table.seeds[row]) == seed {
                    served.append(Self.serving(table.acting[row], of: pool, map.states))
                    objects[seed] = Int(clamping: table.objects[row])
                    bytes[seed] = Int(clamping: table.bytes[row]) + Int(clamping: table.omapBytes[row])
                    locations[seed] = table.objectLocations[row]
                    row += 1
                } else {
                    served.append(Self.members(mapping.acting, of: pool))
                    objects[seed] = Int(clamping: (usage?.objects ?? 0) / UInt64(count))
                    bytes[seed] = Int(clamping: (usage?.stored.bytes ?? 0) / UInt64(count))
                }
            }
        }
        self.up = up
        self.acting = served
        self.objects = objects
        self.bytes = bytes
        self.locations = locations
    }

    /// The members of a set. A rule that takes the same bucket twice may choose an OSD twice: it holds one copy then.
    @inline(__always)
    static func members(_ set: [ItemID], of pool: Pool) -> [Int32] {
        var members: [Int32] = []
        members.reserveCapacity(set.count)
        for item in set where pool.kind == .erasure || !members.contains(item.value) { members.append(item.value) }
        return members
    }

    /// The members of an acting set that are up.
    private static func serving(_ set: ArraySlice<Int32>, of pool: Pool, _ states: OSDStates) -> [Int32] {
        let up = set.map { states.isUp(OSDID($0)) ? ItemID($0) : .none }
        return members(pool.kind == .erasure ? up : up.filter { $0 != .none }, of: pool)
    }

    /// How many bytes a new copy or shard of a PG has.
    @inline(__always)
    func share(_ seed: Int) -> Int {
        pool.kind == .replicated ? bytes[seed] : (bytes[seed] + needed - 1) / needed
    }

    /// The OSDs that a PG has to do with, each once.
    @inline(__always)
    func members(of seed: Int, below limit: Int, into members: inout [Int32]) {
        members.removeAll(keepingCapacity: true)
        for place in seed * pool.size..<(seed + 1) * pool.size { Self.add(raw[place], below: limit, to: &members) }
        for place in Int(acting.offsets[seed])..<Int(acting.offsets[seed + 1]) {
            Self.add(acting.values[place], below: limit, to: &members)
        }
        if !upmapped.isEmpty, let named = upmapped[seed] {
            for osd in named { Self.add(osd, below: limit, to: &members) }
        }
        if !locations.isEmpty, let places = locations[seed] {
            for osd in places.lazy.flatMap(\.osds) { Self.add(osd, below: limit, to: &members) }
        }
    }

    @inline(__always)
    private static func add(_ osd: Int32, below limit: Int, to members: inout [Int32]) {
        if osd >= 0, osd < limit, !members.contains(osd) { members.append(osd) }
    }

    /// Whether a PG's raw set stays what it is when OSDs are lost that are not in it.
    ///
    /// An OSD that is out is rejected at the last test of a try. A try that passes it is in the set, and a try that fails
    /// before it fails all the same. Two kinds of rules make choices that are not in the set: multi-step retries, which undo
    /// choices, and shards from several takes, of which the last may be cut off.
    static func isIncremental(_ rule: Rule?) -> Bool {
        guard let rule else { return true }
        if rule.kind == .msrFirstN || rule.kind == .msrIndep { return false }
        let isIndep = rule.steps.contains { $0.operation == .chooseIndep || $0.operation == .chooseLeafIndep }
        return !isIndep || rule.steps.count { $0.operation == .emit } <= 1
    }

    /// How many members hold all data: one copy; k shards, by the profile, else by min_size, which is k + 1 as a rule.
    private static func needed(_ pool: Pool, in map: OSDMap) -> Int {
        guard pool.kind == .erasure else { return 1 }
        if let k = map.erasureCodeProfiles[pool.erasureCodeProfile]?["k"].flatMap({ Int($0) }), k > 0 { return k }
        return max(1, pool.minSize - 1)
    }

    private static func upmapped(_ pool: Pool, _ map: OSDMap) -> [Int: [Int32]] {
        var named: [Int: [Int32]] = [:]
        for (pg, items) in map.upmaps where pg.pool == pool.id {
            named[Int(pg.seed), default: []] += items.map(\.value)
        }
        for (pg, moves) in map.upmapItems where pg.pool == pool.id {
            named[Int(pg.seed), default: []] += moves.flatMap { [$0.from.value, $0.to.value] }
        }
        for (pg, item) in map.upmapPrimaries where pg.pool == pool.id {
            named[Int(pg.seed), default: []].append(item.value)
        }
        return named
    }
}
