/// Which objects of a kind to list or watch.
public struct Selection: Hashable, Sendable {
    /// The namespace; nil for all of them.
    public var namespace: String?
    /// A label selector, such as `app=web,tier!=cache`.
    public var labels: String?
    /// A field selector, such as `metadata.name=x`.
    public var fields: String?

    /// A selection; without arguments it is everything.
    public init(namespace: String? = nil, labels: String? = nil, fields: String? = nil) {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    /// Every object of the kind.
    public static let all = Selection()

    var query: [(name: String, value: String)] {
        [("labelSelector", labels), ("fieldSelector", fields)].compactMap { name, value in
            value.map { (name, $0) }
        }
    }
}
