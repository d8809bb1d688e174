public import KubernetesModel

/// Takes out of objects what no analysis needs, before they are kept: what is large, and what may hold a secret.
///
/// Gone are managed fields, annotations but a few, images of nodes, certificates of webhooks, schemas of custom
/// resources, and of containers the environment, commands, arguments, mounts and the texts of probes.
public enum KubernetesTrim {
    /// The annotations that are kept.
    static let annotations: Set<String> = [
        "deployment.kubernetes.io/revision", "kubernetes.io/config.mirror", "kubernetes.io/config.source",
        "pv.kubernetes.io/provisioned-by", "storageclass.kubernetes.io/is-default-class",
        "volume.beta.kubernetes.io/storage-class", "volume.kubernetes.io/selected-node",
        "volume.kubernetes.io/storage-provisioner",
    ]

    /// The object without what is not needed.
    public static func trimmed<Object: KubernetesObject>(_ object: Object) -> Object {
        var json = object.json
        trimMetadata(&json, at: ["metadata"])
        switch Object.kind {
        case Pod.kind:
            trimPodSpec(&json, at: ["spec"])
            json["status"] = kept(json["status"], ["phase", "conditions", "hostIP", "podIP", "podIPs", "startTime"])
        case Deployment.kind, StatefulSet.kind, DaemonSet.kind, ReplicaSet.kind:
            trimMetadata(&json, at: ["spec", "template", "metadata"])
            trimPodSpec(&json, at: ["spec", "template", "spec"])
        case Node.kind:
            json["status"] = kept(
                json["status"], ["addresses", "allocatable", "capacity", "conditions", "nodeInfo"])
        case ValidatingWebhookConfiguration.kind, MutatingWebhookConfiguration.kind:
            json["webhooks"] = mapped(json["webhooks"]) { webhook in
                webhook.set(nil, at: ["clientConfig", "caBundle"])
            }
        case CustomResourceDefinition.kind:
            var conversion = json["spec", "conversion"]?.objectValue
            conversion?.set(nil, at: ["webhook", "clientConfig", "caBundle"])
            json["spec"] = kept(json["spec"], ["group", "names", "scope"])
            json["spec", "conversion"] = conversion.map(JSONValue.object)
            json["status"] = nil
        default: break
        }
        return Object(json: json)
    }

    private static func trimMetadata(_ json: inout JSONObject, at path: [String]) {
        json.set(nil, at: path + ["managedFields"])
        guard let all = json.value(at: path + ["annotations"])?.objectValue else { return }
        let wanted = JSONObject(all.filter { annotations.contains($0.key) }.map { ($0.key, $0.value) })
        json.set(wanted.isEmpty ? nil : .object(wanted), at: path + ["annotations"])
    }

    private static func trimPodSpec(_ json: inout JSONObject, at path: [String]) {
        for list in ["containers", "initContainers"] {
            guard let containers = json.value(at: path + [list]) else { continue }
            let trimmed = mapped(containers) { container in
                container = JSONObject(
                    container.filter { containerFields.contains($0.key) }.map { ($0.key, $0.value) })
                for probe in probes where container[probe] != nil {
                    container[probe] = kept(container[probe], probeFields)
                }
            }
            json.set(trimmed, at: path + [list])
        }
        json.set(nil, at: path + ["ephemeralContainers"])
    }

    private static let containerFields: Set<String> = [
        "name", "image", "ports", "resources", "restartPolicy", "livenessProbe", "readinessProbe", "startupProbe",
    ]
    private static let probes = ["livenessProbe", "readinessProbe", "startupProbe"]
    private static let probeFields = [
        "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold",
    ]

    /// The members of an object that are named.
    private static func kept(_ value: JSONValue?, _ keys: [String]) -> JSONValue? {
        guard let object = value?.objectValue else { return nil }
        return .object(JSONObject(object.filter { keys.contains($0.key) }.map { ($0.key, $0.value) }))
    }

    /// The objects of an array, each changed; other elements are left out.
    private static func mapped(_ value: JSONValue?, _ change: (inout JSONObject) -> Void) -> JSONValue? {
        guard let elements = value?.arrayValue else { return nil }
        return .array(
            elements.compactMap(\.objectValue).map { element in
                var element = element
                change(&element)
                return .object(element)
            })
    }
}
