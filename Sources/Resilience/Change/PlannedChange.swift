public import CRUSH
public import Vocabulary

/// A change of the map that somebody plans.
public enum PlannedChange: Hashable, Sendable {
    /// OSDs are marked out (`ceph osd out`).
    case out([OSDID])
    /// OSDs are marked in (`ceph osd in`).
    case `in`([OSDID])
    /// An OSD's reweight is set (`ceph osd reweight`), from 0 to 1.
    case reweight(OSDID, Weight)
    /// A host with new OSDs is put below a bucket.
    case addHost(name: String, below: String, osds: Int, NewOSD)
    /// New OSDs are put into a host.
    case addOSD(host: String, osds: Int, NewOSD)
    /// A pool is given another rule (`ceph osd pool set POOL crush_rule RULE`).
    case rule(pool: String, rule: String)
    /// A pool is given another number of copies; `minSize` nil is what Ceph chooses: `size` - `size` / 2.
    case poolSize(pool: String, size: Int, minSize: Int?)
    /// A PG is moved from OSDs to others (`ceph osd pg-upmap-items`); no moves take its upmap away.
    case upmap(PGID, [OSDMap.UpmapItem])

    /// What a new OSD is.
    public struct NewOSD: Hashable, Sendable {
        /// Its weight in the CRUSH map, which is its size in TiB.
        public var weight: Weight
        /// Its device class; nil for none.
        public var deviceClass: String?

        /// A new OSD.
        public init(weight: Weight, deviceClass: String? = nil) {
            self.weight = weight
            self.deviceClass = deviceClass
        }
    }
}

/// Why a change cannot be made.
public enum PlannedChangeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The map has no such OSD.
    case noOSD(OSDID)
    /// The map has no such pool; these are there.
    case noPool(String, known: [String])
    /// The map has no such rule; these are there.
    case noRule(String, known: [String])
    /// The map has no such PG.
    case noPG(PGID)
    /// The CRUSH map has no such bucket.
    case noBucket(String)
    /// A name is taken.
    case nameTaken(String)
    /// A number is not in its range.
    case outOfRange(String, expected: String)
    /// The CRUSH map cannot take the bucket.
    case bucket(String, Bucket.BuildFailure)

    /// The reason in words, with what to do.
    public var description: String {
        switch self {
        case .noOSD(let osd): "there is no \(osd)"
        case .noPool(let name, let known):
            "there is no pool \"\(name)\"; there are \(known.joined(separator: ", "))"
        case .noRule(let name, let known):
            "there is no rule \"\(name)\"; there are \(known.joined(separator: ", "))"
        case .noPG(let pg): "there is no PG \(pg)"
        case .noBucket(let name): "the CRUSH map has no bucket \"\(name)\"; see ceph osd crush tree"
        case .nameTaken(let name): "the CRUSH map has a bucket \"\(name)\" already"
        case .outOfRange(let what, let expected): "\(what) must be \(expected)"
        case .bucket(let name, let failure): "bucket \(name): \(failure)"
        }
    }
}

extension OSDMap {
    /// The map with a change made.
    ///
    /// - Throws: ``PlannedChangeError``; the map is as it was then.
    public func applying(_ change: PlannedChange) throws(PlannedChangeError) -> OSDMap {
        var map = self
        switch change {
        case .out(let osds):
            for osd in osds { try map.setWeight(.zero, of: osd) }
        case .in(let osds):
            for osd in osds { try map.setWeight(.one, of: osd) }
        case .reweight(let osd, let weight):
            guard weight <= .one else { throw .outOfRange("the reweight", expected: "from 0 to 1") }
            try map.setWeight(weight, of: osd)
        case .addHost(let name, let parent, let count, let new):
            guard map.crush.item(named: name) == nil else { throw .nameTaken(name) }
            guard let above = map.crush.item(named: parent) else { throw .noBucket(parent) }
            let host = try map.crush.addHost(name, below: above)
            try map.addOSDs(count, new, to: host)
        case .addOSD(let name, let count, let new):
            guard let host = map.crush.item(named: name) else { throw .noBucket(name) }
            try map.addOSDs(count, new, to: host)
        case .rule(let name, let rule):
            guard let number = map.crush.ruleNames.first(where: { $0.value == rule })?.key else {
                throw .noRule(rule, known: map.crush.ruleNames.values.sorted())
            }
            try map.changePool(name) { $0.crushRule = number }
        case .poolSize(let name, let size, let minSize):
            guard (1...10).contains(size) else { throw .outOfRange("the size", expected: "from 1 to 10") }
            guard (1...size).contains(minSize ?? 1) else {
                throw .outOfRange("min_size", expected: "from 1 to the size, \(size)")
            }
            try map.changePool(name) { pool in
                pool.size = size
                pool.minSize = minSize ?? size - size / 2
            }
        case .upmap(let pg, let moves):
            guard let pool = map.pools[pg.pool], pg.seed < pool.pgCount else { throw .noPG(pg) }
            for move in moves {
                for osd in [move.from, move.to].map({ OSDID($0.value) }) where !map.states.exists(osd) {
                    throw .noOSD(osd)
                }
            }
            map.upmapItems[pg] = moves.isEmpty ? nil : moves
        }
        return map
    }

    private mutating func setWeight(_ weight: Weight, of osd: OSDID) throws(PlannedChangeError) {
        guard states.exists(osd) else { throw .noOSD(osd) }
        states.weights[Int(osd.value)] = weight
    }

    private mutating func changePool(_ name: String, _ change: (inout Pool) -> Void) throws(PlannedChangeError) {
        guard let id = pools.first(where: { $0.value.name == name })?.key, var pool = pools[id] else {
            throw .noPool(name, known: sortedPools.map(\.name))
        }
        change(&pool)
        pools[id] = pool
    }

    /// Adds OSDs that are up and in, with the numbers after the highest one.
    private mutating func addOSDs(
        _ count: Int, _ new: PlannedChange.NewOSD, to host: ItemID
    ) throws(PlannedChangeError) {
        guard (1...1000).contains(count) else { throw .outOfRange("the number of OSDs", expected: "from 1 to 1000") }
        let first = Int32(osdLimit)
        let items = (0..<Int32(count)).map { ItemID(first + $0) }
        for _ in items {
            states.states.append([.exists, .up])
            states.weights.append(.one)
            states.primaryAffinities.append(.one)
            osds.append(OSDEntry())
        }
        try crush.add(items, new, to: host)
    }
}
