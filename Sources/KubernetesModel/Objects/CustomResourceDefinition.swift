/// A kind of object that somebody added (`apiextensions.k8s.io/v1 CustomResourceDefinition`).
public struct CustomResourceDefinition: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The Service that converts its objects between versions; nil when nobody needs to, or when it is asked by URL.
    public var conversionService: ObjectKey? {
        guard hasConversionWebhook else { return nil }
        return ObjectKey(service: json["spec", "conversion", "webhook", "clientConfig", "service"])
    }

    /// Whether a webhook converts its objects: without it no object can be read in another version than it is stored.
    public var hasConversionWebhook: Bool { json["spec", "conversion", "strategy"]?.stringValue == "Webhook" }
}
