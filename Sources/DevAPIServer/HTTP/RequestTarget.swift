import KubernetesModel

/// A request's path and query, decoded.
struct RequestTarget: Equatable, Sendable {
    /// The segments of the path, percent-decoded.
    var segments: [String]
    /// The query's parameters; of a name given twice the first value counts.
    var query: [String: String]

    /// Reads what stands in a request line. Nil when an escape is broken.
    init?(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        segments = []
        for segment in parts[0].split(separator: "/") {
            guard let text = Self.decoded(segment, plusIsSpace: false) else { return nil }
            segments.append(text)
        }
        query = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(sides[0], plusIsSpace: true),
                let value = Self.decoded(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            if query[name] == nil { query[name] = value }
        }
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(Substring(rest.prefix(2)), radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// A request for resources.
struct ResourceRequest: Equatable, Sendable {
    /// What is to be done; the raw values are RBAC's verbs.
    enum Verb: String, Sendable {
        case get, list, watch, create, update, patch, delete, deletecollection
    }

    var verb: Verb
    var served: ServedKind
    /// Nil for kinds without namespaces, and for all namespaces.
    var namespace: String?
    /// Nil for collections.
    var name: String?
    /// `status` or `finalize`.
    var subresource: String?
    var query: [String: String] = [:]

    /// The resource as RBAC names it: `persistentvolumeclaims/status`.
    var resourceName: String { subresource.map { "\(served.kind.plural)/\($0)" } ?? served.kind.plural }

    /// The key of the object that the request names.
    var key: ObjectKey? { name.map { ObjectKey(namespace: namespace, name: $0) } }

    /// Reads a path below `/api` or `/apis`. Nil when it names no resource.
    /// - Throws: 404 for a resource that is not served, 405 for a method that it does not have.
    init?(_ target: RequestTarget, method: String) throws(APIFailure) {
        var rest = target.segments[...]
        guard let root = rest.popFirst(), root == "api" || root == "apis" else { return nil }
        guard root == "api" || rest.count > 1 else { return nil }
        let group = root == "api" ? "" : rest.removeFirst()
        guard let version = rest.popFirst(), !rest.isEmpty else { return nil }
        if rest.first == "namespaces", rest.count > 2, !["status", "finalize"].contains(rest[rest.startIndex + 2]) {
            namespace = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard rest.count <= 3, let plural = rest.popFirst(),
            let served = ServedKind.find(group: group, version: version, plural: plural),
            namespace == nil || served.kind.isNamespaced
        else { throw .noSuchResource() }
        self.served = served
        name = rest.popFirst()
        subresource = rest.popFirst()
        query = target.query
        verb = try Self.verb(method, hasName: name != nil, isWatch: Self.flag(query["watch"]))
        try checkShape()
    }

    private static func verb(_ method: String, hasName: Bool, isWatch: Bool) throws(APIFailure) -> Verb {
        switch (method, hasName) {
        case ("GET", true), ("HEAD", true): return .get
        case ("GET", false), ("HEAD", false): return isWatch ? .watch : .list
        case ("POST", false): return .create
        case ("PUT", true): return .update
        case ("PATCH", true): return .patch
        case ("DELETE", true): return .delete
        case ("DELETE", false): return .deletecollection
        default: throw .methodNotAllowed()
        }
    }

    private func checkShape() throws(APIFailure) {
        if served.kind.isNamespaced, namespace == nil, verb != .list, verb != .watch {
            throw name == nil ? .methodNotAllowed() : .noSuchResource()
        }
        switch subresource {
        case nil: break
        case "status" where served.hasStatus && [.get, .update, .patch].contains(verb): break
        case "finalize" where served.kind == Namespace.kind && verb == .update: break
        default: throw .noSuchResource()
        }
    }

    /// A boolean of a query as Go reads it; a name without a value counts as true.
    static func flag(_ value: String?) -> Bool {
        guard let value else { return false }
        return ["", "1", "t", "T", "true", "TRUE", "True"].contains(value)
    }

    /// Whether nothing is to be changed.
    var isDryRun: Bool { query["dryRun"] == "All" }

    /// A whole number of the query.
    /// - Throws: 400 in Go's words when it is none.
    func number(_ name: String) throws(APIFailure) -> Int64? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let number = Int64(text) else {
            throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        return number
    }

    /// What the query selects.
    func selector() throws(APIFailure) -> Selector {
        try Selector(
            namespace: namespace, labels: query["labelSelector"] ?? "", fields: query["fieldSelector"] ?? "",
            served: served)
    }
}
