import CRUSH
public import ClusterState
public import Vocabulary

/// Whether the native mapping, on which all that is called exact rests, agrees with the cluster's own.
public struct SelfCheck: Hashable, Sendable, CustomStringConvertible {
    /// What a comparison came to.
    public enum Result: String, Hashable, Sendable, Codable {
        /// Every PG that could be compared is where the native mapping puts it.
        case confirmed
        /// Some are not: what is called exact is an estimate.
        case mismatch
        /// Nothing could be compared.
        case inconclusive
    }

    /// One PG that differs.
    public struct Difference: Hashable, Sendable, CustomStringConvertible {
        /// The PG.
        public var pg: PGID
        /// Where the native mapping puts it.
        public var computed: [Int32]
        /// Where the other side says it is.
        public var reported: [Int32]

        /// A difference.
        public init(pg: PGID, computed: [Int32], reported: [Int32]) {
            self.pg = pg
            self.computed = computed
            self.reported = reported
        }

        /// `1.2f: computed [0,1,2], reported [0,1,3]`.
        public var description: String { "\(pg): computed \(computed), reported \(reported)" }
    }

    /// What it came to.
    public var result: Result
    /// With what it was compared: `pg dump`, `osdmaptool`; empty when with nothing.
    public var oracles: [String]
    /// How many PGs were compared.
    public var compared: Int
    /// How many were passed over: stale, unknown, being created, or not heard of since the map changed.
    public var skipped: Int
    /// How many differ.
    public var differing: Int
    /// The first of these.
    public var examples: [Difference]

    /// A comparison with nothing.
    public static let none = SelfCheck(
        result: .inconclusive, oracles: [], compared: 0, skipped: 0, differing: 0, examples: [])

    /// A comparison that came to this.
    public init(
        result: Result, oracles: [String], compared: Int, skipped: Int, differing: Int, examples: [Difference]
    ) {
        self.result = result
        self.oracles = oracles
        self.compared = compared
        self.skipped = skipped
        self.differing = differing
        self.examples = examples
    }

    /// Compares the up set of every PG with what `pg dump` said.
    ///
    /// A PG that differs and has last reported before the map's epoch may have moved since: it is passed over.
    public init(of ceph: CephCapture) {
        self = .none
        guard let table = ceph.pgs, !ceph.consistency.movedInBetween else { return }
        oracles = ["pg dump"]
        let map = ceph.osdMap
        for pool in map.sortedPools {
            let rows = table.rows(of: pool.id)
            guard !rows.isEmpty else { continue }
            var reported = [Int](repeating: -1, count: Int(pool.pgCount))
            for row in rows where table.seeds[row] < pool.pgCount { reported[Int(table.seeds[row])] = row }
            PoolMapper(map: map, pool: pool).forEach { pg, _, mapping in
                let row = reported[Int(pg.seed)]
                guard row >= 0, !table.states[row].isUnknown, table.states[row].isDisjoint(with: [.stale, .creating])
                else {
                    skipped += 1
                    return
                }
                let same =
                    mapping.up.count == table.up[row].count
                    && zip(mapping.up, table.up[row]).allSatisfy { $0.value == $1 }
                if !same, table.reportedEpochs[row] < map.epoch {
                    skipped += 1
                    return
                }
                compared += 1
                guard !same else { return }
                differing += 1
                if examples.count < 8 {
                    examples.append(
                        Difference(pg: pg, computed: mapping.up.map(\.value), reported: Array(table.up[row])))
                }
            }
        }
        result = compared == 0 ? .inconclusive : differing == 0 ? .confirmed : .mismatch
    }

    /// Both comparisons as one: a mismatch of either counts.
    public func and(_ other: SelfCheck) -> SelfCheck {
        let results = [result, other.result]
        let joined: Result =
            results.contains(.mismatch) ? .mismatch : results.contains(.confirmed) ? .confirmed : .inconclusive
        return SelfCheck(
            result: joined, oracles: oracles + other.oracles, compared: max(compared, other.compared),
            skipped: max(skipped, other.skipped), differing: differing + other.differing,
            examples: Array((examples + other.examples).prefix(8)))
    }

    /// One sentence.
    public var description: String {
        let named = oracles.isEmpty ? "nothing" : oracles.joined(separator: " and ")
        let passed = skipped > 0 ? ", \(skipped) passed over" : ""
        return switch result {
        case .confirmed: "the native mapping of \(compared) PGs is that of \(named)\(passed)"
        case .mismatch:
            "the native mapping of \(differing) of \(compared) PGs is not that of \(named)\(passed): exact findings are "
                + "estimates"
        case .inconclusive: "the native mapping could not be compared with the cluster's own\(passed): inconclusive"
        }
    }
}
