public import KubernetesModel

/// A change to an object.
public enum Patch: Hashable, Sendable {
    /// A JSON merge patch (RFC 7386): objects are merged, `null` removes, lists are replaced whole.
    case merge(JSONObject)
    /// A JSON patch (RFC 6902): steps that all succeed or all fail, with `test` as a precondition.
    case json([JSONPatchStep])
    /// A strategic merge patch: as a merge patch, but lists with a key are merged. Built-in kinds alone know it.
    case strategicMerge(JSONObject)

    var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .json: "application/json-patch+json"
        case .strategicMerge: "application/strategic-merge-patch+json"
        }
    }

    /// The patch as it is sent; `resourceVersion` makes it fail with a conflict when the object has changed.
    func body(resourceVersion: String?) -> [UInt8] {
        switch self {
        case .merge(var object), .strategicMerge(var object):
            if let resourceVersion { object["metadata", "resourceVersion"] = .string(resourceVersion) }
            return object.encoded()
        case .json(var steps):
            if let resourceVersion {
                steps.insert(.test("/metadata/resourceVersion", .string(resourceVersion)), at: 0)
            }
            return JSONValue.array(steps.map { .object($0.json) }).encoded()
        }
    }
}

/// A step of a JSON patch (RFC 6902). Paths are JSON pointers: see ``pointer(_:)``.
public enum JSONPatchStep: Hashable, Sendable {
    /// The value at the path must be this one, or nothing is changed.
    case test(String, JSONValue)
    /// Adds a member, or inserts an element (`-` appends).
    case add(String, JSONValue)
    /// Replaces what is there.
    case replace(String, JSONValue)
    /// Removes what is there.
    case remove(String)

    /// The JSON pointer (RFC 6901) of a path of keys: `~` and `/` inside a key are escaped.
    public static func pointer(_ keys: String...) -> String {
        keys.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    var json: JSONObject {
        switch self {
        case .test(let path, let value): ["op": "test", "path": .string(path), "value": value]
        case .add(let path, let value): ["op": "add", "path": .string(path), "value": value]
        case .replace(let path, let value): ["op": "replace", "path": .string(path), "value": value]
        case .remove(let path): ["op": "remove", "path": .string(path)]
        }
    }
}
