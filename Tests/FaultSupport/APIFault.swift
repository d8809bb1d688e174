/// What happens to a request on its way to the API server, or to the answer on its way back.
public enum APIFault: Sendable {
    /// The server is not asked; the client gets this status instead, with the seconds after which it may ask again.
    case answer(status: Int, reason: String, retryAfter: Int? = nil)
    /// The connection is closed, and the server is not asked.
    case dropRequest
    /// The server does what is asked, and the connection is closed without a byte of its answer.
    case dropAnswer
    /// The request arrives late.
    case delayRequest(Duration)
    /// The answer is begun late.
    case delayAnswer(Duration)
    /// The answer is cut off after so many of its parts; a watch sends about one for each event.
    case cut(afterParts: Int)
    /// Each part of the answer arrives late by this.
    case slow(Duration)
    /// Something is done first, and then the connection is closed; the server is not asked.
    case before(@Sendable () async throws -> Void)
    /// The server does what is asked, then something is done, and the connection is closed without a byte of the answer.
    case after(@Sendable () async throws -> Void)
}

/// A request as a script sees it.
public struct APIRequest: Hashable, Sendable, CustomStringConvertible {
    /// `GET`, `POST`, ...
    public var method: String
    /// The path without the query.
    public var path: String
    /// The query as it stands in the request.
    public var query: String
    /// The how manieth request this is, from 1.
    public var number: Int

    /// Whether it asks for a stream of changes.
    public var isWatch: Bool { query.contains("watch=true") || query.contains("watch=1") }
    /// Whether it changes something.
    public var isWrite: Bool { method != "GET" }
    /// Whether it is about a Lease.
    public var isLease: Bool { path.contains("/leases") }

    /// The request in one line.
    public var description: String { "\(number) \(method) \(path)\(isWatch ? " (watch)" : "")" }
}
