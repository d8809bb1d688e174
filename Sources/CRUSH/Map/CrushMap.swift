/// A CRUSH map: the tree of failure domains, and the rules that place PGs in it.
///
/// A value that holds everything its binary form has, so that decoding and encoding again give the same bytes. Nothing
/// in it is trusted by what computes with it: an item may name a bucket that does not exist, a bucket may hold itself.
public struct CrushMap: Hashable, Sendable {
    /// Weights and ids that take the place of a straw2 bucket's own (`ceph osd crush weight-set`).
    public struct Override: Hashable, Sendable {
        /// One row of weights for each position of the result; the last row serves all later positions.
        public var weightSets: [[Weight]]
        /// Ids that are hashed instead of the items' own; nil keeps those. What is chosen is always the item.
        public var ids: [ItemID]?

        /// An override of these parts.
        public init(weightSets: [[Weight]] = [], ids: [ItemID]? = nil) {
            self.weightSets = weightSets
            self.ids = ids
        }
    }

    /// How far the binary form reached: each part was added by a release, and an encoder may stop before any of them.
    ///
    /// Kept so that a map is written as it was read.
    public enum Extent: Int, Hashable, Comparable, Sendable, CaseIterable {
        /// Buckets, rules and names.
        case names
        /// With the three retry tunables (argonaut).
        case tunables
        /// With `chooseleaf_descend_once` (bobtail).
        case descendOnce
        /// With `chooseleaf_vary_r` (firefly).
        case varyR
        /// With `straw_calc_version` (hammer).
        case strawCalc
        /// With the allowed algorithms (hammer).
        case allowedAlgorithms
        /// With `chooseleaf_stable` (jewel).
        case stable
        /// With device classes (luminous).
        case classes
        /// With the override of weights and ids (luminous).
        case chooseArgs
        /// With the numbers of multi-step retry rules (squid, Ceph 19).
        case msr

        /// The shorter one comes first.
        public static func < (left: Extent, right: Extent) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The key of ``chooseArgs`` that serves every pool without a set of its own (`CrushWrapper::DEFAULT_CHOOSE_ARGS`).
    public static let defaultChooseArgs: Int64 = -1

    /// The buckets by slot: slot 0 holds bucket -1. Slots may be empty.
    public var buckets: [Bucket?]
    /// The rules by number. Numbers may be unused.
    public var rules: [Rule?]
    /// One more than the highest device (`max_devices`); a device at or above it is a bad item.
    public var deviceLimit: Int32
    /// The names of bucket types; type 0 is the device.
    public var typeNames: [Int32: String]
    /// The names of buckets and devices.
    public var itemNames: [ItemID: String]
    /// The names of rules.
    public var ruleNames: [Int32: String]
    /// The tunables of all rules.
    public var tunables: Tunables
    /// The class of each device that has one.
    public var deviceClasses: [ItemID: Int32]
    /// The names of device classes.
    public var classNames: [Int32: String]
    /// For each bucket and class the shadow bucket that holds this class's devices only.
    public var shadowBuckets: [ItemID: [Int32: ItemID]]
    /// Overrides by pool, or by ``defaultChooseArgs``; within one by bucket.
    public var chooseArgs: [Int64: [ItemID: Override]]
    /// How far the binary form reaches.
    public var extent: Extent
    /// Bytes after the last part that this version knows: what a later release has added. Written as they were read.
    public var unknownTail: [UInt8]

    /// A map without buckets and rules.
    public init(tunables: Tunables = .jewel, extent: Extent = .chooseArgs) {
        self.buckets = []
        self.rules = []
        self.deviceLimit = 0
        self.typeNames = [:]
        self.itemNames = [:]
        self.ruleNames = [:]
        self.tunables = tunables
        self.deviceClasses = [:]
        self.classNames = [:]
        self.shadowBuckets = [:]
        self.chooseArgs = [:]
        self.extent = extent
        self.unknownTail = []
    }

    /// The bucket of an id; nil for a device, an empty slot and an id outside of the map.
    public func bucket(_ id: ItemID) -> Bucket? {
        guard let slot = id.slot, slot < buckets.count else { return nil }
        return buckets[slot]
    }

    /// The rule of a number, if there is one.
    public func rule(_ number: Int32) -> Rule? {
        guard number >= 0, number < rules.count else { return nil }
        return rules[Int(number)]
    }

    /// The overrides that a pool's PGs are mapped with: its own, else the default ones, else none.
    public func overrides(for pool: Int64) -> [ItemID: Override] {
        chooseArgs[pool] ?? chooseArgs[Self.defaultChooseArgs] ?? [:]
    }
}
