/// A report about an object, shown by `kubectl describe` (`core/v1 Event`).
public struct Event: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Event", plural: "events", isNamespaced: true)

    /// How an event is to be read.
    public enum Severity: String, Hashable, Sendable {
        /// All is well.
        case normal = "Normal"
        /// Somebody should look.
        case warning = "Warning"
    }

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// What the event is about.
    public var involvedObject: ObjectReference? {
        get { json["involvedObject"]?.objectValue.map(ObjectReference.init(json:)) }
        set { json["involvedObject"] = newValue.map { .object($0.json) } }
    }

    /// `Normal` or `Warning`; nil for another type.
    public var severity: Severity? {
        get { json["type"]?.stringValue.flatMap(Severity.init(rawValue:)) }
        set { json["type"] = newValue.map { .string($0.rawValue) } }
    }

    /// One word in upper camel case that programs may match, such as `ProvisioningFailed`.
    public var reason: String {
        get { json["reason"]?.stringValue ?? "" }
        set { json["reason"] = .string(newValue) }
    }

    /// The text for people, at most 1,024 bytes.
    public var message: String {
        get { json["message"]?.stringValue ?? "" }
        set { json["message"] = .string(newValue) }
    }

    /// How often the same was reported.
    public var count: Int64 {
        get { json["count"]?.integerValue ?? 1 }
        set { json["count"] = .integer(newValue) }
    }

    /// When it was reported first.
    public var firstTimestamp: Timestamp? {
        get { json["firstTimestamp"]?.stringValue.flatMap(Timestamp.init) }
        set { json["firstTimestamp"] = newValue.map { .string($0.rfc3339) } }
    }

    /// When it was reported last.
    public var lastTimestamp: Timestamp? {
        get { json["lastTimestamp"]?.stringValue.flatMap(Timestamp.init) }
        set { json["lastTimestamp"] = newValue.map { .string($0.rfc3339) } }
    }

    /// The program that reports.
    public var sourceComponent: String? {
        get { json["source", "component"]?.stringValue }
        set { json["source", "component"] = newValue.map(JSONValue.string) }
    }

    /// The machine or pod that reports.
    public var sourceHost: String? {
        get { json["source", "host"]?.stringValue }
        set { json["source", "host"] = newValue.map(JSONValue.string) }
    }
}
