public import Vocabulary

/// The whole way from a pool's PGs to who serves them: CRUSH and the layers over it.
public struct PoolMapper: Sendable {
    /// The layers; a what-if changes their states.
    public var layers: PlacementLayers
    private let rule: RuleMapper

    /// Makes a pool ready for mapping.
    ///
    /// - Parameters:
    ///   - map: the map.
    ///   - pool: a pool of it.
    ///   - states: who is up and in; nil takes the map's own.
    public init(map: OSDMap, pool: Pool, states: OSDStates? = nil) {
        self.layers = PlacementLayers(map: map, pool: pool, states: states)
        self.rule = RuleMapper(
            map: map.crush, rule: pool.crushRule, resultMax: pool.size,
            overrides: map.crush.overrides(for: pool.id.value))
    }

    /// Maps all PGs of the pool in the order of their seeds.
    ///
    /// Memory is that of some ten thousand PGs, however many there are.
    ///
    /// - Parameters:
    ///   - seeds: the PGs that are mapped; nil maps all. A range for each thread maps a pool on all cores.
    ///   - body: is given each PG, what the rule chose for it, and its mapping.
    public func forEach(
        seeds wanted: Range<UInt32>? = nil,
        _ body: (PGID, UnsafeBufferPointer<Int32>, borrowing PGMapping) throws -> Void
    ) rethrows {
        let pool = layers.pool
        let wanted = (wanted ?? 0..<pool.pgCount).clamped(to: 0..<pool.pgCount)
        var mapping = PGMapping()
        for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.chunk) {
            let seeds = start..<min(start + UInt32(Self.chunk), wanted.upperBound)
            let raw = rule.map(seeds.map(pool.placementSeed), weights: layers.states.weights)
            try raw.withUnsafeBufferPointer { raw in
                for (index, seed) in seeds.enumerated() {
                    let chosen = UnsafeBufferPointer(rebasing: raw[index * pool.size..<(index + 1) * pool.size])
                    layers.place(seed, raw: chosen, into: &mapping)
                    try body(PGID(pool: pool.id, seed: seed), chosen, mapping)
                }
            }
        }
    }

    /// The mappings of all PGs of the pool, by seed.
    public func mappings() -> [PGMapping] {
        var mappings: [PGMapping] = []
        forEach { _, _, mapping in mappings.append(copy mapping) }
        return mappings
    }

    private static let chunk = 16384
}
