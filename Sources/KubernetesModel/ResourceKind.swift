/// A kind of object and where the API serves it.
public struct ResourceKind: Hashable, Sendable {
    /// The API group; empty for the core group.
    public let group: String
    /// The version inside the group, such as `v1`.
    public let version: String
    /// The kind in manifests, such as `PersistentVolumeClaim`.
    public let kind: String
    /// The resource in paths, such as `persistentvolumeclaims`.
    public let plural: String
    /// Whether objects live in namespaces.
    public let isNamespaced: Bool

    /// A kind of object.
    public init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// `apiVersion` as manifests carry it: `v1` for the core group, else `group/version`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of the collection: of one namespace, or of all of them with nil.
    public func collectionPath(namespace: String? = nil) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        guard isNamespaced, let namespace else { return "\(root)/\(plural)" }
        return "\(root)/namespaces/\(Self.escaped(namespace))/\(plural)"
    }

    /// The path of an object, or of one of its subresources such as `status`.
    public func path(_ key: ObjectKey, subresource: String? = nil) -> String {
        let path = "\(collectionPath(namespace: key.namespace))/\(Self.escaped(key.name))"
        return subresource.map { "\(path)/\(Self.escaped($0))" } ?? path
    }

    /// A path segment that no name can leave: dots alone would, so they are escaped too.
    private static func escaped(_ segment: String) -> String {
        segment == "." || segment == ".."
            ? segment.replacing(".", with: "%2E") : PercentEncoding.encoded(segment)
    }
}

extension ResourceKind: CustomStringConvertible {
    /// `persistentvolumes`, or `leases.coordination.k8s.io` outside the core group: kubectl's spelling.
    public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
