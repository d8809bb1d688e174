/// Webhooks that may refuse an object (`admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration`).
public struct ValidatingWebhookConfiguration: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingWebhookConfiguration",
        plural: "validatingwebhookconfigurations", isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The webhooks.
    public var webhooks: [Webhook] { Webhook.list(json["webhooks"]) }
}
