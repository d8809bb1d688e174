import KubernetesModel

/// A strategic merge patch, as far as the served kinds need it: maps merge, lists of primitives that Kubernetes marks
/// as sets (`finalizers`) merge by value, lists with a merge key merge by that key, all other lists are replaced.
/// The directives `$patch: replace|delete`, `$retainKeys` (ignored) and `$deleteFromPrimitiveList/…` are obeyed.
enum StrategicMergePatch {
    /// The lists that merge by a key, by their field's name.
    private static let mergeKeys = [
        "ownerReferences": "uid", "conditions": "type", "secrets": "name", "imagePullSecrets": "name",
        "volumes": "name", "containers": "name", "addresses": "type", "taints": "key",
    ]
    /// The lists of primitives that merge as sets.
    private static let sets: Set<String> = ["finalizers"]

    /// The object after the patch.
    /// - Throws: 400 when `patch` is no object.
    static func apply(_ patch: JSONValue, to object: JSONObject) throws(APIFailure) -> JSONObject {
        guard let changes = patch.objectValue else { throw .badRequest("a strategic merge patch must be an object") }
        return merge(changes, into: object)
    }

    private static func merge(_ changes: JSONObject, into object: JSONObject) -> JSONObject {
        switch changes["$patch"]?.stringValue {
        case "replace":
            return JSONObject(changes.filter { $0.key != "$patch" }.map { ($0.key, $0.value) })
        case "delete": return JSONObject()
        default: break
        }
        var result = object
        for (key, change) in changes {
            if let field = directive("$deleteFromPrimitiveList/", key) {
                let removed = change.arrayValue ?? []
                result[field] = result[field]?.arrayValue.map { .array($0.filter { !removed.contains($0) }) }
            } else if !key.hasPrefix("$") {
                result[key] = merged(key, result[key], change)
            }
        }
        return result
    }

    private static func directive(_ prefix: String, _ key: String) -> String? {
        key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }

    private static func merged(_ field: String, _ old: JSONValue?, _ change: JSONValue) -> JSONValue? {
        switch change {
        case .null: return nil
        case .object(let changes): return .object(merge(changes, into: old?.objectValue ?? JSONObject()))
        case .array(let changes):
            guard let elements = old?.arrayValue else { return change }
            if sets.contains(field) { return .array(changes + elements.filter { !changes.contains($0) }) }
            if let key = mergeKeys[field] { return .array(merge(changes, into: elements, by: key)) }
            return change
        default: return change
        }
    }

    /// What the patch names comes first, in the patch's order; the rest follows.
    private static func merge(_ changes: [JSONValue], into elements: [JSONValue], by key: String) -> [JSONValue] {
        var rest = elements
        var named: [JSONValue] = []
        for change in changes {
            guard let changes = change.objectValue else { continue }
            let index = rest.firstIndex { $0[key] == changes[key] }
            let old = index.map { rest.remove(at: $0) }?.objectValue
            if changes["$patch"]?.stringValue == "delete" { continue }
            named.append(.object(merge(changes, into: old ?? JSONObject())))
        }
        return named + rest
    }
}
