public import Vocabulary

/// Where a PG is, by the map: where it should be, and where it is served meanwhile.
public struct PGMapping: Hashable, Sendable {
    /// Where it should be, of the OSDs that are up. In an erasure coded pool the place is the shard, and
    /// ``ItemID/none`` stands where there is no OSD; in a replicated one the list is shorter then.
    public var up: [ItemID] = []
    /// The first of those as a rule; nil when there is none.
    public var upPrimary: OSDID?
    /// Who serves it: ``up``, or what `pg_temp` says.
    public var acting: [ItemID] = []
    /// Who answers clients; nil when nobody does.
    public var actingPrimary: OSDID?

    /// A PG that is nowhere.
    public init() {}

    /// How many OSDs serve it.
    public var actingCount: Int {
        acting.reduce(0) { $0 + ($1 == .none ? 0 : 1) }
    }

    /// The first place that holds an OSD: the primary where nothing else decides.
    static func firstOSD(of items: [ItemID]) -> OSDID? {
        items.first { $0 != .none }.map { OSDID($0.value) }
    }
}
