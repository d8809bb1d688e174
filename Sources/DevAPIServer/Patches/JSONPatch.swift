import KubernetesModel

/// A JSON patch (RFC 6902).
enum JSONPatch {
    /// The refusal that real servers give for a patch that cannot be applied: it names nothing.
    static let refused = APIFailure(
        422, "Invalid", "the server rejected our request due to an error in our request", details: [:])

    /// The object after a list of operations.
    /// - Throws: ``refused`` when an operation does not apply, a `test` included; 400 when `patch` is no list.
    static func apply(_ patch: JSONValue, to object: JSONObject) throws(APIFailure) -> JSONObject {
        guard let operations = patch.arrayValue else {
            throw .badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
        }
        var value = JSONValue.object(object)
        for operation in operations {
            guard let name = operation["op"]?.stringValue, let path = pointer(operation["path"]) else { throw refused }
            value = try apply(name, operation, path, to: value)
        }
        guard let result = value.objectValue else { throw refused }
        return result
    }

    private static func apply(
        _ name: String, _ operation: JSONValue, _ path: [String], to value: JSONValue
    ) throws(APIFailure) -> JSONValue {
        switch name {
        case "add", "replace", "test":
            guard let given = operation["value"] else { throw refused }
            if name == "test" {
                guard find(path, in: value) ?? .null == given else { throw refused }
                return value
            }
            return try set(given, at: path[...], in: value, replacing: name == "replace")
        case "remove":
            return try remove(path[...], from: value)
        case "move", "copy":
            guard let from = pointer(operation["from"]), let moved = find(from, in: value) else { throw refused }
            let base = name == "move" ? try remove(from[...], from: value) : value
            return try set(moved, at: path[...], in: base, replacing: false)
        default: throw refused
        }
    }

    /// The keys of a JSON pointer (RFC 6901).
    private static func pointer(_ value: JSONValue?) -> [String]? {
        guard let text = value?.stringValue, text.isEmpty || text.hasPrefix("/") else { return nil }
        return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { unescaped($0) }
    }

    private static func unescaped(_ token: Substring) -> String {
        var result = ""
        var rest = token
        while let character = rest.popFirst() {
            guard character == "~" else {
                result.append(character)
                continue
            }
            result += rest.popFirst() == "1" ? "/" : "~"
        }
        return result
    }

    private static func find(_ path: [String], in value: JSONValue) -> JSONValue? {
        var found = value
        for key in path {
            guard let next = found[key] ?? Int(key).flatMap({ found[$0] }) else { return nil }
            found = next
        }
        return found
    }

    private static func set(
        _ given: JSONValue, at path: ArraySlice<String>, in value: JSONValue, replacing: Bool
    ) throws(APIFailure) -> JSONValue {
        guard let key = path.first else { return given }
        let isLast = path.count == 1
        switch value {
        case .object(var object):
            if isLast {
                if replacing && object[key] == nil { throw refused }
                object[key] = given
            } else {
                guard let child = object[key] else { throw refused }
                object[key] = try set(given, at: path.dropFirst(), in: child, replacing: replacing)
            }
            return .object(object)
        case .array(var elements):
            let last = isLast && !replacing ? elements.count : elements.count - 1
            guard let index = key == "-" ? elements.count : Int(key), (0...max(0, last)).contains(index), index <= last
            else { throw refused }
            if isLast && replacing {
                elements[index] = given
            } else if isLast {
                elements.insert(given, at: index)
            } else {
                elements[index] = try set(given, at: path.dropFirst(), in: elements[index], replacing: replacing)
            }
            return .array(elements)
        default: throw refused
        }
    }

    private static func remove(_ path: ArraySlice<String>, from value: JSONValue) throws(APIFailure) -> JSONValue {
        guard let key = path.first else { throw refused }
        let isLast = path.count == 1
        switch value {
        case .object(var object):
            guard let child = object[key] else { throw refused }
            object[key] = isLast ? nil : try remove(path.dropFirst(), from: child)
            return .object(object)
        case .array(var elements):
            guard let index = Int(key), elements.indices.contains(index) else { throw refused }
            if isLast {
                elements.remove(at: index)
            } else {
                elements[index] = try remove(path.dropFirst(), from: elements[index])
            }
            return .array(elements)
        default: throw refused
        }
    }
}
