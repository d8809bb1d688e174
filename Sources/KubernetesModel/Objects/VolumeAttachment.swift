/// The wish that a volume be attached to a node (`storage.k8s.io/v1 VolumeAttachment`).
public struct VolumeAttachment: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "storage.k8s.io", version: "v1", kind: "VolumeAttachment", plural: "volumeattachments",
        isNamespaced: false)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The CSI driver that attaches.
    public var attacher: String { json["spec", "attacher"]?.stringValue ?? "" }

    /// The node.
    public var nodeName: String { json["spec", "nodeName"]?.stringValue ?? "" }

    /// The PV; nil for a volume that is written into a pod.
    public var volumeName: String? { json["spec", "source", "persistentVolumeName"]?.stringValue }

    /// Whether the attacher says that it is done.
    public var isAttached: Bool { json["status", "attached"]?.boolValue ?? false }
}
