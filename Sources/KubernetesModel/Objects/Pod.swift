/// What runs on a node (`core/v1 Pod`).
public struct Pod: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "", version: "v1", kind: "Pod", plural: "pods", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// The node that it runs on; nil while none has been found.
    public var nodeName: String? {
        get { spec.nodeName }
        set { json["spec", "nodeName"] = newValue.map(JSONValue.string) }
    }

    /// What it asks for: containers, placement, volumes.
    public var spec: PodSpec { PodSpec(json: json["spec"]?.objectValue ?? JSONObject()) }

    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    public var phase: String? { json["status", "phase"]?.stringValue }

    /// Whether the condition `Ready` is `True`.
    public var isReady: Bool { hasCondition("Ready") }

    /// Whether it has ended, well or not, and will not run again.
    public var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }

    /// Whether it runs because a file on its node says so, not because the API does: the control plane as kubeadm
    /// makes it. Such a pod comes back with its node and nowhere else.
    public var isStatic: Bool { metadata[annotation: "kubernetes.io/config.mirror"] != nil }

    /// Its addresses.
    public var addresses: [String] {
        let all = (json["status", "podIPs"]?.arrayValue ?? []).compactMap { $0["ip"]?.stringValue }
        return all.isEmpty ? [json["status", "podIP"]?.stringValue].compactMap { $0 } : all
    }

    /// The address of its node.
    public var hostAddress: String? { json["status", "hostIP"]?.stringValue }

    /// The object that made it and would make it again.
    public var controller: OwnerReference? { metadata.controller }

    private func hasCondition(_ type: String) -> Bool {
        (json["status", "conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == type && $0["status"]?.stringValue == "True"
        }
    }
}
