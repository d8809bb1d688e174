/// Why a text is not the `ceph osd dump -f json` that it was said to be: which field, and what is wrong with it.
public struct DumpFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field, from the outside in, such as `pools[3].pg_num`; empty for the text as a whole.
    public var path: String
    /// What is wrong with it, and what was expected.
    public var reason: String

    /// A failure of these parts.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// One sentence with the field and the reason.
    public var description: String {
        path.isEmpty ? reason : "\(path): \(reason)"
    }
}

extension DumpFailure {
    /// The failure that JSON's decoder reports.
    init(_ error: DecodingError) {
        let context: DecodingError.Context? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context
            case .keyNotFound(_, let context): context
            @unknown default: nil
            }
        let path = (context?.codingPath ?? []).map { key in
            key.intValue.map { "[\($0)]" } ?? "." + key.stringValue
        }
        self.init(path: String(path.joined().drop { $0 == "." }), reason: context?.debugDescription ?? "not readable")
    }
}
