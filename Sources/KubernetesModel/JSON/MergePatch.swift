extension JSONValue {
    /// This value after a JSON merge patch (RFC 7386): objects are merged member by member, `null` removes a member,
    /// anything else replaces.
    public func merging(patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        return .object((objectValue ?? JSONObject()).merging(patch: changes))
    }
}

extension JSONObject {
    /// This object after a JSON merge patch (RFC 7386).
    public func merging(patch: JSONObject) -> JSONObject {
        var result = self
        for (key, change) in patch {
            result[key] = change.isNull ? nil : (result[key] ?? .null).merging(patch: change)
        }
        return result
    }
}
