import KubernetesModel

/// A refusal, as the `Status` object that a client gets. Messages are those that real servers send, since clients and
/// people search for them.
struct APIFailure: Error, Equatable {
    /// The answer. Its code is the HTTP code too.
    var status: Status
    /// The `Retry-After` header, in seconds.
    var retryAfter: Int?

    var code: Int { status.code ?? 500 }

    init(_ code: Int, _ reason: String, _ message: String, details: JSONObject? = nil, retryAfter: Int? = nil) {
        status = Status(code: code, reason: reason, message: message, details: details)
        if reason.isEmpty { status.json["reason"] = nil }
        self.retryAfter = retryAfter
    }
}

extension APIFailure {
    private static func details(_ served: ServedKind, name: String, usesKind: Bool = false) -> JSONObject {
        var details: JSONObject = ["kind": .string(usesKind ? served.kind.kind : served.kind.plural)]
        if !name.isEmpty { details["name"] = .string(name) }
        if !served.kind.group.isEmpty { details["group"] = .string(served.kind.group) }
        return details
    }

    static func notFound(_ served: ServedKind, _ name: String) -> APIFailure {
        APIFailure(
            404, "NotFound", "\(served.qualifiedPlural) \"\(name)\" not found", details: details(served, name: name))
    }

    static func noSuchResource() -> APIFailure {
        APIFailure(404, "NotFound", "the server could not find the requested resource", details: [:])
    }

    static func alreadyExists(_ served: ServedKind, _ name: String) -> APIFailure {
        APIFailure(
            409, "AlreadyExists", "\(served.qualifiedPlural) \"\(name)\" already exists",
            details: details(served, name: name))
    }

    static func conflict(_ served: ServedKind, _ name: String) -> APIFailure {
        APIFailure(
            409, "Conflict",
            "Operation cannot be fulfilled on \(served.qualifiedPlural) \"\(name)\": the object has been modified; "
                + "please apply your changes to the latest version and try again",
            details: details(served, name: name))
    }

    static func precondition(_ served: ServedKind, _ name: String, _ field: String, given: String, found: String)
        -> APIFailure
    {
        let consequence =
            field == "UID"
            ? "The object might have been deleted and then recreated" : "The object might have been modified"
        return APIFailure(
            409, "Conflict",
            "Operation cannot be fulfilled on \(served.qualifiedKind) \"\(name)\": the \(field) in the precondition "
                + "(\(given)) does not match the \(field) in record (\(found)). \(consequence)",
            details: details(served, name: name, usesKind: true))
    }

    static func badRequest(_ message: String) -> APIFailure {
        APIFailure(400, "BadRequest", message)
    }

    static func methodNotAllowed() -> APIFailure {
        APIFailure(
            405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details: [:])
    }

    static func unsupportedMediaType(_ message: String) -> APIFailure {
        APIFailure(415, "UnsupportedMediaType", message)
    }

    /// An invalid object; `errors` has at least one element. What the real server's store finds, rather than its
    /// validation, is told of the resource instead of the kind.
    static func invalid(
        _ served: ServedKind, _ name: String, _ errors: [FieldError], byResource: Bool = false
    ) -> APIFailure {
        var details = details(served, name: name, usesKind: !byResource)
        details["causes"] = .array(errors.map(\.cause))
        let list = errors.map { "\($0.field): \($0.text)" }
        let text = list.count == 1 ? list[0] : "[\(list.joined(separator: ", "))]"
        return APIFailure(
            422, "Invalid",
            "\(byResource ? served.qualifiedPlural : served.qualifiedKind) \"\(name)\" is invalid: \(text)",
            details: details)
    }

    static func expired(_ version: Int64, oldest: Int64) -> APIFailure {
        APIFailure(410, "Expired", "too old resource version: \(version) (\(oldest))")
    }

    static func expiredContinue() -> APIFailure {
        APIFailure(
            410, "Expired",
            "The provided continue parameter is too old to display a consistent list result. "
                + "You must start a new list without the continue parameter.")
    }
}

/// A field at fault.
struct FieldError: Equatable, Sendable {
    /// Why; the raw values are the reasons in a Status.
    enum Reason: String, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case forbidden = "FieldValueForbidden"
        case notSupported = "FieldValueNotSupported"
    }

    var field: String
    var reason: Reason
    var text: String

    static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(
            field: field, reason: .required, text: detail.isEmpty ? "Required value" : "Required value: \(detail)")
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(field: field, reason: .forbidden, text: "Forbidden: \(detail)")
    }

    static func invalid(_ field: String, _ value: JSONValue?, _ detail: String) -> FieldError {
        FieldError(field: field, reason: .invalid, text: "Invalid value: \(value ?? .null): \(detail)")
    }

    static func notSupported(_ field: String, _ value: JSONValue?, _ supported: [String]) -> FieldError {
        let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        return FieldError(
            field: field, reason: .notSupported,
            text: "Unsupported value: \(value ?? .null): supported values: \(list)")
    }

    var cause: JSONValue {
        ["reason": .string(reason.rawValue), "message": .string(text), "field": .string(field)]
    }
}
