/// How a pool's PGs find their OSDs: a list of steps that take a bucket, choose below it, and emit what was chosen.
public struct Rule: Hashable, Sendable {
    /// What a rule is for. Source: `crush_types.h`, `CRUSH_RULE_TYPE_*` (4 and 5 since Ceph 19).
    public struct Kind: Hashable, Sendable, RawRepresentable {
        /// The number in the map.
        public var rawValue: UInt8

        /// A kind by its number.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Copies; positions mean nothing.
        public static let replicated = Kind(rawValue: 1)
        /// Shards; positions are kept.
        public static let erasure = Kind(rawValue: 3)
        /// Copies, by multi-step retry.
        public static let msrFirstN = Kind(rawValue: 4)
        /// Shards, by multi-step retry.
        public static let msrIndep = Kind(rawValue: 5)
    }

    /// The operation of a step. Source: `crush.h`, `CRUSH_RULE_*`.
    public enum Operation: UInt32, Hashable, Sendable, CaseIterable {
        case noop = 0
        case take = 1
        case chooseFirstN = 2
        case chooseIndep = 3
        case emit = 4
        case chooseLeafFirstN = 6
        case chooseLeafIndep = 7
        case setChooseTries = 8
        case setChooseLeafTries = 9
        case setChooseLocalTries = 10
        case setChooseLocalFallbackTries = 11
        case setChooseLeafVaryR = 12
        case setChooseLeafStable = 13
        case setMSRDescents = 14
        case setMSRCollisionTries = 15
        case chooseMSR = 16
    }

    /// One step. An operation that this release does not know keeps its number and does nothing.
    public struct Step: Hashable, Sendable {
        /// The operation's number.
        public var code: UInt32
        /// The first argument: an item to take, a count to choose, a value to set.
        public var first: Int32
        /// The second argument: the type of bucket to choose.
        public var second: Int32

        /// A step as the map has it.
        public init(code: UInt32, _ first: Int32 = 0, _ second: Int32 = 0) {
            self.code = code
            self.first = first
            self.second = second
        }

        /// A step of a known operation.
        public init(_ operation: Operation, _ first: Int32 = 0, _ second: Int32 = 0) {
            self.init(code: operation.rawValue, first, second)
        }

        /// The operation, if this release knows it.
        public var operation: Operation? { Operation(rawValue: code) }
    }

    /// What the rule is for.
    public var kind: Kind
    /// The old number of the rule set, which since luminous equals the rule's own number.
    public var ruleset: UInt8
    /// The smallest size of a pool that may use the rule; 1 since quincy, where nothing reads it any more.
    public var minimumSize: UInt8
    /// The largest size of a pool that may use the rule; 100 since quincy, where nothing reads it any more.
    public var maximumSize: UInt8
    /// What is done, in order.
    public var steps: [Step]

    /// A rule of these parts; nothing is checked.
    public init(kind: Kind, ruleset: UInt8, minimumSize: UInt8 = 1, maximumSize: UInt8 = 100, steps: [Step]) {
        self.kind = kind
        self.ruleset = ruleset
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
        self.steps = steps
    }
}
