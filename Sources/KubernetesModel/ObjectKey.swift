/// What names an object of one kind within a cluster at one time: namespace and name.
public struct ObjectKey: Hashable, Comparable, Sendable {
    /// The namespace; nil for kinds that have none.
    public let namespace: String?
    /// The name.
    public let name: String

    /// The key of an object.
    public init(namespace: String? = nil, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// Namespaces first, then names.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
    }
}

extension ObjectKey: CustomStringConvertible {
    /// `namespace/name`, or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }
}

/// What names an object for ever: the API server never gives a UID twice.
public struct ObjectUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The UID as the API writes it; in practice a UUID in lower case.
    public let value: String

    /// A UID.
    public init(_ value: String) {
        self.value = value
    }

    /// The UID itself.
    public var description: String { value }

    /// Namespaces first, then names.
    public static func < (left: ObjectUID, right: ObjectUID) -> Bool {
        left.value < right.value
    }
}
