import KubernetesModel
import NIOHTTP1
import Vocabulary

/// One request to the API, before it is given an address and credentials.
struct HTTPRequest: Sendable {
    /// The verb for messages and metrics: `get`, `list`, `create` and so on.
    var verb: String
    /// What the request is about, for messages.
    var resource: String
    var method: HTTPMethod
    var path: String
    var query: [(name: String, value: String)] = []
    var contentType = "application/json"
    var body: [UInt8]?

    /// Whether the request may change something.
    var isMutation: Bool { method != .GET && method != .HEAD }

    /// The query as it stands in a URL.
    var queryString: String {
        query.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
    }

    /// An error about this request. Reads are never of unknown outcome.
    func error(
        _ cause: KubernetesError.Cause, outcome: KubernetesError.Outcome = .notApplied, retryAfter: Duration? = nil
    ) -> KubernetesError {
        KubernetesError(
            cause, operation: verb, resource: resource, outcome: isMutation ? outcome : .notApplied,
            retryAfter: retryAfter)
    }

    /// The error that an answer with a code of 400 or more stands for.
    func error(code: Int, body: [UInt8], retryAfterHeader: String?) -> KubernetesError {
        let status: Status?
        do {
            status = Status(ifStatus: try JSONObject(json: body))
        } catch {
            status = nil  // proxies answer in HTML: the code alone has to tell
        }
        let seconds = retryAfterHeader.flatMap(Int64.init) ?? status?.retryAfterSeconds
        // After a 5xx nobody knows, but for one that asks to come again: that was turned away at the door.
        let isUnknown = code >= 500 && seconds == nil
        return error(
            .status(code: code, status), outcome: isUnknown ? .unknown : .notApplied,
            retryAfter: seconds.map { .seconds(max(0, min($0, 3600))) })
    }
}
