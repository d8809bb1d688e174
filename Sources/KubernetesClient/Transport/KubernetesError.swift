public import KubernetesModel

/// Why a request to the Kubernetes API failed: what was asked, of which object, how it went, and whether it may have
/// taken effect. It carries no token and no content of an object.
public struct KubernetesError: Error, Hashable, Sendable {
    /// How a request failed.
    public enum Cause: Hashable, Sendable {
        /// The server answered with this HTTP code and, mostly, a `Status`.
        case status(code: Int, Status?)
        /// The deadline passed.
        case timedOut
        /// No connection came about: nothing was sent.
        case unreachable(String)
        /// The connection ended before the answer was complete.
        case disconnected(String)
        /// The answer was no JSON object of the kind asked for, or too large.
        case invalidResponse(String)
        /// No credentials could be had.
        case credentials(String)
        /// The task was cancelled.
        case cancelled
        /// The client has been shut down.
        case shutDown
    }

    /// Whether a request took effect.
    public enum Outcome: Hashable, Sendable {
        /// It surely did not, or it was a read.
        case notApplied
        /// It may have: look before trying again.
        case unknown
    }

    /// How it failed.
    public var cause: Cause
    /// The verb: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, or the HTTP method of a raw request.
    public var operation: String
    /// The kind and the key, such as `persistentvolumes pvc-1`, or the path of a raw request.
    public var resource: String
    /// Whether the request took effect.
    public var outcome: Outcome
    /// After how long the server wants to be asked again (`Retry-After`).
    public var retryAfter: Duration?

    /// An error about a request.
    public init(
        _ cause: Cause, operation: String, resource: String, outcome: Outcome = .notApplied,
        retryAfter: Duration? = nil
    ) {
        self.cause = cause
        self.operation = operation
        self.resource = resource
        self.outcome = outcome
        self.retryAfter = retryAfter
    }
}

extension KubernetesError {
    /// The HTTP code; nil when the server did not answer.
    public var httpCode: Int? {
        if case .status(let code, _) = cause { return code }
        return nil
    }

    /// The server's `Status`; nil when it sent none.
    public var status: Status? {
        if case .status(_, let status) = cause { return status }
        return nil
    }

    /// The reason that programs may match, such as `AlreadyExists`.
    public var reason: String? { status?.reason }

    /// Whether there is no such object (404).
    public var isNotFound: Bool { httpCode == 404 }
    /// Whether an object of that name is there already (409 `AlreadyExists`).
    public var isAlreadyExists: Bool { httpCode == 409 && reason == "AlreadyExists" }
    /// Whether the object has changed since it was read, or a precondition failed (409 otherwise).
    public var isConflict: Bool { httpCode == 409 && reason != "AlreadyExists" }
    /// Whether a version or a continue token is too old (410).
    public var isGone: Bool { httpCode == 410 }
    /// Whether the server asks for fewer requests (429).
    public var isThrottled: Bool { httpCode == 429 }
    /// Whether the caller may not do this (403).
    public var isForbidden: Bool { httpCode == 403 }
    /// Whether the server does not know the caller (401).
    public var isUnauthorized: Bool { httpCode == 401 }
    /// Whether the server refuses the object as it is (422, 400): trying again cannot help.
    public var isInvalid: Bool { httpCode == 422 || httpCode == 400 }
    /// Whether the task was cancelled.
    public var isCancelled: Bool { cause == .cancelled }

    /// Whether the connection ended before the answer was complete.
    public var isDisconnected: Bool {
        if case .disconnected = cause { return true }
        return false
    }

    /// Whether the same request may succeed later. A mutation of unknown outcome is retriable too: after a look.
    public var isRetriable: Bool {
        switch cause {
        case .status(let code, _): code == 429 || code >= 500 || code == 408 || code == 401
        case .timedOut, .unreachable, .disconnected, .credentials: true
        case .invalidResponse, .cancelled, .shutDown: false
        }
    }
}

extension KubernetesError: CustomStringConvertible {
    /// What was asked, of which object, how it failed, and whether it may have taken effect.
    public var description: String {
        let unknown = outcome == .unknown ? "; it may have taken effect" : ""
        return "\(operation) \(resource): \(explanation)\(unknown)"
    }

    private var explanation: String {
        switch cause {
        case .status(let code, let status):
            let message = status?.message.map { ": \($0)" } ?? ""
            let advice =
                code == 403 && status?.message == nil
                ? "; check the service account's role" : code == 401 ? "; check the credentials" : ""
            return "the API server answered \(code)\(status?.reason.map { " \($0)" } ?? "")\(message)\(advice)"
        case .timedOut: return "no answer before the deadline"
        case .unreachable(let why): return "the API server cannot be reached: \(why)"
        case .disconnected(let why): return "the connection was lost: \(why)"
        case .invalidResponse(let why): return "the answer cannot be used: \(why)"
        case .credentials(let why): return "no credentials: \(why)"
        case .cancelled: return "cancelled"
        case .shutDown: return "the client has been shut down"
        }
    }
}
