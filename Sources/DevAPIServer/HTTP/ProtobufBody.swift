import FoundationEssentials
import KubernetesModel

/// Reads the Protocol Buffers bodies that `kubectl create namespace|secret|configmap|serviceaccount` sends from 1.32 on:
/// an envelope with an object in it. Other kinds, and fields that those commands do not set, are not read.
enum ProtobufBody {
    static let mediaType = "application/vnd.kubernetes.protobuf"

    /// The object in an envelope (`k8s\0`, then `runtime.Unknown`).
    /// - Throws: 400 for a broken message, 415 for a kind that is not read.
    static func object(_ bytes: [UInt8]) throws(APIFailure) -> JSONObject {
        guard bytes.starts(with: [0x6B, 0x38, 0x73, 0]) else { throw broken }
        var envelope: JSONObject = [:]
        var raw: ArraySlice<UInt8> = []
        for field in try fields(bytes.dropFirst(4)) {
            if field.number == 1 { envelope = try object(field.content, typeFields) }
            if field.number == 2 { raw = field.content }
        }
        guard let kind = envelope["kind"]?.stringValue, let schema = schemas[kind] else {
            throw .unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json")
        }
        var object = try object(raw, schema)
        for (key, value) in envelope { object[key] = value }
        return object
    }

    // MARK: What is read of each kind

    /// How a field is read.
    private indirect enum Reading: Sendable {
        case text(String)
        case texts(String)
        case map(String, isBinary: Bool)
        case message(String, [UInt64: Reading])
    }

    private static let typeFields: [UInt64: Reading] = [1: .text("apiVersion"), 2: .text("kind")]

    /// The numbers are those of `generated.proto` in k8s.io/api and k8s.io/apimachinery.
    private static let metadata = Reading.message(
        "metadata",
        [
            1: .text("name"), 2: .text("generateName"), 3: .text("namespace"),
            11: .map("labels", isBinary: false), 12: .map("annotations", isBinary: false), 14: .texts("finalizers"),
        ])

    private static let schemas: [String: [UInt64: Reading]] = [
        "Namespace": [1: metadata], "ServiceAccount": [1: metadata],
        "Secret": [
            1: metadata, 2: .map("data", isBinary: true), 3: .text("type"), 4: .map("stringData", isBinary: false),
        ],
        "ConfigMap": [1: metadata, 2: .map("data", isBinary: false), 3: .map("binaryData", isBinary: true)],
    ]

    // MARK: Messages

    private static let broken = APIFailure.badRequest("the object provided is unrecognized: broken protobuf message")

    private static func object(
        _ bytes: ArraySlice<UInt8>, _ schema: [UInt64: Reading]
    ) throws(APIFailure) -> JSONObject {
        var object: JSONObject = [:]
        for field in try fields(bytes) {
            switch schema[field.number] {
            // Go writes empty strings too; in JSON they are left out.
            case .text(let key) where !field.content.isEmpty: object[key] = .string(try text(field.content))
            case .texts(let key):
                object[key] = .array((object[key]?.arrayValue ?? []) + [.string(try text(field.content))])
            case .map(let key, let isBinary):
                let (name, value) = try entry(field.content, isBinary: isBinary)
                object[key, name] = .string(value)
            case .message(let key, let fields): object[key] = .object(try Self.object(field.content, fields))
            default: break
            }
        }
        return object
    }

    private static func entry(
        _ bytes: ArraySlice<UInt8>, isBinary: Bool
    ) throws(APIFailure) -> (key: String, value: String) {
        var entry = (key: "", value: "")
        for field in try fields(bytes) {
            if field.number == 1 { entry.key = try text(field.content) }
            if field.number == 2 {
                entry.value = isBinary ? Data(field.content).base64EncodedString() : try text(field.content)
            }
        }
        return entry
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(APIFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw broken }
        return text
    }

    /// The length-delimited fields of a message; numbers are stepped over.
    private static func fields(
        _ bytes: ArraySlice<UInt8>
    ) throws(APIFailure) -> [(number: UInt64, content: ArraySlice<UInt8>)] {
        var result: [(number: UInt64, content: ArraySlice<UInt8>)] = []
        var rest = bytes
        while !rest.isEmpty {
            let tag = try varint(&rest)
            switch tag & 7 {
            case 0: _ = try varint(&rest)
            case 1 where rest.count >= 8: rest = rest.dropFirst(8)
            case 5 where rest.count >= 4: rest = rest.dropFirst(4)
            case 2:
                let length = try varint(&rest)
                guard length <= UInt64(rest.count) else { throw broken }
                result.append((tag >> 3, rest.prefix(Int(length))))
                rest = rest.dropFirst(Int(length))
            default: throw broken
            }
        }
        return result
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws(APIFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw broken }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw broken
    }
}
