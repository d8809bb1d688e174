public import KubernetesModel
import NIOHTTP1
public import Vocabulary

extension KubernetesClient {
    /// The method of a raw request.
    public enum Method: String, Hashable, Sendable {
        /// Reads.
        case get = "GET"
        /// Creates.
        case post = "POST"
        /// Replaces.
        case put = "PUT"
        /// Deletes.
        case delete = "DELETE"
    }

    /// Asks for any path, such as `/apis/storage.k8s.io/v1`: discovery, and kinds without a type here.
    ///
    /// - Parameters:
    ///   - path: the path, already escaped, beginning with a slash.
    ///   - query: names and values, not escaped.
    ///   - body: what to send, as JSON.
    /// - Returns: the object that the server answered with.
    /// - Throws: ``KubernetesError``, also when the answer is no JSON object.
    public func request(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [], body: JSONObject? = nil,
        deadline: Deadline
    ) async throws(KubernetesError) -> JSONObject {
        let request = HTTPRequest(
            verb: method.rawValue, resource: path, method: HTTPMethod(rawValue: method.rawValue), path: path,
            query: query, body: body?.encoded())
        return try await object(request, deadline: deadline)
    }

    /// Asks for a path whose answer is plain text, such as `/readyz`.
    ///
    /// - Throws: ``KubernetesError``.
    public func text(_ path: String, deadline: Deadline) async throws(KubernetesError) -> String {
        let request = HTTPRequest(verb: "GET", resource: path, method: .GET, path: path)
        return String(decoding: try await send(request, deadline: deadline).body, as: UTF8.self)
    }

    /// The server's version.
    ///
    /// - Throws: ``KubernetesError``, also when the answer names no version.
    public func serverVersion(deadline: Deadline) async throws(KubernetesError) -> ServerVersion {
        let request = HTTPRequest(verb: "get", resource: "/version", method: .GET, path: "/version")
        let json = try await object(request, deadline: deadline)
        guard let version = ServerVersion(json: json) else {
            throw request.error(.invalidResponse("it names no version"))
        }
        return version
    }
}

/// The version of an API server.
public struct ServerVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The first number.
    public let major: Int
    /// The second number; a trailing `+`, as some providers write, is dropped.
    public let minor: Int
    /// The whole version, such as `v1.30.2-gke.1`.
    public let full: String

    /// A version by its numbers.
    public init(major: Int, minor: Int, full: String? = nil) {
        self.major = major
        self.minor = minor
        self.full = full ?? "v\(major).\(minor)"
    }

    /// Reads the answer of `/version`; nil when it names no numbers.
    public init?(json: JSONObject) {
        func number(_ field: String) -> Int? {
            json[field]?.stringValue.flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
        }
        guard let major = number("major"), let minor = number("minor") else { return nil }
        self.init(major: major, minor: minor, full: json["gitVersion"]?.stringValue)
    }

    /// The whole version.
    public var description: String { full }

    /// By major and minor number.
    public static func < (left: ServerVersion, right: ServerVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
