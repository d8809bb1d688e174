/// How hard a rule searches at this point: the map's tunables, changed by the `set_*` steps so far.
struct SearchSettings: Hashable, Sendable {
    /// Descents from the top, for each item wanted.
    var tries: Int
    /// Tries at a leaf; 0 stands for what the tunables say.
    var leafTries: Int
    /// Retries in the same bucket after a collision.
    var localRetries: Int
    /// Retries in the same bucket by permutation.
    var localFallbackRetries: Int
    /// How the parent's retry number reaches the leaf.
    var varyR: Int
    /// Whether a leaf's tries do not depend on the position.
    var isStable: Bool
    /// Whether a leaf is tried once for each descent.
    var descendsOnce: Bool

    /// More than any map in use asks for. What a forged map asks for beyond this is not done: it would take for ever.
    static let limit = 1 << 16

    init(_ tunables: Tunables) {
        // The tunable counts retries, what is compared with it counts tries.
        tries = Int(min(tunables.chooseTotalTries, UInt32(Self.limit))) + 1
        leafTries = 0
        localRetries = Int(min(tunables.chooseLocalTries, UInt32(Self.limit)))
        localFallbackRetries = Int(min(tunables.chooseLocalFallbackTries, UInt32(Self.limit)))
        varyR = Int(tunables.chooseLeafVaryR)
        isStable = tunables.chooseLeafStable != 0
        descendsOnce = tunables.chooseLeafDescendOnce != 0
    }

    /// Takes in a `set_*` step; any other changes nothing.
    mutating func apply(_ step: Rule.Step) {
        let value = min(Int(step.first), Self.limit)
        switch step.operation {
        case .setChooseTries where value > 0: tries = value
        case .setChooseLeafTries where value > 0: leafTries = value
        case .setChooseLocalTries where value >= 0: localRetries = value
        case .setChooseLocalFallbackTries where value >= 0: localFallbackRetries = value
        case .setChooseLeafVaryR where value >= 0: varyR = value
        case .setChooseLeafStable where value >= 0: isStable = value != 0
        default: break
        }
    }

    /// Tries at a leaf of a firstn step.
    var firstNLeafTries: Int { leafTries > 0 ? leafTries : (descendsOnce ? 1 : tries) }

    /// Tries at a leaf of an indep step.
    var indepLeafTries: Int { leafTries > 0 ? leafTries : 1 }

    /// The number that a leaf's tries start from, below an item that was found with `r`.
    func leafBase(of r: Int) -> Int {
        varyR > 0 ? r >> min(varyR - 1, Int.bitWidth - 1) : 0
    }
}
