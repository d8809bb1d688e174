import KubernetesModel

/// Which objects a list, a watch or a collection's deletion is about: namespace, labels and fields.
struct Selector: Equatable, Sendable {
    /// Only this namespace; nil means all.
    var namespace: String?
    private var labels: [LabelRequirement] = []
    private var fields: [FieldRequirement] = []

    /// Everything in a namespace, or everywhere.
    init(namespace: String? = nil) {
        self.namespace = namespace
    }

    /// Reads `labelSelector` and `fieldSelector` of a query.
    /// - Throws: 400 for what cannot be parsed, and for fields that the kind does not offer.
    init(namespace: String?, labels: String, fields: String, served: ServedKind) throws(APIFailure) {
        self.namespace = namespace
        self.labels = try LabelRequirement.parse(labels)
        self.fields = try FieldRequirement.parse(fields, served: served)
    }

    /// Whether an object is meant.
    func matches(_ object: JSONObject) -> Bool {
        if let namespace, object["metadata", "namespace"]?.stringValue != namespace { return false }
        return fields.allSatisfy { $0.matches(object) } && labels.allSatisfy { $0.matches(object) }
    }
}

/// `metadata.name=x` and the like.
struct FieldRequirement: Equatable, Sendable {
    var path: [String]
    var value: String
    var isEqual: Bool

    func matches(_ object: JSONObject) -> Bool {
        var found = object.value(at: path)
        // An event's `source` in a selector is its component.
        if path == ["source"] { found = object["source", "component"] }
        let text =
            switch found {
            case .string(let text): text
            case .bool(let flag): String(flag)
            default: ""
            }
        return (text == value) == isEqual
    }

    static func parse(_ text: String, served: ServedKind) throws(APIFailure) -> [FieldRequirement] {
        var result: [FieldRequirement] = []
        for term in text.split(separator: ",") where !term.isEmpty {
            guard let equals = term.firstIndex(of: "=") else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(term)'")
            }
            var field = term[..<equals]
            var value = term[term.index(after: equals)...]
            let isEqual = !field.hasSuffix("!")
            if !isEqual { field.removeLast() }
            if value.hasPrefix("=") { value.removeFirst() }
            let known = ["metadata.name", "metadata.namespace"] + served.selectableFields
            guard known.contains(String(field)) else { throw .badRequest("field label not supported: \(field)") }
            result.append(
                FieldRequirement(
                    path: field.split(separator: ".").map(String.init), value: String(value), isEqual: isEqual))
        }
        return result
    }
}

/// `app=x`, `app!=x`, `app in (x,y)`, `app notin (x)`, `app`, `!app`.
struct LabelRequirement: Equatable, Sendable {
    enum Operator: Equatable, Sendable {
        case exists, doesNotExist
        case isIn([String])
        case isNotIn([String])
    }

    var key: String
    var condition: Operator

    func matches(_ object: JSONObject) -> Bool {
        let value = object["metadata", "labels", key]?.stringValue
        return switch condition {
        case .exists: value != nil
        case .doesNotExist: value == nil
        case .isIn(let values): value.map(values.contains) ?? false
        case .isNotIn(let values): value.map { !values.contains($0) } ?? true
        }
    }

    static func parse(_ text: String) throws(APIFailure) -> [LabelRequirement] {
        var result: [LabelRequirement] = []
        for term in terms(of: text) { result.append(try requirement(term)) }
        return result
    }

    /// Splits at commas outside parentheses.
    private static func terms(of text: String) -> [String] {
        var terms = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == "," && depth == 0 { terms.append("") } else { terms[terms.count - 1].append(character) }
        }
        return terms.map(trimmed).filter { !$0.isEmpty }
    }

    private static func requirement(_ term: String) throws(APIFailure) -> LabelRequirement {
        if let open = term.firstIndex(of: "("), term.hasSuffix(")") {
            let values = term[term.index(after: open)...].dropLast().split(separator: ",").map { trimmed(String($0)) }
            let words = term[..<open].split(separator: " ").map(String.init)
            if words.count == 2, words[1] == "in" { return LabelRequirement(key: words[0], condition: .isIn(values)) }
            if words.count == 2, words[1] == "notin" {
                return LabelRequirement(key: words[0], condition: .isNotIn(values))
            }
            throw .badRequest("unable to parse requirement: \(term)")
        }
        if let equals = term.firstIndex(of: "=") {
            var value = term[term.index(after: equals)...]
            if value.hasPrefix("=") { value.removeFirst() }
            let isNegated = term[..<equals].hasSuffix("!")
            let key = try label(String(isNegated ? term[..<equals].dropLast() : term[..<equals]))
            let values = [trimmed(String(value))]
            return LabelRequirement(key: key, condition: isNegated ? .isNotIn(values) : .isIn(values))
        }
        if term.hasPrefix("!") {
            return LabelRequirement(key: try label(String(term.dropFirst())), condition: .doesNotExist)
        }
        return LabelRequirement(key: try label(term), condition: .exists)
    }

    private static func label(_ raw: String) throws(APIFailure) -> String {
        let key = trimmed(raw)
        guard let first = key.first, first.isLetter || first.isNumber, !key.contains(where: { "!=() ".contains($0) })
        else {
            throw .badRequest(
                "unable to parse requirement: found '\(key.first.map(String.init) ?? "")', expected: identifier")
        }
        return key
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
