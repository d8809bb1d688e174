/// Why bytes are not the map that they were said to be: where, in which field, and what is wrong there.
///
/// A map that fails was cut short, altered on the way, or is not a map at all. The remedy is to fetch it again.
public struct DecodingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The bytes end before the field does.
        case truncated(needed: Int, left: Int)
        /// A count promises more elements than the bytes that are left can hold.
        case impossibleCount(UInt64, left: Int)
        /// A structure demands a newer reader.
        case tooNew(compat: UInt8, known: UInt8)
        /// A text is not UTF-8.
        case notUTF8
        /// The checksum in the map is not that of its bytes: they were altered on the way.
        case checksum(stored: UInt32, computed: UInt32)
        /// A value breaks a rule of the format; the text says which.
        case invalid(String)
    }

    /// The byte at which the field begins, counted from the start of the whole input.
    public var offset: Int
    /// The field, from the outside in, such as `buckets[3].items`.
    public var path: String
    /// What is wrong with it.
    public var reason: Reason

    /// A failure of these parts.
    public init(offset: Int, path: String, reason: Reason) {
        self.offset = offset
        self.path = path
        self.reason = reason
    }

    /// One sentence with the offset, the field and the reason.
    public var description: String {
        "byte \(offset): \(path): \(reason)"
    }

    /// The same failure, seen from a structure that holds the field.
    func inside(_ outer: String) -> DecodingFailure {
        let joined = path.isEmpty || path.hasPrefix("[") ? outer + path : outer + "." + path
        return DecodingFailure(offset: offset, path: joined, reason: reason)
    }
}

extension DecodingFailure.Reason: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .truncated(let needed, let left):
            "the input ends here: \(needed) bytes are needed, \(left) are left"
        case .impossibleCount(let count, let left):
            "\(count) elements cannot fit into the \(left) bytes that are left"
        case .tooNew(let compat, let known):
            "needs a reader of version \(compat), this one knows \(known); upgrade holdfast"
        case .notUTF8:
            "the text is not UTF-8"
        case .checksum(let stored, let computed):
            "the map says \(stored), its bytes give \(computed): they were altered; fetch the map again"
        case .invalid(let why):
            why
        }
    }
}
