public import Vocabulary

/// What a CRUSH bucket holds: a device (0 and up, the OSD of that number) or another bucket (-1 and down).
public struct ItemID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number as the map has it.
    public let value: Int32

    /// An item's number.
    public init(_ value: Int32) {
        self.value = value
    }

    /// The device that is this OSD.
    public init(_ osd: OSDID) {
        self.value = osd.value
    }

    /// The bucket of a slot of the map: slot 0 is bucket -1.
    public init(bucketAt slot: Int32) {
        self.value = -1 - slot
    }

    /// What stands in a mapping where no OSD was found (`CRUSH_ITEM_NONE`).
    public static let none = ItemID(0x7fff_ffff)

    /// Whether this is a device.
    public var isDevice: Bool { value >= 0 && self != .none }

    /// Whether this is a bucket.
    public var isBucket: Bool { value < 0 }

    /// The OSD of a device; nil for a bucket and for ``none``.
    public var osd: OSDID? { isDevice ? OSDID(value) : nil }

    /// The slot of a bucket in the map; nil for anything else.
    public var slot: Int? { isBucket ? Int(-1 - Int64(value)) : nil }

    /// The bare number.
    public var description: String { String(value) }

    /// By number: buckets come before devices.
    public static func < (left: ItemID, right: ItemID) -> Bool {
        left.value < right.value
    }
}
