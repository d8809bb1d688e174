extension MapCompiler {
    mutating func add(_ statement: MapStatement.Rule) throws(CompilationFailure) {
        guard let number = UInt8(statement.number) else {
            throw failure(statement.place, "rule number \(statement.number) is not from 0 to 255")
        }
        if let name = statement.name, map.ruleNames.values.contains(name) {
            throw failure(statement.place, "a rule '\(name)' is defined already")
        }
        guard map.rule(Int32(number)) == nil else {
            throw failure(statement.place, "a rule \(number) is defined already")
        }
        var rule = Rule(kind: try kind(of: statement), ruleset: number, steps: [])
        // Since Ceph 17 crushtool reads the sizes and passes over them.
        if release == nil || release == .pacific {
            if let text = statement.minimumSize { rule.minimumSize = try uint8(text, statement.place) }
            if let text = statement.maximumSize { rule.maximumSize = try uint8(text, statement.place) }
        }
        for step in statement.steps { rule.steps.append(try self.step(step)) }
        while map.rules.count <= Int(number) { map.rules.append(nil) }
        map.rules[Int(number)] = rule
        if let name = statement.name { map.ruleNames[Int32(number)] = name }
    }

    private func kind(of statement: MapStatement.Rule) throws(CompilationFailure) -> Rule.Kind {
        switch statement.kind {
        case "replicated": .replicated
        case "erasure": .erasure
        case "msr_firstn": .msrFirstN
        case "msr_indep": .msrIndep
        default: Rule.Kind(rawValue: try uint8(statement.kind, statement.place))
        }
    }

    private func step(_ statement: MapStatement.Rule.Step) throws(CompilationFailure) -> Rule.Step {
        let words = statement.words
        switch words[0] {
        case "take": return Rule.Step(.take, try taken(statement).value)
        case "emit": return Rule.Step(.emit)
        case "noop": return Rule.Step(.noop)
        case "op":
            guard let code = UInt32(words[1]) else {
                throw failure(statement.place, "step \(words[1]) is out of range")
            }
            return Rule.Step(
                code: code, try int32(words[2], statement.place), try int32(words[3], statement.place))
        case "choose", "chooseleaf", "choosemsr":
            guard let type = typeNumbers[words[3]] else {
                throw failure(statement.place, "type '\(words[3])' is not defined")
            }
            return Rule.Step(Self.choosing(words[0], words[1]), try int32(words[2], statement.place), type)
        default:
            guard let operation = Rule.Operation.allCases.first(where: { $0.settingName == words[0] }) else {
                throw failure(statement.place, "there is no step '\(words[0])'")
            }
            return Rule.Step(operation, try int32(words[1], statement.place))
        }
    }

    private static func choosing(_ word: String, _ mode: String) -> Rule.Operation {
        switch (word, mode) {
        case ("choose", "firstn"): .chooseFirstN
        case ("choose", _): .chooseIndep
        case ("chooseleaf", "firstn"): .chooseLeafFirstN
        case ("chooseleaf", _): .chooseLeafIndep
        default: .chooseMSR
        }
    }

    /// The item to take, or its shadow.
    private func taken(_ statement: MapStatement.Rule.Step) throws(CompilationFailure) -> ItemID {
        let name = statement.words[1]
        guard let item = items[name] else { throw failure(statement.place, "item '\(name)' is not defined") }
        guard statement.words.count > 2 else { return item }
        let className = statement.words[2]
        guard let number = map.classNames.first(where: { $0.value == className })?.key else {
            throw failure(statement.place, "no device has class '\(className)'")
        }
        guard let shadow = map.shadowBuckets[item]?[number] else {
            throw failure(
                statement.place,
                "'\(name)' has no shadow for class '\(className)': it is no bucket, or a uniform bucket is in its tree")
        }
        return shadow
    }

    // MARK: Overrides

    mutating func add(_ statement: MapStatement.ChooseArgs) throws(CompilationFailure) {
        // crushtool reads 64 bits, the largest for anything above, and keeps 32: 2^64-1 becomes -1.
        let wide = Int64(statement.pool) ?? .max
        let pool = Int64(Int32(truncatingIfNeeded: wide))
        guard map.chooseArgs[pool] == nil else {
            throw failure(statement.place, "choose_args \(statement.pool) is there twice")
        }
        var overrides: [ItemID: CrushMap.Override] = [:]
        for entry in statement.entries {
            let id = try bucketID(entry.bucket, entry.place)
            guard let bucket = map.bucket(id) else { throw failure(entry.place, "there is no bucket \(id)") }
            var override = overrides[id] ?? CrushMap.Override()
            if let rows = entry.rows {
                override.weightSets = try rows.map { (row) throws(CompilationFailure) in
                    try weights(of: row, size: bucket.items.count, in: entry)
                }
            }
            if let ids = entry.ids {
                guard ids.count == bucket.items.count else {
                    throw failure(entry.place, "bucket \(id) has \(bucket.items.count) items, but \(ids.count) ids")
                }
                let values = try ids.map { (text) throws(CompilationFailure) in ItemID(try int32(text, entry.place)) }
                override.ids = values.isEmpty ? nil : values
            }
            overrides[id] = override
        }
        map.chooseArgs[pool] = overrides.filter { $0.value != CrushMap.Override() }
    }

    private func weights(
        of row: MapStatement.ChooseArgs.Entry.Row, size: Int, in entry: MapStatement.ChooseArgs.Entry
    ) throws(CompilationFailure) -> [Weight] {
        guard row.weights.count == size else {
            throw failure(entry.place, "bucket \(entry.bucket) has \(size) items, but \(row.weights.count) weights")
        }
        if let raw = try rawWeights(onLine: row.lastLine, count: size) { return raw }
        return try row.weights.map { (text) throws(CompilationFailure) in
            guard let weight = WeightText.parse(text) else {
                throw failure(entry.place, "weight \(text) is out of range")
            }
            return weight
        }
    }
}
