/// A JSON value. Integers that fit into 64 bits stay exact; everything else with a number's spelling is a `Double`.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits into 64 bits, kept exactly.
    case integer(Int64)
    /// Any other number. Values that are not finite have no spelling in JSON and are written as `null`.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

extension JSONValue {
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The text of a string, else nil.
    public var stringValue: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The value of a boolean, else nil.
    public var boolValue: Bool? {
        if case .bool(let flag) = self { return flag }
        return nil
    }

    /// The value of an integer, else nil. A `number` is never converted.
    public var integerValue: Int64? {
        if case .integer(let integer) = self { return integer }
        return nil
    }

    /// The value of any number as a `Double`, else nil.
    public var doubleValue: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The elements of an array, else nil.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members of an object, else nil.
    public var objectValue: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    /// The strings of an array; elements of another type are left out. Nil when this is no array.
    public var stringsValue: [String]? {
        arrayValue.map { $0.compactMap(\.stringValue) }
    }

    /// A member of an object; nil when there is none and when this is no object.
    public subscript(key: String) -> JSONValue? {
        objectValue?[key]
    }

    /// An element of an array; nil when out of range and when this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

// No nil literal: `object[key] = flag ? nil : value` would write a null where removal is meant.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// `true` or `false`.
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
    /// An integer, kept exactly.
    public init(integerLiteral integer: Int64) { self = .integer(integer) }
    /// A number with a fraction.
    public init(floatLiteral number: Double) { self = .number(number) }
    /// A string.
    public init(stringLiteral text: String) { self = .string(text) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of a key named twice the last value stays.
    public init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}
