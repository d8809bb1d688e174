import CRUSH
import ClusterState
import Vocabulary

/// Finds PGs that have more copies or shards in one failure domain than their pool's rule puts there.
struct CrowdedPGs: Sendable {
    /// A PG with too many in one domain.
    struct Crowd: Hashable, Sendable {
        /// The PG.
        var pg: PGID
        /// The type of the domain.
        var type: String
        /// The domain's name.
        var domain: String
        /// The OSDs of the PG that are in it.
        var osds: [Int32]
    }

    /// The pool whose PGs are looked at.
    let pool: Pool
    /// The rule that places them.
    let shape: RuleShape
    private let levels: [Level]
    /// Whether each OSD is below what the rule takes.
    private let isTaken: [Bool]

    /// A type of bucket that keeps copies apart.
    private struct Level: Sendable {
        var type: Int32
        /// How many copies a bucket of the type may have.
        var limit: Int
        /// The bucket of each OSD by number; 0 for none.
        var bucketOfOSD: [Int32]
    }

    /// A pool with its rule; nil where the rule is not there, or keeps nothing apart but OSDs.
    ///
    /// Of a rule with several parts each level counts once: two parts that both choose by host may put two copies on one
    /// host, and that is a crowd too.
    init?(_ pool: Pool, in map: OSDMap) {
        guard let shape = RuleShape(pool.crushRule, map: map.crush) else { return nil }
        var limits: [Int32: Int] = [:]
        for take in shape.takes {
            for level in shape.levels(of: take, size: pool.size) where level.type > 0 && level.copies < pool.size {
                limits[level.type] = max(limits[level.type] ?? 1, level.copies)
            }
        }
        guard !limits.isEmpty else { return nil }
        self.pool = pool
        self.shape = shape
        var isTaken = [Bool](repeating: false, count: map.osdLimit)
        for osd in shape.takes.flatMap({ shape.members(of: $0, by: 0) }).map({ Int($0.osd.value) })
        where isTaken.indices.contains(osd) {
            isTaken[osd] = true
        }
        self.isTaken = isTaken
        levels = limits.sorted { $0.key < $1.key }.map { type, limit in
            Level(type: type, limit: limit, bucketOfOSD: Self.buckets(of: type, shape, map))
        }
    }

    /// The first level, from the OSD up, at which a set of OSDs is crowded; nil if there is none.
    func crowd(_ pg: PGID, _ osds: some Collection<Int32>) -> Crowd? {
        for level in levels {
            for osd in osds {
                guard let bucket = Self.bucket(of: osd, level) else { continue }
                var count = 0
                for other in osds where Self.bucket(of: other, level) == bucket { count += 1 }
                guard count > level.limit else { continue }
                return Crowd(
                    pg: pg, type: shape.typeName(level.type), domain: shape.itemName(ItemID(bucket)),
                    osds: osds.filter { Self.bucket(of: $0, level) == bucket })
            }
        }
        return nil
    }

    /// Whether an OSD may take the place of another in a set without a crowd.
    ///
    /// Of an OSD that is there twice, as two parts of a rule may choose it, an upmap moves the first.
    func fits(_ osd: Int32, insteadOf old: Int32, in set: [Int32]) -> Bool {
        guard isTaken.indices.contains(Int(osd)), isTaken[Int(osd)], !set.contains(osd),
            let place = set.firstIndex(of: old)
        else { return false }
        var moved = set
        moved[place] = osd
        return crowd(PGID(pool: pool.id, seed: 0), moved) == nil
    }

    @inline(__always)
    private static func bucket(of osd: Int32, _ level: Level) -> Int32? {
        guard osd >= 0, Int(osd) < level.bucketOfOSD.count, level.bucketOfOSD[Int(osd)] != 0 else { return nil }
        return level.bucketOfOSD[Int(osd)]
    }

    /// The bucket of a type that each OSD is in: below what the rule takes, and for other OSDs anywhere in the tree.
    private static func buckets(of type: Int32, _ shape: RuleShape, _ map: OSDMap) -> [Int32] {
        var result = [Int32](repeating: 0, count: map.osdLimit)
        let roots = map.crush.roots().map { RuleShape.Take(item: $0, root: $0, deviceClass: nil, choices: []) }
        for take in roots + shape.takes {
            for member in shape.members(of: take, by: type) where result.indices.contains(Int(member.osd.value)) {
                result[Int(member.osd.value)] = member.domain.value
            }
        }
        return result
    }
}
