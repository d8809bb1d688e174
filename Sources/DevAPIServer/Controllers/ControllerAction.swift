import KubernetesModel

/// What the embedded controllers want done.
enum ControllerAction: Equatable, Sendable {
    /// A merge patch of an object, or of its status.
    case merge(ResourceKind, ObjectKey, JSONObject, isStatus: Bool)
    /// A DELETE.
    case delete(ResourceKind, ObjectKey)
    /// The end of an empty namespace.
    case finalizeNamespace(String)
    /// An event about an object.
    case event(about: JSONObject, warning: Bool, reason: String, message: String)
}

extension ResourceStore {
    /// Does what a controller wants.
    /// - Throws: the store's refusal; the controllers are level-based, so the next change brings another chance.
    mutating func perform(_ action: ControllerAction, now: Timestamp) throws(APIFailure) {
        switch action {
        case .merge(let kind, let key, let patch, let isStatus):
            _ = try modify(ServedKind.of(kind), key, options: WriteOptions(isStatus: isStatus)) { old in
                old.merging(patch: patch)
            }
        case .delete(let kind, let key):
            _ = try delete(ServedKind.of(kind), key, now: now)
        case .finalizeNamespace(let name):
            try finalizeNamespace(name)
        case .event(let object, let warning, let reason, let message):
            let event = Self.event(
                about: object, warning: warning, reason: reason, message: message, version: version, now: now)
            _ = try create(
                ServedKind.of(Event.kind), namespace: event["metadata", "namespace"]?.stringValue, event, now: now)
        }
    }

    private static func event(
        about object: JSONObject, warning: Bool, reason: String, message: String, version: Int64, now: Timestamp
    ) -> JSONObject {
        let metadata = ObjectMeta(json: object["metadata"]?.objectValue ?? JSONObject())
        var involved: JSONObject = [
            "apiVersion": object["apiVersion"] ?? "v1", "kind": object["kind"] ?? "", "name": .string(metadata.name),
        ]
        involved["namespace"] = metadata.namespace.map(JSONValue.string)
        involved["uid"] = metadata.uid.map { .string($0.value) }
        involved["resourceVersion"] = metadata.resourceVersion.map(JSONValue.string)
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": .string("\(metadata.name).\(String(now.microseconds, radix: 16))\(version)"),
                "namespace": .string(metadata.namespace ?? "default"),
            ],
            "involvedObject": .object(involved), "reason": .string(reason), "message": .string(message),
            "type": warning ? "Warning" : "Normal", "count": 1,
            "source": ["component": "persistentvolume-controller"],
            "firstTimestamp": .string(now.rfc3339), "lastTimestamp": .string(now.rfc3339),
        ]
    }
}
