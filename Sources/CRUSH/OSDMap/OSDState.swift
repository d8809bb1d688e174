public import Vocabulary

/// What the map says of one OSD, of a CRUSH node, or of a device class. Source: `rados.h`, `CEPH_OSD_*`.
public struct OSDState: OptionSet, Hashable, Sendable {
    /// The bits as the map has them.
    public var rawValue: UInt32

    /// A state of these bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The id is in use.
    public static let exists = OSDState(rawValue: 1 << 0)
    /// It serves.
    public static let up = OSDState(rawValue: 1 << 1)
    /// It was marked out by the monitors, not by a person.
    public static let autoOut = OSDState(rawValue: 1 << 2)
    /// It has never been in.
    public static let new = OSDState(rawValue: 1 << 3)
    /// At or above the full ratio: no writes.
    public static let full = OSDState(rawValue: 1 << 4)
    /// At or above the nearfull ratio.
    public static let nearFull = OSDState(rawValue: 1 << 5)
    /// At or above the backfillfull ratio: no backfill to it.
    public static let backfillFull = OSDState(rawValue: 1 << 6)
    /// Its data are gone; the id waits for a new device.
    public static let destroyed = OSDState(rawValue: 1 << 7)
    /// It is not marked up.
    public static let noUp = OSDState(rawValue: 1 << 8)
    /// It is not marked down.
    public static let noDown = OSDState(rawValue: 1 << 9)
    /// It is not marked in.
    public static let noIn = OSDState(rawValue: 1 << 10)
    /// It is not marked out.
    public static let noOut = OSDState(rawValue: 1 << 11)
    /// It was told to stop.
    public static let stopped = OSDState(rawValue: 1 << 12)

    /// The names, in the order of the bits.
    static let names = [
        "exists", "up", "autoout", "new", "full", "nearfull", "backfillfull", "destroyed", "noup", "nodown", "noin",
        "noout", "stop",
    ]

    /// The names of the bits that are set and known, as `osd dump` prints them.
    public var names: [String] {
        Self.names.indices.filter { rawValue & (1 << $0) != 0 }.map { Self.names[$0] }
    }
}

/// What decides where PGs go, for every OSD by its number: the part of a map that a what-if changes.
///
/// Three arrays of the same length, `max_osd`. A copy costs nothing until it is changed.
public struct OSDStates: Hashable, Sendable {
    /// The state of each OSD.
    public var states: [OSDState]
    /// The reweight of each OSD: ``Weight/one`` is in, zero is out. Not its weight in the CRUSH map.
    public var weights: [Weight]
    /// How readily each OSD is made primary, from zero to ``Weight/one``, which is the default.
    public var primaryAffinities: [Weight]

    /// As many OSDs as `count`, none of which exists.
    public init(count: Int = 0) {
        self.states = Array(repeating: [], count: count)
        self.weights = Array(repeating: .zero, count: count)
        self.primaryAffinities = Array(repeating: .one, count: count)
    }

    /// One more than the highest number (`max_osd`).
    public var count: Int { states.count }

    /// Whether the OSD is in the map.
    public func exists(_ osd: OSDID) -> Bool {
        state(of: osd).contains(.exists)
    }

    /// Whether the OSD is in the map and serves.
    public func isUp(_ osd: OSDID) -> Bool {
        state(of: osd).isSuperset(of: [.exists, .up])
    }

    /// Whether the OSD is in the map and gets data: its reweight is above zero.
    public func isIn(_ osd: OSDID) -> Bool {
        exists(osd) && weight(of: osd) > .zero
    }

    /// The OSD's state; empty for a number beyond the end.
    public func state(of osd: OSDID) -> OSDState {
        states.indices.contains(Int(osd.value)) ? states[Int(osd.value)] : []
    }

    /// The OSD's reweight; zero for a number beyond the end.
    public func weight(of osd: OSDID) -> Weight {
        weights.indices.contains(Int(osd.value)) ? weights[Int(osd.value)] : .zero
    }

    /// The OSDs that exist, in the order of their numbers.
    public var existing: [OSDID] {
        states.indices.filter { states[$0].contains(.exists) }.map { OSDID(Int32($0)) }
    }

    /// Takes OSDs down: they keep their weight, so CRUSH still chooses them. Unknown numbers are passed over.
    public mutating func markDown(_ osds: some Sequence<OSDID>) {
        for osd in osds where states.indices.contains(Int(osd.value)) {
            states[Int(osd.value)].remove(.up)
        }
    }

    /// Takes OSDs out: CRUSH chooses others. Unknown numbers are passed over.
    public mutating func markOut(_ osds: some Sequence<OSDID>) {
        for osd in osds where weights.indices.contains(Int(osd.value)) {
            weights[Int(osd.value)] = .zero
        }
    }

    /// Marks every number up and in with full weight, and so makes those exist that did not, as
    /// `osdmaptool --mark-up-in` does.
    public mutating func markAllUpIn() {
        for osd in states.indices {
            states[osd].formUnion([.exists, .up])
            weights[osd] = .one
        }
    }
}
