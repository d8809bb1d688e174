/// A weight in CRUSH's fixed point: 16 bits before the point, 16 after it. Devices weigh their TiB by convention.
public struct Weight: Hashable, Comparable, Sendable {
    /// The weight in 65,536ths.
    public var raw: UInt32

    /// A weight of `raw` 65,536ths.
    public init(raw: UInt32) {
        self.raw = raw
    }

    /// Nothing: an item that is never chosen.
    public static let zero = Weight(raw: 0)

    /// 1.0, which as an OSD's reweight means "in".
    public static let one = Weight(raw: 0x1_0000)

    /// The weight as a number; exact, since 32 bits fit into a `Double`.
    public var value: Double { Double(raw) / 65536 }

    /// The lighter one comes first.
    public static func < (left: Weight, right: Weight) -> Bool {
        left.raw < right.raw
    }
}
