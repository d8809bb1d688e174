/// A release of Ceph by its number: 16 is pacific. Source: `ceph_releases.h`.
public struct CephRelease: Hashable, Comparable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The number; 0 is not known.
    public var rawValue: UInt8

    /// A release by its number.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A release by its name, such as `reef`; nil for a name that is none.
    public init?(name: some StringProtocol) {
        guard let index = Self.names.firstIndex(where: { $0 == name }) else { return nil }
        self.init(rawValue: UInt8(index))
    }

    /// Not set.
    public static let unknown = CephRelease(rawValue: 0)
    /// 12: upmap.
    public static let luminous = CephRelease(rawValue: 12)
    /// 14: PG merging.
    public static let nautilus = CephRelease(rawValue: 14)
    /// 16.
    public static let pacific = CephRelease(rawValue: 16)
    /// 18: upmap of primaries.
    public static let reef = CephRelease(rawValue: 18)
    /// 19: multi-step retry rules.
    public static let squid = CephRelease(rawValue: 19)
    /// 20.
    public static let tentacle = CephRelease(rawValue: 20)

    private static let names = [
        "unknown", "argonaut", "bobtail", "cuttlefish", "dumpling", "emperor", "firefly", "giant", "hammer",
        "infernalis", "jewel", "kraken", "luminous", "mimic", "nautilus", "octopus", "pacific", "quincy", "reef",
        "squid", "tentacle", "umbrella",
    ]

    /// The name; for a release that this one does not know, its number.
    public var description: String {
        Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : String(rawValue)
    }

    /// The older one comes first.
    public static func < (left: CephRelease, right: CephRelease) -> Bool {
        left.rawValue < right.rawValue
    }
}
