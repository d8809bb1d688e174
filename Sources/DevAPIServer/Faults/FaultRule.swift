import KubernetesModel

/// A fault that the server is to commit: on which requests, which of them, and what happens.
public struct FaultRule: Equatable, Sendable {
    /// Which of the matching requests are hit.
    public enum Occurrence: Equatable, Sendable {
        /// All of them.
        case always
        /// Only the n-th, counted from 1.
        case nth(Int)
        /// The n-th, the 2n-th and so on.
        case every(Int)
        /// Each with this probability (0 to 1), drawn from the plan's seed.
        case probability(Double)
    }

    /// What happens to a request that is hit.
    public enum Effect: Equatable, Sendable {
        /// It is answered with this HTTP code. `applied` says whether a write takes effect nevertheless;
        /// `retryAfter` is in seconds.
        case answer(code: Int, retryAfter: Int? = nil, applied: Bool = false)
        /// The connection is closed without an answer. `applied` says whether the request takes effect before that.
        case dropConnection(applied: Bool)
        /// It is held back, then served as usual.
        case delay(Duration)
        /// A watch: its connection is closed, in the middle of the body, after this many events.
        case cutWatch(afterEvents: Int)
        /// The history is forgotten before it is served: watches and continued lists from older versions get 410.
        case expireHistory
    }

    /// A verb (`create`, `get`, `list`, `watch`, `update`, `patch`, `delete`, `deletecollection`); nil means all.
    public var verb: String?
    /// A resource in paths (`persistentvolumes`), or with its subresource (`persistentvolumeclaims/status`); nil means
    /// all.
    public var resource: String?
    /// A namespace; nil means all.
    public var namespace: String?
    /// An object's name; nil means all, and collections.
    public var name: String?
    /// Which of the matching requests are hit.
    public var occurrence: Occurrence
    /// How many requests are hit at most; nil means no limit.
    public var times: Int?
    /// What happens to them.
    public var effect: Effect

    /// A rule.
    public init(
        verb: String? = nil, resource: String? = nil, namespace: String? = nil, name: String? = nil,
        occurrence: Occurrence = .always, times: Int? = nil, effect: Effect
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.occurrence = occurrence
        self.times = times
        self.effect = effect
    }

    func matches(_ request: ResourceRequest) -> Bool {
        (verb == nil || verb == request.verb.rawValue)
            && (resource == nil || resource == request.resourceName)
            && (namespace == nil || namespace == request.namespace)
            && (name == nil || name == request.name)
    }
}

/// The rules in force, how often each has matched, and the randomness of their draws: a value, so that the same seed
/// and the same requests meet the same faults.
struct FaultPlan: Sendable {
    private struct Entry: Sendable {
        var rule: FaultRule
        var seen = 0
        var hits = 0
    }

    private var entries: [Entry]
    private var random: UInt64

    init(_ rules: [FaultRule] = [], seed: UInt64 = 0) {
        entries = rules.map { Entry(rule: $0) }
        random = seed
    }

    var rules: [FaultRule] { entries.map(\.rule) }

    /// What happens to a request, in the order of the rules.
    mutating func effects(on request: ResourceRequest) -> [FaultRule.Effect] {
        var effects: [FaultRule.Effect] = []
        for index in entries.indices where entries[index].rule.matches(request) {
            entries[index].seen += 1
            if let times = entries[index].rule.times, entries[index].hits >= times { continue }
            guard isHit(entries[index]) else { continue }
            entries[index].hits += 1
            effects.append(entries[index].rule.effect)
        }
        return effects
    }

    private mutating func isHit(_ entry: Entry) -> Bool {
        switch entry.rule.occurrence {
        case .always: true
        case .nth(let number): entry.seen == number
        case .every(let number): number > 0 && entry.seen % number == 0
        case .probability(let probability): draw() < probability
        }
    }

    /// A number from 0 up to 1 (SplitMix64).
    private mutating func draw() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
    }
}
