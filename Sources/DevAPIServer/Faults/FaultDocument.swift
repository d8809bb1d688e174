import KubernetesModel

/// The JSON that `POST /dev/faults` takes:
/// `{"seed": 7, "rules": [{"verb": "create", "resource": "persistentvolumes", "nth": 3, "times": 1,
/// "effect": {"code": 429, "retryAfter": 1}}]}`.
/// `nth`, `every` and `probability` exclude each other. An effect is one of `{"code", "retryAfter"?, "applied"?}`,
/// `{"drop": "before"|"after"}`, `{"delayMilliseconds"}`, `{"cutWatchAfter"}` and `{"expireHistory": true}`.
struct FaultDocument: Equatable, Sendable {
    var seed: UInt64
    var rules: [FaultRule]

    /// - Throws: 400 naming the rule and the key at fault.
    init(json: JSONObject) throws(APIFailure) {
        try Self.refuseUnknown(json, ["seed", "rules"], "document")
        seed = UInt64(bitPattern: json["seed"]?.integerValue ?? 0)
        rules = []
        for (index, rule) in (json["rules"]?.arrayValue ?? []).enumerated() {
            let place = "rules[\(index)]"
            guard let rule = rule.objectValue else { throw .badRequest("\(place) must be an object") }
            rules.append(try Self.rule(rule, place))
        }
    }

    private static func rule(_ json: JSONObject, _ place: String) throws(APIFailure) -> FaultRule {
        let known = ["verb", "resource", "namespace", "name", "nth", "every", "probability", "times", "effect"]
        try refuseUnknown(json, known, place)
        guard let effect = json["effect"]?.objectValue else { throw .badRequest("\(place).effect must be an object") }
        return FaultRule(
            verb: json["verb"]?.stringValue, resource: json["resource"]?.stringValue,
            namespace: json["namespace"]?.stringValue, name: json["name"]?.stringValue,
            occurrence: try occurrence(json, place), times: try count(json, "times", place),
            effect: try Self.effect(effect, "\(place).effect"))
    }

    private static func occurrence(_ json: JSONObject, _ place: String) throws(APIFailure) -> FaultRule.Occurrence {
        let given = ["nth", "every", "probability"].filter { json[$0] != nil }
        guard given.count < 2 else { throw .badRequest("\(place): \(given[0]) and \(given[1]) exclude each other") }
        if let number = try count(json, "nth", place) { return .nth(number) }
        if let number = try count(json, "every", place) { return .every(number) }
        guard let value = json["probability"] else { return .always }
        guard let probability = value.doubleValue, (0...1).contains(probability) else {
            throw .badRequest("\(place).probability must be a number from 0 to 1")
        }
        return .probability(probability)
    }

    private static func effect(_ json: JSONObject, _ place: String) throws(APIFailure) -> FaultRule.Effect {
        let kinds = ["code", "drop", "delayMilliseconds", "cutWatchAfter", "expireHistory"]
        try refuseUnknown(json, kinds + ["retryAfter", "applied"], place)
        let given = kinds.filter { json[$0] != nil }
        guard given.count == 1 else { throw .badRequest("\(place) must have one of \(kinds.joined(separator: ", "))") }
        switch given[0] {
        case "code":
            guard let code = try count(json, "code", place), (400...599).contains(code) else {
                throw .badRequest("\(place).code must be from 400 to 599")
            }
            let retryAfter = try count(json, "retryAfter", place)
            return .answer(code: code, retryAfter: retryAfter, applied: json["applied"]?.boolValue ?? false)
        case "drop":
            switch json["drop"]?.stringValue {
            case "before": return .dropConnection(applied: false)
            case "after": return .dropConnection(applied: true)
            default: throw .badRequest("\(place).drop must be \"before\" or \"after\"")
            }
        case "delayMilliseconds": return .delay(.milliseconds(try count(json, "delayMilliseconds", place) ?? 0))
        case "cutWatchAfter": return .cutWatch(afterEvents: try count(json, "cutWatchAfter", place) ?? 0)
        default: return .expireHistory
        }
    }

    private static func count(_ json: JSONObject, _ key: String, _ place: String) throws(APIFailure) -> Int? {
        guard let value = json[key] else { return nil }
        guard let number = value.integerValue, number >= 0, number < 1 << 31 else {
            throw .badRequest("\(place).\(key) must be a whole number, not negative")
        }
        return Int(number)
    }

    private static func refuseUnknown(_ json: JSONObject, _ known: [String], _ place: String) throws(APIFailure) {
        for key in json.keys where !known.contains(key) {
            throw .badRequest("\(place): unknown key \"\(key)\"; known are \(known.joined(separator: ", "))")
        }
    }
}
