import KubernetesModel
import Vocabulary

/// Why Ceph's answer to a command is not what it should be: a release that is not known, as a rule.
public struct CephAnswerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field at fault, such as `pg_stats[3].pgid`; empty for the answer as a whole.
    public var field: String
    /// What it should be.
    public var expected: String

    init(_ field: String, expected: String) {
        self.field = field
        self.expected = expected
    }

    /// The field and what it should be.
    public var description: String {
        "\(field.isEmpty ? "the answer" : field) should be \(expected)"
    }
}

/// An object in an answer, with its place for errors.
struct Answer {
    let json: JSONObject
    let place: String

    init(_ json: JSONObject, at place: String = "") {
        self.json = json
        self.place = place
    }

    /// The object that the bytes are. Ceph puts line feeds around it.
    init(_ bytes: [UInt8]) throws(CephAnswerError) {
        guard let object = try Self.value(bytes).objectValue else { throw CephAnswerError("", expected: "an object") }
        self.init(object)
    }

    /// The elements of the array that the bytes are.
    static func list(_ bytes: [UInt8]) throws(CephAnswerError) -> [Answer] {
        try elements(try value(bytes), at: "")
    }

    private static func value(_ bytes: [UInt8]) throws(CephAnswerError) -> JSONValue {
        do {
            return try JSONValue(json: bytes)
        } catch {
            throw CephAnswerError("", expected: "JSON (\(error))")
        }
    }

    private static func elements(_ value: JSONValue?, at place: String) throws(CephAnswerError) -> [Answer] {
        guard let elements = value?.arrayValue else { throw CephAnswerError(place, expected: "a list") }
        var answers: [Answer] = []
        answers.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else {
                throw CephAnswerError("\(place)[\(index)]", expected: "an object")
            }
            answers.append(Answer(object, at: "\(place)[\(index)]"))
        }
        return answers
    }

    private func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// A text that must be there.
    func text(_ key: String) throws(CephAnswerError) -> String {
        guard let text = json[key]?.stringValue else { throw CephAnswerError(path(key), expected: "a text") }
        return text
    }

    /// A text, or nil when it is missing or empty.
    func optionalText(_ key: String) -> String? {
        json[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number that must be there.
    func number<Value: FixedWidthInteger>(_ key: String, _ type: Value.Type = Value.self) throws(CephAnswerError)
        -> Value
    {
        guard let value = json[key]?.integerValue.flatMap({ Value(exactly: $0) }) else {
            throw CephAnswerError(path(key), expected: "a whole number")
        }
        return value
    }

    /// A whole number, or zero when it is missing.
    func numberOrZero<Value: FixedWidthInteger>(_ key: String, _ type: Value.Type = Value.self) throws(CephAnswerError)
        -> Value
    {
        json[key] == nil ? 0 : try number(key)
    }

    /// A size in KiB.
    func kib(_ key: String) throws(CephAnswerError) -> ByteCount {
        .kib(try numberOrZero(key, UInt64.self) & (.max >> 10))
    }

    /// An object that must be there.
    func object(_ key: String) throws(CephAnswerError) -> Answer {
        guard let object = json[key]?.objectValue else { throw CephAnswerError(path(key), expected: "an object") }
        return Answer(object, at: path(key))
    }

    /// A list of objects that must be there.
    func objects(_ key: String) throws(CephAnswerError) -> [Answer] {
        try Self.elements(json[key], at: path(key))
    }

    /// A list of whole numbers that must be there.
    func numbers<Value: FixedWidthInteger>(_ key: String, _ type: Value.Type = Value.self) throws(CephAnswerError)
        -> [Value]
    {
        guard let elements = json[key]?.arrayValue else {
            throw CephAnswerError(path(key), expected: "a list of numbers")
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = element.integerValue.flatMap({ Value(exactly: $0) }) else {
                throw CephAnswerError(path(key), expected: "a list of numbers")
            }
            values.append(value)
        }
        return values
    }

    /// The addresses of a daemon as `v2:10.0.0.1:3300`, from an `addrvec`.
    func addresses(_ key: String) -> [String] {
        (json[key]?["addrvec"]?.arrayValue ?? []).compactMap { address in
            guard let type = address["type"]?.stringValue, let text = address["addr"]?.stringValue else { return nil }
            return "\(type):\(text)"
        }
    }

    /// The pod that a daemon's metadata name.
    var pod: DaemonPod? {
        DaemonPod(
            name: optionalText("pod_name"), namespace: optionalText("pod_namespace"), node: optionalText("node_name"))
    }
}
