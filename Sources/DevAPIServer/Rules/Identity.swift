import KubernetesModel

/// What names an object: checked against the request's path, and kept over every update.
enum Identity {
    /// The object with `apiVersion`, `kind`, namespace and name as the path says.
    /// - Throws: 400 when the object says something else.
    static func checked(
        _ given: JSONObject, _ served: ServedKind, namespace: String?, name: String?
    ) throws(APIFailure) -> JSONObject {
        var object = given
        let kind = given["kind"]?.stringValue ?? ""
        let apiVersion = given["apiVersion"]?.stringValue ?? ""
        guard kind.isEmpty || kind == served.kind.kind, apiVersion.isEmpty || apiVersion == served.kind.apiVersion
        else {
            throw .badRequest(
                "\(kind) in version \"\(apiVersion)\" cannot be handled as a \(served.kind.kind): unknown conversion")
        }
        object["kind"] = .string(served.kind.kind)
        object["apiVersion"] = .string(served.kind.apiVersion)
        if object["metadata"]?.objectValue == nil { object["metadata"] = [:] }
        let ownNamespace = object["metadata", "namespace"]?.stringValue ?? ""
        guard ownNamespace.isEmpty || ownNamespace == namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        object["metadata", "namespace"] = namespace.map(JSONValue.string)
        guard let name else { return object }
        let ownName = object["metadata", "name"]?.stringValue ?? ""
        guard ownName.isEmpty || ownName == name else {
            throw .badRequest("the name of the object (\(ownName)) does not match the name on the URL (\(name))")
        }
        object["metadata", "name"] = .string(name)
        return object
    }

    /// The object that an update leaves behind: what the server owns comes from the old one; of status and the rest,
    /// the part that the request is not about stays.
    static func merged(
        _ given: JSONObject, over old: JSONObject, _ served: ServedKind, isStatus: Bool
    ) -> JSONObject {
        var new = given
        if isStatus {
            new = old
            new["metadata"] = given["metadata"]
            new["status"] = given["status"]
        } else if served.hasStatus {
            new["status"] = old["status"]
        }
        let owned = [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion",
            "generateName",
        ]
        for field in owned { new.set(old["metadata", field], at: ["metadata", field]) }
        new.set(nil, at: ["metadata", "selfLink"])
        return Defaults.applied(new, served.kind, creating: false)
    }
}
