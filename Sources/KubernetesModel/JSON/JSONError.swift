/// Why bytes are not JSON, and where. It never quotes the input, which may hold secrets.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: String, Hashable, Sendable {
        /// Bytes end inside a value.
        case endOfInput = "the input ends too early"
        /// A byte that no value starts with, or punctuation in the wrong place.
        case unexpectedByte = "this byte cannot stand here"
        /// Something follows the value.
        case trailingBytes = "something follows the value"
        /// A number that JSON's grammar does not know.
        case invalidNumber = "this is no number"
        /// A number that a Double cannot hold.
        case numberOutOfRange = "this number is out of range"
        /// A control character inside a string, or an escape that does not exist.
        case invalidString = "this string has a control character or an unknown escape"
        /// Bytes inside a string that are no UTF-8, or half of a surrogate pair.
        case invalidUnicode = "this string is not valid Unicode"
        /// Arrays and objects nested deeper than ``JSONValue/maximumDepth``.
        case tooDeep = "arrays and objects are nested too deep"
        /// A value, but not the object that was asked for.
        case notAnObject = "this is not an object"
    }

    /// What is wrong.
    public var reason: Reason
    /// The byte at which it was noticed, counted from 0.
    public var offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// What is wrong and at which byte; never the input itself.
    public var description: String { "not JSON at byte \(offset): \(reason.rawValue)" }
}
