/// A rule in the form that ``RuleMapper`` runs for thousands of inputs at once.
///
/// It exists for the rules and maps of clusters in use: straw2 buckets that form a tree, no retries in the same bucket.
/// Then what a try finds depends on nothing but the input and the number of the try, and tries can be made in any order.
struct RuleProgram: Sendable {
    /// A choose step with the settings that hold at it.
    struct Choice: Sendable {
        var isFirstN: Bool
        var toLeaf: Bool
        /// How many are asked for; above zero.
        var count: Int
        var type: Int32
        var tries: Int
        var leafTries: Int
        /// Whether a try finds the same, however many were found before it.
        var isStable: Bool
        var settings: SearchSettings
    }

    /// What is done, in order.
    enum Operation: Sendable {
        case take(Int32)
        case choose(Choice)
        case emit
    }

    var operations: [Operation] = []

    /// Nil if the rule or what it reaches is not of the simple kind.
    init?(rule: Rule, map: CrushMap, tables: StrawTables, resultMax: Int) {
        guard rule.kind != .msrFirstN, rule.kind != .msrIndep else { return nil }
        var settings = SearchSettings(map.tunables)
        for step in rule.steps {
            switch step.operation {
            case .take:
                let item = ItemID(step.first)
                guard item.isBucket, map.bucket(item) != nil else { return nil }
                operations.append(.take(step.first))
            case .emit: operations.append(.emit)
            case .chooseFirstN, .chooseLeafFirstN, .chooseIndep, .chooseLeafIndep:
                guard settings.localRetries == 0, settings.localFallbackRetries == 0 else { return nil }
                guard let choice = Choice(step, settings, resultMax: resultMax) else { return nil }
                operations.append(.choose(choice))
            default: settings.apply(step)
            }
        }
        let roots = operations.compactMap { operation in
            if case .take(let root) = operation { return root }
            return nil
        }
        guard Self.isForest(below: roots, map: map, tables: tables) else { return nil }
    }

    /// One more than the highest number of a try that a firstn step may come to.
    var firstNTries: Int {
        operations.reduce(0) { most, operation in
            guard case .choose(let choice) = operation, choice.isFirstN else { return most }
            return max(most, choice.count + choice.tries)
        }
    }

    /// Whether all that can be reached is straw2, has one parent, and is no deeper than a map may be.
    private static func isForest(below roots: [Int32], map: CrushMap, tables: StrawTables) -> Bool {
        // A root has no parent, so no way leads back into it, and there is no loop.
        var seen = Set(roots)
        var level = Array(seen)
        var depth = 0
        while !level.isEmpty {
            guard depth < Draw.depthLimit else { return false }
            depth += 1
            var next: [Int32] = []
            for id in level {
                guard let bucket = map.bucket(ItemID(id)), bucket.type != 0, tables.tables[-1 - Int(id)] != nil else {
                    return false
                }
                for item in bucket.items {
                    guard seen.insert(item.value).inserted else { return false }
                    guard item.isBucket else { continue }
                    guard map.bucket(item) != nil else { return false }
                    next.append(item.value)
                }
            }
            level = next
        }
        return true
    }
}

extension RuleProgram.Choice {
    init?(_ step: Rule.Step, _ settings: SearchSettings, resultMax: Int) {
        let count = step.first > 0 ? Int(step.first) : Int(step.first) + resultMax
        // More than this would take too much memory, and no cluster asks for it.
        guard count > 0, count <= 1024, settings.tries <= 1024 else { return nil }
        isFirstN = step.operation == .chooseFirstN || step.operation == .chooseLeafFirstN
        toLeaf = step.operation == .chooseLeafFirstN || step.operation == .chooseLeafIndep
        self.count = count
        type = step.second
        tries = settings.tries
        leafTries = isFirstN ? settings.firstNLeafTries : settings.indepLeafTries
        isStable = settings.isStable || !toLeaf
        self.settings = settings
    }
}
