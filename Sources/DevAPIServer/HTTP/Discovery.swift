import KubernetesModel

/// What tells clients which resources there are.
enum Discovery {
    /// The version that the server claims: the oldest that Holdfast supports, so that clients use nothing newer.
    static let version: JSONObject = [
        "major": "1", "minor": "24", "gitVersion": "v1.24.0-holdfast-dev", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift", "platform": "linux/amd64",
    ]

    /// The document at a path; nil when there is none.
    static func document(_ segments: [String]) -> JSONObject? {
        switch segments {
        case ["version"]: version
        case ["api"]:
            ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
        case ["apis"]:
            [
                "kind": "APIGroupList", "apiVersion": "v1",
                "groups": .array(groups.map { .object(group($0)) }),
            ]
        case ["api", "v1"]: resources(group: "", version: "v1")
        default: groupDocument(segments)
        }
    }

    /// The named groups, sorted.
    static let groups: [String] = Set(ServedKind.all.map(\.kind.group)).subtracting([""]).sorted()

    private static func groupDocument(_ segments: [String]) -> JSONObject? {
        guard segments.first == "apis", segments.count > 1, groups.contains(segments[1]) else { return nil }
        switch segments.dropFirst(2) {
        case []:
            var document = group(segments[1])
            document["kind"] = "APIGroup"
            document["apiVersion"] = "v1"
            return document
        case ["v1"]: return resources(group: segments[1], version: "v1")
        default: return nil
        }
    }

    private static func group(_ name: String) -> JSONObject {
        let version: JSONValue = ["groupVersion": .string("\(name)/v1"), "version": "v1"]
        return ["name": .string(name), "versions": [version], "preferredVersion": version]
    }

    private static func resources(group: String, version: String) -> JSONObject {
        let served = ServedKind.all.filter { $0.kind.group == group }
        return [
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
            "resources": .array(served.flatMap(entries)),
        ]
    }

    private static func entries(_ served: ServedKind) -> [JSONValue] {
        func entry(_ name: String, _ verbs: [String]) -> JSONObject {
            [
                "name": .string(name), "singularName": "", "namespaced": .bool(served.kind.isNamespaced),
                "kind": .string(served.kind.kind), "verbs": .array(verbs.map(JSONValue.string)),
            ]
        }
        let plural = served.kind.plural
        let all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        var main = entry(plural, served.kind == Namespace.kind ? all.filter { $0 != "deletecollection" } : all)
        if !served.shortNames.isEmpty { main["shortNames"] = .array(served.shortNames.map(JSONValue.string)) }
        var entries = [main]
        if served.kind == Namespace.kind { entries.append(entry("\(plural)/finalize", ["update"])) }
        if served.hasStatus { entries.append(entry("\(plural)/status", ["get", "patch", "update"])) }
        return entries.map(JSONValue.object)
    }
}
