import ArgumentParser

/// Reads one of the cases of a type that belongs to another module, by its name.
///
/// - Throws: `ValidationError` that names the cases.
func choice<Choice: RawRepresentable & CaseIterable>(_ text: String) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
        throw ValidationError("\"\(text)\" is none of \(names(of: Choice.self).joined(separator: ", "))")
    }
    return choice
}

/// The names of all cases, for completion and messages.
func names<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) -> [String] where Choice.RawValue == String {
    type.allCases.map(\.rawValue)
}
