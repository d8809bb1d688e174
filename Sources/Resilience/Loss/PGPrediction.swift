public import CRUSH
public import ClusterState
public import Vocabulary

/// What a loss is followed through.
public enum LossPhase: String, Hashable, Sendable, CaseIterable {
    /// The OSDs are down and still in: nothing has moved.
    case down
    /// They are out too, and all data have been copied.
    case out
}

/// Where a PG is, and what its state is, once a phase has come to rest.
public struct PGPrediction: Hashable, Sendable {
    /// The PG.
    public var id: PGID
    /// Where it belongs, and who serves it.
    public var mapping: PGMapping
    /// Its state: of `active`, `peered`, `down`, `stale`, `clean`, `undersized`, `degraded` and `remapped` those that hold.
    public var state: PGState
}

extension PlacementSnapshot {
    /// Where every PG will be, pool by pool, once a phase of a loss has come to rest: peering is done, and, when the OSDs
    /// are out, recovery. Every PG is mapped again.
    public func predictions(losing scenario: LossScenario, in phase: LossPhase) -> [PGPrediction] {
        var states = map.states
        states.markDown(scenario.osds)
        if phase == .out { states.markOut(scenario.osds) }
        return pools.flatMap { placement in
            let mapper = PoolMapper(map: map, pool: placement.pool, states: states)
            return mapper.mappings().enumerated().map { seed, mapping in
                PGPrediction(
                    id: PGID(pool: placement.pool.id, seed: UInt32(seed)), mapping: mapping,
                    state: placement.state(of: seed, mapping))
            }
        }
    }
}

extension PoolPlacement {
    /// The state of a PG that is served so, once it has come to rest.
    ///
    /// Source: `PeeringState`: undersized is about acting and the pool's size, degraded about objects, peered about min_size;
    /// without k shards a PG is down, since a shard that is gone may know more.
    fileprivate func state(of seed: Int, _ mapping: PGMapping) -> PGState {
        let members = mapping.actingCount
        guard members > 0 else { return .stale }
        guard members >= needed else { return .down }
        var state: PGState = members >= pool.minSize ? .active : .peered
        if mapping.up != mapping.acting { state.insert(.remapped) }
        if members < pool.size {
            state.insert(.undersized)
            if objects[seed] > 0 { state.insert(.degraded) }
        } else if mapping.up == mapping.acting {
            state.insert(.clean)
        }
        return state
    }
}
