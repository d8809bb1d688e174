/// What the API server answers in place of an object (`metav1.Status`): why a request failed, or how a delete went.
public struct Status: Hashable, Sendable {
    /// The answer as the API carries it.
    public var json: JSONObject

    /// A status with this content.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The status that an object is; nil for an object of another kind.
    public init?(ifStatus object: JSONObject) {
        guard object["kind"]?.stringValue == "Status", object["apiVersion"]?.stringValue == "v1" else { return nil }
        json = object
    }

    /// A failure, as an API server would report it.
    public init(code: Int, reason: String, message: String, details: JSONObject? = nil) {
        json = [
            "apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Failure",
            "code": .integer(Int64(code)), "reason": .string(reason), "message": .string(message),
        ]
        json["details"] = details.map(JSONValue.object)
    }

    /// The HTTP code.
    public var code: Int? { json["code"]?.integerValue.flatMap { Int(exactly: $0) } }

    /// The reason that programs may match, such as `AlreadyExists`, `Conflict`, `Expired`.
    public var reason: String? { json["reason"]?.stringValue }

    /// The text for people.
    public var message: String? { json["message"]?.stringValue }

    /// After how many seconds the request may be tried again, where the server says so.
    public var retryAfterSeconds: Int64? { json["details", "retryAfterSeconds"]?.integerValue }

    /// The fields at fault.
    public var causes: [Cause] {
        (json["details", "causes"]?.arrayValue ?? []).map { cause in
            Cause(
                field: cause["field"]?.stringValue, reason: cause["reason"]?.stringValue,
                message: cause["message"]?.stringValue)
        }
    }

    /// One field at fault (`metav1.StatusCause`).
    public struct Cause: Hashable, Sendable {
        /// The path of the field.
        public let field: String?
        /// The reason that programs may match, such as `FieldValueInvalid`.
        public let reason: String?
        /// The text for people.
        public let message: String?
    }
}
