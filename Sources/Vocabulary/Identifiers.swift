/// The number of a pool, as the OSDMap numbers pools: 1 and up, never reused.
public struct PoolID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let value: Int64

    /// A pool's number.
    public init(_ value: Int64) {
        self.value = value
    }

    /// The bare number.
    public var description: String { String(value) }

    /// By number.
    public static func < (left: PoolID, right: PoolID) -> Bool {
        left.value < right.value
    }
}

/// The number of an OSD: `osd.3` is 3.
public struct OSDID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let value: Int32

    /// An OSD's number.
    public init(_ value: Int32) {
        self.value = value
    }

    /// The number as Ceph names the daemon: `osd.3`.
    public var description: String { "osd.\(value)" }

    /// By number.
    public static func < (left: OSDID, right: OSDID) -> Bool {
        left.value < right.value
    }
}
