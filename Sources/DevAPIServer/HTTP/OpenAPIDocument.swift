import KubernetesModel

/// As much OpenAPI as kubectl needs to send what it is given.
///
/// kubectl from 1.27 on reads version 3, finds that `fieldValidation` is a parameter, and leaves validation to the
/// server (which ignores the parameter: only the checks of `Validation` are made). Older ones read version 2 in
/// Protocol Buffers. It declares no kind: they skip validation then, and `kubectl apply` makes patches by the types that
/// it is built with. A kind without structure would let kubectl 1.20 crash.
enum OpenAPIDocument {
    /// The list of version 3's documents.
    static var index: JSONObject {
        let paths = ["api/v1"] + Discovery.groups.map { "apis/\($0)/v1" }
        return ["paths": .object(JSONObject(paths.map { ($0, ["serverRelativeURL": .string("/openapi/v3/\($0)")]) }))]
    }

    /// Version 3 of one group's document; nil when the path names none.
    static func version3(_ segments: [String]) -> JSONObject? {
        let group: String
        switch segments {
        case ["api", "v1"]: group = ""
        case _ where segments.count == 3 && segments[0] == "apis" && segments[2] == "v1": group = segments[1]
        default: return nil
        }
        let served = ServedKind.all.filter { $0.kind.group == group }
        guard !served.isEmpty else { return nil }
        return [
            "openapi": "3.0.0", "info": ["title": "Holdfast's embedded Kubernetes API", "version": "v1"],
            "paths": .object(JSONObject(served.flatMap(paths))),
            "components": ["schemas": .object(JSONObject(served.map { (definitionName($0.kind), schema($0.kind)) }))],
        ]
    }

    private static func paths(_ served: ServedKind) -> [(String, JSONValue)] {
        let collection = served.kind.isNamespaced ? "namespaces/{namespace}/\(served.kind.plural)" : served.kind.plural
        let root = served.kind.group.isEmpty ? "/api/v1" : "/apis/\(served.kind.group)/v1"
        return [
            ("\(root)/\(collection)", ["post": operation(served.kind)]),
            ("\(root)/\(collection)/{name}", ["put": operation(served.kind), "patch": operation(served.kind)]),
        ]
    }

    private static func operation(_ kind: ResourceKind) -> JSONValue {
        let parameters = ["dryRun", "fieldManager", "fieldValidation"].map { name -> JSONValue in
            ["name": .string(name), "in": "query", "schema": ["type": "string", "uniqueItems": true]]
        }
        return [
            "parameters": .array(parameters), "responses": ["200": ["description": "OK"]],
            "x-kubernetes-group-version-kind": groupVersionKind(kind),
        ]
    }

    private static func schema(_ kind: ResourceKind) -> JSONValue {
        ["x-kubernetes-group-version-kind": [groupVersionKind(kind)]]
    }

    private static func groupVersionKind(_ kind: ResourceKind) -> JSONValue {
        ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
    }

    private static func definitionName(_ kind: ResourceKind) -> String {
        let group = kind.group.isEmpty ? "core" : String(kind.group.prefix { $0 != "." })
        return "io.k8s.api.\(group).\(kind.version).\(kind.kind)"
    }

    /// Version 2 as JSON.
    static var version2: JSONObject {
        ["swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1"], "paths": [:], "definitions": [:]]
    }

    /// Version 2 as the message `openapi.v2.Document` of gnostic, which is all that older kubectls ask for.
    static var version2Message: [UInt8] {
        var document = ProtobufMessage()
        document.append(1, "2.0")
        document.append(
            2,
            ProtobufMessage {
                $0.append(1, "Kubernetes")
                $0.append(2, "v1")
            })
        document.append(8, ProtobufMessage())
        document.append(9, ProtobufMessage())
        return document.bytes
    }
}

/// Writes length-delimited fields of a Protocol Buffers message; nothing else is needed here.
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ fill: (inout ProtobufMessage) -> Void) {
        fill(&self)
    }

    mutating func append(_ field: UInt64, _ text: String) {
        append(field, Array(text.utf8))
    }

    mutating func append(_ field: UInt64, _ message: ProtobufMessage) {
        append(field, message.bytes)
    }

    private mutating func append(_ field: UInt64, _ content: [UInt8]) {
        appendVarint(field << 3 | 2)
        appendVarint(UInt64(content.count))
        bytes += content
    }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
