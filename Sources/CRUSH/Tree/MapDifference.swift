/// One way in which two maps place data differently, or name something differently.
///
/// What no release reads any more (a rule's sizes, the old ruleset) and how a map is encoded does not count, nor do
/// the numbers of classes.
public struct MapDifference: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What differs, such as `bucket rack1 (-4)` or `rule 2`.
    public var subject: String
    /// Which of its properties, such as `item osd.3`; empty if all of it is only in one of the maps.
    public var property: String
    /// How it is in the first map; nil if it is not there.
    public var before: String?
    /// How it is in the second map; nil if it is not there.
    public var after: String?

    /// One line; `+` and `-` say that it is only in the second or only in the first map.
    public var description: String {
        let what = property.isEmpty ? subject : "\(subject): \(property)"
        switch (before, after) {
        case (nil, let after?): return "+ \(what): \(after)"
        case (let before?, nil): return "- \(what): \(before)"
        case (let before, let after): return "~ \(what): \(before ?? "") -> \(after ?? "")"
        }
    }

    /// All differences of two maps: tunables, types, devices, buckets, rules, overrides, in this order.
    public static func between(_ first: CrushMap, _ second: CrushMap) -> [MapDifference] {
        var differences = compare(subject: { "tunable \($0)" }, first.tunables.named, second.tunables.named)
        differences += compare(subject: { "type \($0)" }, first.typeNames, second.typeNames)
        differences += compare(subject: { "device \($0)" }, first.deviceTexts, second.deviceTexts)
        differences += compare(
            subject: { "bucket \(second.itemNames[$0] ?? first.itemNames[$0] ?? "") (\($0))" },
            first.bucketTexts, second.bucketTexts)
        differences += compare(subject: { "rule \($0)" }, first.ruleTexts, second.ruleTexts)
        differences += compare(subject: { "choose_args \($0)" }, first.overrideTexts, second.overrideTexts)
        return differences
    }

    /// Values by key.
    private static func compare<Key: Hashable & Comparable>(
        subject: (Key) -> String, _ first: [Key: String], _ second: [Key: String]
    ) -> [MapDifference] {
        Set(first.keys).union(second.keys).sorted().compactMap { key in
            guard first[key] != second[key] else { return nil }
            return MapDifference(subject: subject(key), property: "", before: first[key], after: second[key])
        }
    }

    /// Properties by name, by key. What is in one map only is one difference that lists them all.
    private static func compare<Key: Hashable & Comparable>(
        subject: (Key) -> String, _ first: [Key: [String: String]], _ second: [Key: [String: String]]
    ) -> [MapDifference] {
        Set(first.keys).union(second.keys).sorted().flatMap { key -> [MapDifference] in
            guard let before = first[key], let after = second[key] else {
                return [
                    MapDifference(
                        subject: subject(key), property: "", before: first[key].map(Self.summary),
                        after: second[key].map(Self.summary))
                ]
            }
            return compare(subject: { $0 }, before, after).map {
                MapDifference(subject: subject(key), property: $0.subject, before: $0.before, after: $0.after)
            }
        }
    }

    private static func summary(_ properties: [String: String]) -> String {
        properties.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

extension Tunables {
    fileprivate var named: [String: String] {
        [
            "choose_local_tries": "\(chooseLocalTries)",
            "choose_local_fallback_tries": "\(chooseLocalFallbackTries)",
            "choose_total_tries": "\(chooseTotalTries)",
            "chooseleaf_descend_once": "\(chooseLeafDescendOnce)",
            "chooseleaf_vary_r": "\(chooseLeafVaryR)",
            "chooseleaf_stable": "\(chooseLeafStable)",
            "straw_calc_version": "\(strawCalcVersion)",
            "allowed_bucket_algs": "\(allowedBucketAlgorithms)",
            "msr_descents": "\(msrDescents)",
            "msr_collision_tries": "\(msrCollisionTries)",
        ]
    }
}

extension CrushMap {
    private func name(_ item: ItemID) -> String { itemNames[item] ?? "\(item)" }

    fileprivate var deviceTexts: [ItemID: [String: String]] {
        var texts: [ItemID: [String: String]] = [:]
        for (item, name) in itemNames where item.value >= 0 { texts[item, default: [:]]["name"] = name }
        for (item, number) in deviceClasses where item.value >= 0 {
            texts[item, default: [:]]["class"] = classNames[number] ?? "\(number)"
        }
        return texts
    }

    fileprivate var bucketTexts: [ItemID: [String: String]] {
        var texts: [ItemID: [String: String]] = [:]
        for bucket in buckets.compactMap({ $0 }) {
            var text = ["name": name(bucket.id), "hash": "\(bucket.hash)", "weight": bucket.weight.exactText]
            text["type"] = typeNames[Int32(bucket.type)] ?? "\(bucket.type)"
            text["alg"] = Bucket.Algorithm(rawValue: bucket.algorithm)?.name ?? "\(bucket.algorithm)"
            text["order"] = bucket.items.map(name).joined(separator: " ")
            for (position, item) in bucket.items.enumerated() {
                text["item \(name(item))"] = "weight \(bucket.weight(at: position).exactText)"
            }
            if case .straw(_, let straws) = bucket.content { text["straws"] = "\(straws)" }
            for (number, shadow) in shadowBuckets[bucket.id] ?? [:] {
                text["shadow for class \(classNames[number] ?? "\(number)")"] = "\(shadow)"
            }
            texts[bucket.id] = text
        }
        return texts
    }

    fileprivate var ruleTexts: [Int32: [String: String]] {
        var texts: [Int32: [String: String]] = [:]
        for (number, rule) in rules.enumerated() {
            guard let rule else { continue }
            // A noop does nothing.
            let steps = rule.steps.filter { $0.operation != .noop }.map(text(of:))
            texts[Int32(number)] = [
                "name": ruleNames[Int32(number)] ?? "", "type": "\(rule.kind.rawValue)",
                "steps": steps.joined(separator: "; "),
            ]
        }
        return texts
    }

    /// A step in words; a shadow by its own name, such as `default~ssd`.
    private func text(of step: Rule.Step) -> String {
        let type = typeNames[step.second] ?? "\(step.second)"
        switch step.operation {
        case nil: return "op \(step.code) \(step.first) \(step.second)"
        case .take: return "take \(name(ItemID(step.first)))"
        case .emit: return "emit"
        case let operation? where operation.settingName != nil: return "\(operation.dumpName) \(step.first)"
        case let operation?: return "\(operation.dumpName) \(step.first) type \(type)"
        }
    }

    fileprivate var overrideTexts: [Int64: [String: String]] {
        chooseArgs.mapValues { overrides in
            var texts: [String: String] = [:]
            for (bucket, override) in overrides {
                if !override.weightSets.isEmpty {
                    texts["bucket \(name(bucket)) weights"] = override.weightSets
                        .map { $0.map(\.exactText).joined(separator: " ") }.joined(separator: " | ")
                }
                if let ids = override.ids {
                    texts["bucket \(name(bucket)) ids"] = ids.map(\.description).joined(separator: " ")
                }
            }
            return texts
        }
    }
}

extension Weight {
    /// Five decimals or as many as tell it from its neighbours.
    fileprivate var exactText: String {
        WeightText.exact(self) ?? "\(WeightText.rounded(self, decimals: 5)) (\(raw)/65536)"
    }
}
