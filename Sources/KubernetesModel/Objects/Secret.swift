import FoundationEssentials
public import Vocabulary

/// A Secret (`core/v1 Secret`). It prints without its content.
public struct Secret: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)

    private var content: Redacted<JSONObject>

    /// The whole object, with the secret values in base64: for writing to the API, never to be printed.
    public var json: JSONObject {
        get { content.reveal() }
        set { content = Redacted(newValue) }
    }

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        content = Redacted(json)
    }

    /// The values: `data` decoded, and over it `stringData`, which manifests may carry. A value that is not valid
    /// base64 is left out.
    public var data: [String: Redacted<[UInt8]>] {
        var values: [String: Redacted<[UInt8]>] = [:]
        for (key, text) in json["data"]?.objectValue?.strings ?? [:] {
            if let decoded = Data(base64Encoded: text) { values[key] = Redacted(Array(decoded)) }
        }
        for (key, text) in json["stringData"]?.objectValue?.strings ?? [:] {
            values[key] = Redacted(Array(text.utf8))
        }
        return values
    }

    /// One value as text; nil when it is missing or no UTF-8.
    public func text(_ key: String) -> Redacted<String>? {
        data[key].flatMap { String(validating: $0.reveal(), as: UTF8.self) }.map(Redacted.init)
    }

    /// `Opaque`, `kubernetes.io/rbd` and so on.
    public var type: String? { json["type"]?.stringValue }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind and the key, without the content.
    public var description: String { "secret \(key)" }
    /// The kind and the key, without the content.
    public var debugDescription: String { description }
    /// Nothing: a dump must not show the content.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
