import FoundationEssentials
import KubernetesModel

/// One page of a list.
struct ListPage: Equatable, Sendable {
    var items: [JSONObject]
    /// The version that the list shows; a watch goes on from here.
    var version: Int64
    /// The token of the next page.
    var continueToken: String?
    /// How many items follow this page; nil when a selector makes that unknown, as in the real server.
    var remaining: Int?
}

/// Which version of a list is wanted (`resourceVersion` and `resourceVersionMatch`).
enum ListVersion: Equatable, Sendable {
    case newest
    case notOlderThan(Int64)
    case exactly(Int64)
}

extension ResourceStore {
    /// The object of this key.
    /// - Throws: 404 when there is none.
    func get(_ served: ServedKind, _ key: ObjectKey) throws(APIFailure) -> JSONObject {
        guard let object = self[served.kind, key] else { throw .notFound(served, key.name) }
        return object
    }

    /// A page of the objects that `selector` means, in the order of their keys. Pages of one list show one version,
    /// whatever is written between them.
    /// - Throws: 400 for a bad token, 410 when the version is forgotten, 504 when it lies in the future.
    func list(
        _ served: ServedKind, _ selector: Selector, at wanted: ListVersion = .newest, limit: Int = 0,
        continuing token: String? = nil
    ) throws(APIFailure) -> ListPage {
        let start = try token.map(ContinueToken.init(text:))
        let shown = try listVersion(wanted, continuing: start)
        let candidates = shown == version ? all(served.kind) : try past(served.kind, at: shown, start)
        var matching = candidates.filter { selector.matches($0.value) }
        if let start { matching = matching.filter { start.key < $0.key } }
        let sorted = matching.sorted { $0.key < $1.key }
        guard limit > 0, sorted.count > limit else {
            return ListPage(items: sorted.map(\.value), version: shown)
        }
        let page = sorted.prefix(limit)
        let next = ContinueToken(version: shown, key: sorted[limit - 1].key)
        let isCountKnown = selector == Selector(namespace: selector.namespace)
        return ListPage(
            items: page.map(\.value), version: shown, continueToken: next.text,
            remaining: isCountKnown ? sorted.count - limit : nil)
    }

    private func listVersion(_ wanted: ListVersion, continuing token: ContinueToken?) throws(APIFailure) -> Int64 {
        if let token { return token.version }
        switch wanted {
        case .newest: return version
        case .notOlderThan(let least), .exactly(let least):
            guard least <= version else {
                throw APIFailure(
                    504, "Timeout", "Too large resource version: \(least), current: \(version)",
                    details: ["retryAfterSeconds": 1], retryAfter: 1)
            }
            if case .exactly = wanted { return least }
            return version
        }
    }

    private func past(_ kind: ResourceKind, at version: Int64, _ token: ContinueToken?) throws(APIFailure) -> Objects {
        do {
            return try objects(kind, at: version)
        } catch {
            throw token == nil ? error : .expiredContinue()
        }
    }
}

/// Where the next page of a list starts; opaque to clients.
struct ContinueToken: Equatable, Sendable {
    /// The version that the list shows.
    var version: Int64
    /// The last key of the page before.
    var key: ObjectKey

    init(version: Int64, key: ObjectKey) {
        self.version = version
        self.key = key
    }

    init(text: String) throws(APIFailure) {
        guard let data = Data(base64Encoded: text), let json = Self.object(data),
            let version = json["rv"]?.integerValue, let name = json["name"]?.stringValue
        else { throw .badRequest("invalid continue token: it is not one that this server gave") }
        self.init(version: version, key: ObjectKey(namespace: json["namespace"]?.stringValue, name: name))
    }

    private static func object(_ data: Data) -> JSONObject? {
        do { return try JSONObject(json: Array(data)) } catch { return nil }
    }

    var text: String {
        var json: JSONObject = ["rv": .integer(version), "name": .string(key.name)]
        json["namespace"] = key.namespace.map(JSONValue.string)
        return Data(json.encoded()).base64EncodedString()
    }
}
