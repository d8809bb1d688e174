extension CrushMap {
    /// The map in crushtool's language.
    ///
    /// In the ``CrushTextForm/exact`` form compiling the text gives the same map, unless the map holds what the
    /// language has no words for, such as a bucket without a name; compare if that matters.
    /// Source: `CrushCompiler::decompile`.
    ///
    /// - Throws: ``DecompilationFailure`` where crushtool fails too: buckets that hold each other, and a rule that
    ///   takes an item without a name.
    public func text(_ form: CrushTextForm = .exact) throws(DecompilationFailure) -> String {
        var writer: MapTextWriter
        switch form {
        case .exact: writer = MapTextWriter(map: self, release: nil)
        // crushtool mends a map when it decodes it, before it prints it.
        case .crushtool(let release): writer = MapTextWriter(map: mended(), release: release)
        }
        return try writer.write()
    }
}

/// Writes the text of one map. Without a release it writes the exact form.
struct MapTextWriter {
    let map: CrushMap
    let release: CrushToolRelease?
    private(set) var out = ""
    /// Numbers by name, for the halves of a shadow's name.
    private let itemsByName: [String: ItemID]
    private let classesByName: [String: Int32]

    init(map: CrushMap, release: CrushToolRelease?) {
        self.map = map
        self.release = release
        itemsByName = Dictionary(map.itemNames.map { ($0.value, $0.key) }, uniquingKeysWith: max)
        classesByName = Dictionary(map.classNames.map { ($0.value, $0.key) }, uniquingKeysWith: max)
    }

    mutating func write() throws(DecompilationFailure) -> String {
        line("# begin crush map")
        if release == nil { writeExtras() }
        writeTunables()
        line("\n# devices")
        writeDevices()
        line("\n# types")
        if map.typeNames[0] == nil { line("type 0 osd") }
        for (number, name) in map.typeNames.sorted(by: { $0.key < $1.key }) { line("type \(number) \(name)") }
        line("\n# buckets")
        for id in try bucketOrder() { try writeBucket(id) }
        line("\n# rules")
        for (number, rule) in map.rules.enumerated() {
            if let rule { try writeRule(Int32(number), rule) }
        }
        if !map.chooseArgs.isEmpty { writeChooseArgs() }
        line("\n# end crush map")
        return out
    }

    mutating func line(_ text: String) {
        out += text
        out += "\n"
    }

    // MARK: Names

    func typeName(_ number: Int32) -> String {
        map.typeNames[number] ?? (number == 0 ? "device" : "type\(number)")
    }

    func itemName(_ item: ItemID) -> String {
        map.itemNames[item] ?? (item.value >= 0 ? "device\(item)" : "bucket\(-1 - Int64(item.value))")
    }

    // MARK: What stands before the buckets

    /// What the language has no words for: the counts, the numbers of classes, and how far the binary form reaches.
    private mutating func writeExtras() {
        line("#@ slots \(map.buckets.count)")
        line("#@ devices \(map.deviceLimit)")
        for (number, name) in map.classNames.sorted(by: { $0.key < $1.key }) { line("#@ class \(number) \(name)") }
        line("#@ through \(map.extent)")
    }

    private mutating func writeTunables() {
        let numbers: [(name: String, value: UInt32, usual: UInt32)] = [
            ("choose_local_tries", map.tunables.chooseLocalTries, 2),
            ("choose_local_fallback_tries", map.tunables.chooseLocalFallbackTries, 5),
            ("choose_total_tries", map.tunables.chooseTotalTries, 19),
            ("chooseleaf_descend_once", map.tunables.chooseLeafDescendOnce, 0),
            ("chooseleaf_vary_r", UInt32(map.tunables.chooseLeafVaryR), 0),
            ("chooseleaf_stable", UInt32(map.tunables.chooseLeafStable), 0),
            ("straw_calc_version", UInt32(map.tunables.strawCalcVersion), 0),
            ("allowed_bucket_algs", map.tunables.allowedBucketAlgorithms, Tunables.legacy.allowedBucketAlgorithms),
        ]
        for (name, value, usual) in numbers where value != usual {
            line("tunable \(name) \(release == nil ? String(value) : String(Int32(bitPattern: value)))")
        }
        let (descents, tries) = (map.tunables.msrDescents, map.tunables.msrCollisionTries)
        if release ?? .tentacle >= .tentacle, descents != 100 || tries != 100 {
            line("tunable msr_descents \(descents)")
            line("tunable msr_collision_tries \(tries)")
        }
    }

    private mutating func writeDevices() {
        for (item, name) in map.itemNames.sorted(by: { $0.key < $1.key }) {
            guard item.value >= 0, release == nil || item.value < map.deviceLimit else { continue }
            let className = map.deviceClasses[item].flatMap { map.classNames[$0] }
            line("device \(item) \(name)\(className.map { " class \($0)" } ?? "")")
        }
    }

    // MARK: Rules

    private mutating func writeRule(_ number: Int32, _ rule: Rule) throws(DecompilationFailure) {
        line("rule \(map.ruleNames[number] ?? "") {")
        line("\tid \(number)")
        if release == .pacific && rule.ruleset != number {
            line("\t# WARNING: ruleset \(rule.ruleset) != id \(number); this will not recompile to the same map")
        }
        line("\ttype \(kindName(rule.kind))")
        if release == nil || release == .pacific {
            line("\tmin_size \(rule.minimumSize)")
            line("\tmax_size \(rule.maximumSize)")
        }
        for step in rule.steps {
            guard let text = try stepText(step, in: number) else { continue }
            line("\tstep \(text)")
        }
        line("}")
    }

    private func kindName(_ kind: Rule.Kind) -> String {
        switch kind {
        case .replicated: return "replicated"
        case .erasure: return "erasure"
        case .msrFirstN where release == nil || release == .tentacle: return "msr_firstn"
        case .msrIndep where release == nil || release == .tentacle: return "msr_indep"
        default: return String(kind.rawValue)
        }
    }

    /// A step without the word in front; nil for one that crushtool leaves out.
    private func stepText(_ step: Rule.Step, in rule: Int32) throws(DecompilationFailure) -> String? {
        guard let operation = step.operation, release.map({ $0 >= .tentacle || operation.rawValue < 14 }) ?? true else {
            return release == nil ? "op \(step.code) \(step.first) \(step.second)" : nil
        }
        switch operation {
        case .noop: return "noop"
        case .emit: return "emit"
        case .take: return "take \(try takeText(ItemID(step.first), in: rule))"
        case .chooseFirstN: return "choose firstn \(step.first) type \(typeName(step.second))"
        case .chooseIndep: return "choose indep \(step.first) type \(typeName(step.second))"
        case .chooseLeafFirstN: return "chooseleaf firstn \(step.first) type \(typeName(step.second))"
        case .chooseLeafIndep: return "chooseleaf indep \(step.first) type \(typeName(step.second))"
        case .chooseMSR: return "choosemsr \(step.first) type \(typeName(step.second))"
        default: return "\(operation.settingName ?? "noop") \(step.first)"
        }
    }

    /// The item's name, and for a shadow that of the bucket with the class.
    private func takeText(_ item: ItemID, in rule: Int32) throws(DecompilationFailure) -> String {
        guard let name = map.itemNames[item] else {
            throw DecompilationFailure(description: "rule \(rule) takes item \(item), which has no name")
        }
        guard let separator = name.firstIndex(of: CrushMap.shadowSeparator) else { return name }
        let base = String(name[..<separator])
        let className = String(name[name.index(after: separator)...])
        guard itemsByName[base] != nil, classesByName[className] != nil else {
            throw DecompilationFailure(
                description: "rule \(rule) takes '\(name)', but there is no bucket '\(base)' or no class '\(className)'"
            )
        }
        return "\(base) class \(className)"
    }

    // MARK: Overrides

    private mutating func writeChooseArgs() {
        line("\n# choose_args")
        for (pool, overrides) in map.chooseArgs.sorted(by: { $0.key < $1.key }) {
            line("choose_args \(UInt64(bitPattern: pool)) {")
            for (bucket, override) in overrides.sorted(by: { $0.key > $1.key }) {
                line("  {\n    bucket_id \(bucket)")
                if !override.weightSets.isEmpty {
                    line("    weight_set [")
                    for row in override.weightSets { line("      [ \(rowText(row))") }
                    line("    ]")
                }
                if let ids = override.ids { line("    ids [ \(ids.map { "\($0) " }.joined())]") }
                line("  }")
            }
            line("}")
        }
    }

    private func rowText(_ row: [Weight]) -> String {
        if let release { return row.map { WeightText.rounded($0, decimals: release.decimals) + " " }.joined() + "]" }
        let exact = row.map(WeightText.exact)
        let numbers = zip(row, exact).map { ($1 ?? WeightText.rounded($0, decimals: 5)) + " " }.joined() + "]"
        return exact.contains(nil) ? numbers + "\t#@ raw" + row.map { " \($0.raw)" }.joined() : numbers
    }
}

extension CrushToolRelease: Comparable {
    /// The older one comes first.
    public static func < (left: CrushToolRelease, right: CrushToolRelease) -> Bool { left.rawValue < right.rawValue }
}

extension Rule.Operation {
    /// The word for a step that sets a number; nil for the others.
    var settingName: String? {
        switch self {
        case .setChooseTries: "set_choose_tries"
        case .setChooseLeafTries: "set_chooseleaf_tries"
        case .setChooseLocalTries: "set_choose_local_tries"
        case .setChooseLocalFallbackTries: "set_choose_local_fallback_tries"
        case .setChooseLeafVaryR: "set_chooseleaf_vary_r"
        case .setChooseLeafStable: "set_chooseleaf_stable"
        case .setMSRDescents: "set_msr_descents"
        case .setMSRCollisionTries: "set_msr_collision_tries"
        default: nil
        }
    }
}
