import Vocabulary

/// What the map lays over CRUSH for the PGs of one pool: from what a rule chose to who serves the PG.
///
/// A value, made once for a pool and asked for each PG. A what-if sets ``states`` and asks again: which OSDs are up,
/// in, and willing to be primary is all that it reads from there. Nothing is allocated for a PG once the lists of the
/// mapping have grown to the pool's size.
/// Source: `OSDMap::_pg_to_up_acting_osds` and what it calls.
public struct PlacementLayers: Sendable {
    /// What the map says of one PG beside the rule.
    struct Exceptions: Sendable {
        var upmap: [ItemID]?
        var upmapItems: [OSDMap.UpmapItem] = []
        var upmapPrimary: ItemID?
        var temporary: [ItemID] = []
        var temporaryPrimary: ItemID?
    }

    /// The pool.
    public let pool: Pool
    /// Who is up and in.
    public var states: OSDStates
    private let exceptions: [UInt32: Exceptions]

    /// The layers of one pool.
    ///
    /// - Parameters:
    ///   - map: the map that upmaps and temporary mappings are taken from.
    ///   - pool: a pool of it.
    ///   - states: who is up and in; nil takes the map's own.
    public init(map: OSDMap, pool: Pool, states: OSDStates? = nil) {
        self.pool = pool
        self.states = states ?? map.states
        var exceptions: [UInt32: Exceptions] = [:]
        func collect<Value>(_ table: [PGID: Value], _ put: (Value, inout Exceptions) -> Void) {
            for (pg, value) in table where pg.pool == pool.id {
                put(value, &exceptions[pg.seed, default: Exceptions()])
            }
        }
        collect(map.upmaps) { $1.upmap = $0 }
        collect(map.upmapItems) { $1.upmapItems = $0 }
        collect(map.upmapPrimaries) { $1.upmapPrimary = $0 }
        collect(map.pgTemp) { $1.temporary = $0 }
        collect(map.primaryTemp) { $1.temporaryPrimary = $0 }
        self.exceptions = exceptions
    }

    /// Follows all layers for one PG.
    ///
    /// - Parameters:
    ///   - seed: the PG's seed, below the pool's ``Pool/pgCount``.
    ///   - raw: what the rule chose for its ``Pool/placementSeed(_:)``; ends at ``RuleMapper/absent``.
    ///   - mapping: what is found; whatever it held before is gone.
    public func place(_ seed: UInt32, raw: UnsafeBufferPointer<Int32>, into mapping: inout PGMapping) {
        keepExisting(raw, in: &mapping.up)
        let exception = exceptions.isEmpty ? nil : exceptions[seed]
        if let exception { applyUpmaps(exception, to: &mapping.up) }
        keepUp(&mapping.up)
        mapping.upPrimary = PGMapping.firstOSD(of: mapping.up)
        applyAffinity(seed, &mapping)
        mapping.acting.removeAll(keepingCapacity: true)
        mapping.actingPrimary = nil
        if let exception { applyTemporary(exception, &mapping) }
        if mapping.acting.isEmpty {
            mapping.acting.append(contentsOf: mapping.up)
            if mapping.actingPrimary == nil { mapping.actingPrimary = mapping.upPrimary }
        }
    }

    /// What a rule chose without the OSDs that do not exist: the first layer alone.
    public func existing(_ raw: UnsafeBufferPointer<Int32>) -> [ItemID] {
        var items: [ItemID] = []
        keepExisting(raw, in: &items)
        return items
    }

    // MARK: Layers

    @inline(__always)
    private func keepExisting(_ raw: UnsafeBufferPointer<Int32>, in items: inout [ItemID]) {
        items.removeAll(keepingCapacity: true)
        for item in raw {
            if item == RuleMapper.absent { break }
            if isAll(.exists, ItemID(item)) {
                items.append(ItemID(item))
            } else if !pool.shiftsOSDs {
                items.append(.none)
            }
        }
    }

    /// Source: `OSDMap::_apply_upmap`.
    private func applyUpmaps(_ exception: Exceptions, to items: inout [ItemID]) {
        if let upmap = exception.upmap {
            if upmap.contains(where: isOut) { return }
            items = upmap
        }
        for item in exception.upmapItems where !items.contains(item.to) && !isOut(item.to) {
            guard let position = items.firstIndex(of: item.from) else { continue }
            items[position] = item.to
        }
        if let primary = exception.upmapPrimary, isIn(primary),
            let position = items.dropFirst().firstIndex(of: primary)
        {
            items.swapAt(0, position)
        }
    }

    @inline(__always)
    private func keepUp(_ items: inout [ItemID]) {
        let wanted: OSDState = [.exists, .up]
        if items.allSatisfy({ isAll(wanted, $0) }) { return }
        if pool.shiftsOSDs {
            items.removeAll { !isAll(wanted, $0) }
        } else {
            for position in items.indices where !isAll(wanted, items[position]) { items[position] = .none }
        }
    }

    /// Source: `OSDMap::_apply_primary_affinity`.
    @inline(__always)
    private func applyAffinity(_ seed: UInt32, _ mapping: inout PGMapping) {
        guard mapping.up.contains(where: { $0 != .none && affinity(of: $0) != .one }) else { return }
        let placementSeed = pool.placementSeed(seed)
        var chosen: Int?
        for (position, item) in mapping.up.enumerated() where item != .none {
            let affinity = affinity(of: item)
            let draw = CRUSHHash.hash(placementSeed, UInt32(bitPattern: item.value)) >> 16
            if affinity >= .one || draw < affinity.raw {
                chosen = position
                break
            }
            chosen = chosen ?? position  // Refused, but better than nobody.
        }
        guard let chosen else { return }
        mapping.upPrimary = OSDID(mapping.up[chosen].value)
        if pool.shiftsOSDs, chosen > 0 { mapping.up.insert(mapping.up.remove(at: chosen), at: 0) }
    }

    /// Source: `OSDMap::_get_temp_osds`.
    private func applyTemporary(_ exception: Exceptions, _ mapping: inout PGMapping) {
        var temporary = exception.temporary
        keepUp(&temporary)
        if let primary = exception.temporaryPrimary {
            mapping.actingPrimary = primary.value < 0 ? nil : OSDID(primary.value)
        } else {
            mapping.actingPrimary = PGMapping.firstOSD(of: temporary)
        }
        mapping.acting.append(contentsOf: inShardOrder(temporary))
    }

    /// A temporary mapping of a pool with the erasure code's optimisations lists the shards that may be primary first,
    /// so that older clients find the primary. Source: `OSDMap::pgtemp_undo_primaryfirst` (Ceph 20).
    private func inShardOrder(_ temporary: [ItemID]) -> [ItemID] {
        guard pool.flags.contains(.ecOptimizations), temporary.count == pool.size else { return temporary }
        let others = (0..<pool.size).filter { !pool.nonPrimaryShards.contains($0) }
        let order = others + (0..<pool.size).filter { pool.nonPrimaryShards.contains($0) }
        var shards = temporary
        for (position, shard) in order.enumerated() { shards[shard] = temporary[position] }
        return shards
    }

    // MARK: States

    /// Whether an item is an OSD of the map whose state has all of these.
    @inline(__always)
    private func isAll(_ wanted: OSDState, _ item: ItemID) -> Bool {
        let osd = Int(item.value)
        return osd >= 0 && osd < states.states.count && states.states[osd].isSuperset(of: wanted)
    }

    /// Whether an item is a number of the map whose reweight is zero.
    private func isOut(_ item: ItemID) -> Bool {
        let osd = Int(item.value)
        return osd >= 0 && osd < states.weights.count && states.weights[osd] == .zero
    }

    /// Whether an item is a number of the map whose reweight is above zero.
    private func isIn(_ item: ItemID) -> Bool {
        let osd = Int(item.value)
        return osd >= 0 && osd < states.weights.count && states.weights[osd] > .zero
    }

    @inline(__always)
    private func affinity(of item: ItemID) -> Weight {
        states.primaryAffinities[Int(item.value)]
    }
}
