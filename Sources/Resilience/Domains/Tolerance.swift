/// How much a pool or a cluster is meant to lose without harm: `1 host`, `2 hosts`, `1 datacenter + 1 host`.
public struct Tolerance: Hashable, Sendable, CustomStringConvertible {
    /// Some domains of one type.
    public struct Part: Hashable, Sendable {
        /// How many, from 1.
        public var count: Int
        /// The type: `host`.
        public var type: String

        /// Some domains of one type.
        public init(_ count: Int, _ type: String) {
            self.count = count
            self.type = type
        }
    }

    /// What is lost together, in the order in which it was written.
    public var parts: [Part]

    /// A tolerance of these parts.
    public init(_ parts: [Part]) {
        self.parts = parts
    }

    /// One host: what every production pool is meant to stand.
    public static let oneHost = Tolerance([Part(1, "host")])

    /// The tolerance that a text names; nil unless it is `<count> <type>`, several with `+`. A plural `s` is dropped.
    public init?(_ text: String) {
        var parts: [Part] = []
        for piece in text.split(separator: "+", omittingEmptySubsequences: false) {
            let words = piece.split(separator: " ")
            guard words.count == 2, let count = Int(words[0]), count > 0 else { return nil }
            let isPlural = count > 1 && words[1].hasSuffix("s") && words[1].count > 1
            parts.append(Part(count, String(isPlural ? words[1].dropLast() : words[1])))
        }
        self.init(parts)
    }

    /// `1 datacenter + 1 host`.
    public var description: String {
        parts.map { "\($0.count) \($0.type)\($0.count == 1 ? "" : "s")" }.joined(separator: " + ")
    }
}
