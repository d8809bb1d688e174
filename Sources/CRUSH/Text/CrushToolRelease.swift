/// The releases of `crushtool` whose text and bytes can be reproduced.
public enum CrushToolRelease: Int, Hashable, Sendable, CaseIterable {
    /// Three decimals; rules have sizes.
    case pacific = 16
    /// Five decimals; rules have no sizes any more.
    case reef = 18
    /// As reef, and knows multi-step retry rules.
    case tentacle = 20

    /// How many decimals it prints a weight with.
    var decimals: Int { self == .pacific ? 3 : 5 }
}

/// How a map is written as text.
public enum CrushTextForm: Hashable, Sendable {
    /// Every number exact: more decimals than crushtool prints where it takes them, and in comments that begin with
    /// `#@` what crushtool's language cannot say. crushtool reads it too, and passes over the comments.
    case exact
    /// Byte for byte what `crushtool -d` of a release prints.
    case crushtool(CrushToolRelease)
}

/// Why a map cannot be written as text.
public struct DecompilationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, with the bucket or the rule, in words.
    public var description: String
}

/// Why a text is no CRUSH map: where, and what is wrong there.
public struct CompilationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// The column in bytes, from 1.
    public var column: Int
    /// What is wrong, with what was expected.
    public var message: String

    /// A failure of these parts.
    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// `line:column: message`, to be put after a file's name and a colon.
    public var description: String { "\(line):\(column): \(message)" }
}
