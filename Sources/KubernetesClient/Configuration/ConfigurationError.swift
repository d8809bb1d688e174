/// Why the configuration for the Kubernetes API cannot be used: which file, which context, which field, and what is
/// wrong there. It never quotes a secret.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// The file at fault; nil when no file is.
    public var file: String?
    /// The context that was being read; nil before one was chosen.
    public var context: String?
    /// The field at fault, such as `users[admin].user.client-certificate`.
    public var field: String?
    /// What is wrong and what to do.
    public var problem: String

    /// An error about a place in the configuration.
    public init(file: String? = nil, context: String? = nil, field: String? = nil, problem: String) {
        self.file = file
        self.context = context
        self.field = field
        self.problem = problem
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// File, context, field and problem, as far as they are known.
    public var description: String {
        var place: [String] = []
        if let file { place.append(file) }
        if let context { place.append("context \"\(context)\"") }
        if let field { place.append(field) }
        return place.isEmpty ? problem : "\(place.joined(separator: ", ")): \(problem)"
    }
}
