import KubernetesModel
import Yams

/// YAML as kubectl reads it: block style, keys sorted, and quotes around every text that some reader of YAML could take
/// for something else.
enum YAMLText {
    /// One document, ended by a newline, without a marker before it.
    static func document(_ value: JSONValue) throws -> String {
        try Yams.serialize(node: node(of: value), indent: 2, width: -1, allowUnicode: true)
    }

    private static func node(of value: JSONValue) -> Yams.Node {
        switch value {
        case .null: Yams.Node("null")
        case .bool(let flag): Yams.Node(flag ? "true" : "false")
        case .integer(let integer): Yams.Node(String(integer))
        case .number(let number): Yams.Node(String(number))
        case .string(let text): text.isPlainInYAML ? Yams.Node(text) : Yams.Node(text, Tag(.str), .doubleQuoted)
        case .array(let elements): Yams.Node(elements.map(node(of:)))
        case .object(let object):
            Yams.Node(object.map { (node(of: .string($0.key)), node(of: $0.value)) })
        }
    }
}

extension String {
    /// Whether every reader takes the text for a text without quotes. Go's also takes `y` and `n` for truth values.
    fileprivate var isPlainInYAML: Bool {
        !["y", "Y", "n", "N"].contains(self) && Resolver.default.resolveTag(of: Yams.Node(self)) == .str
    }
}
