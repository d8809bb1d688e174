import Vocabulary

extension Pool {
    /// Whether a lost OSD moves the others up (copies), or leaves its place empty (shards).
    public var shiftsOSDs: Bool { kind == .replicated }

    /// What CRUSH is asked for a PG (`pps`). Source: `pg_pool_t::raw_pg_to_pps`.
    ///
    /// - Parameter seed: the PG's seed, below ``pgCount``.
    @inline(__always)
    public func placementSeed(_ seed: UInt32) -> UInt32 {
        let folded = Self.stableModulo(seed, placementCount)
        let pool = UInt32(truncatingIfNeeded: id.value)
        return flags.contains(.hashPSPool) ? CRUSHHash.hash(folded, pool) : folded &+ pool
    }

    /// The placement seeds of all PGs, in the order of their seeds: what a rule maps.
    public var placementSeeds: [UInt32] {
        (0..<pgCount).map(placementSeed)
    }

    /// The number below `count` that a hash falls on, such that most hashes stay where they are when `count` grows.
    ///
    /// Source: `ceph_stable_mod`.
    @inline(__always)
    static func stableModulo(_ hash: UInt32, _ count: UInt32) -> UInt32 {
        let mask = count < 2 ? 0 : UInt32.max >> UInt32((count - 1).leadingZeroBitCount)
        let folded = hash & mask
        return folded < count ? folded : hash & (mask >> 1)
    }
}
