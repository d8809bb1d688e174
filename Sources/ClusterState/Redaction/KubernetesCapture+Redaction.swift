import KubernetesModel

extension KubernetesCapture {
    /// The capture without names and addresses.
    func redacted(_ pseudonyms: inout Pseudonyms) -> KubernetesCapture {
        var result = self
        var redactor = ObjectRedactor(pseudonyms: pseudonyms)
        // Nodes first, so that their names are hosts' wherever else they stand.
        result.nodes = nodes.map { redactor.redacted($0, "host") }
        result.namespaces = namespaces.map { redactor.redacted($0, "namespace") }
        result.pods = pods.map { redactor.redacted($0, "pod") }
        result.deployments = deployments.map { redactor.redacted($0, "deployment") }
        result.statefulSets = statefulSets.map { redactor.redacted($0, "statefulset") }
        result.daemonSets = daemonSets.map { redactor.redacted($0, "daemonset") }
        result.replicaSets = replicaSets.map { redactor.redacted($0, "replicaset") }
        result.podDisruptionBudgets = podDisruptionBudgets.map { redactor.redacted($0, "budget") }
        result.persistentVolumes = persistentVolumes.map { redactor.redacted($0, "volume") }
        result.persistentVolumeClaims = persistentVolumeClaims.map { redactor.redacted($0, "claim") }
        result.storageClasses = storageClasses.map { redactor.redacted($0, "class") }
        result.volumeAttachments = volumeAttachments.map { redactor.redacted($0, "attachment") }
        result.leases = leases.map { redactor.redacted($0, "lease") }
        result.validatingWebhooks = validatingWebhooks.map { redactor.redacted($0, "webhook") }
        result.mutatingWebhooks = mutatingWebhooks.map { redactor.redacted($0, "webhook") }
        result.services = services.map { redactor.redacted($0, "service") }
        result.endpointSlices = endpointSlices.map { redactor.redacted($0, "slice") }
        result.priorityClasses = priorityClasses.map { redactor.redacted($0, "priority") }
        result.customResourceDefinitions = customResourceDefinitions.map { redactor.redacted($0, "resource") }
        // Their texts are lists of addresses inside JSON inside text; nothing of them would be left.
        result.configMaps = configMaps.map { _ in [] }
        pseudonyms = redactor.pseudonyms
        return result
    }
}

/// Replaces every string of an object that is not one of Kubernetes' own words.
///
/// Whole strings are replaced, equal ones by equal pseudonyms: so a label still fits its selector, and a reference what
/// it names.
private struct ObjectRedactor {
    var pseudonyms: Pseudonyms

    mutating func redacted<Object: KubernetesObject>(_ objects: [Object], _ kind: String) -> [Object] {
        objects.map { object in
            let name = object.metadata.name
            if kind == "host" { _ = pseudonyms.host(name) } else { _ = pseudonyms.name(name, kind) }
            return Object(json: self.object(object.json, in: kind))
        }
    }

    private mutating func object(_ json: JSONObject, in place: String) -> JSONObject {
        JSONObject(json.map { key, value in (self.key(key, in: place), self.value(value, at: key, in: place)) })
    }

    private mutating func value(_ value: JSONValue, at key: String, in place: String) -> JSONValue {
        switch value {
        case .string(let text): return .string(self.text(text, at: key, in: place))
        case .array(let elements):
            return .array(elements.map { self.value($0, at: key, in: place) })
        case .object(let json): return .object(object(json, in: key))
        case .null, .bool, .integer, .number: return value
        }
    }

    /// Keys are Kubernetes' own, but for those of labels, annotations and parameters.
    private mutating func key(_ key: String, in place: String) -> String {
        guard Self.freeKeys.contains(place) else { return key }
        let isWellKnown = key.contains("kubernetes.io/") || key.contains("k8s.io/") || Self.ownKeys.contains(key)
        return isWellKnown ? key : pseudonyms.name(key, "label")
    }

    private mutating func text(_ text: String, at key: String, in place: String) -> String {
        if text.isEmpty || Self.ownFields.contains(key) { return text }
        if Self.quantityPlaces.contains(place) { return text }
        if let known = pseudonyms.known(text) { return known }
        if pseudonyms.isAddress(text) { return pseudonyms.address(text) }
        if Self.hostFields.contains(key) { return pseudonyms.host(text) }
        if key == "namespace" || key == "namespaces" { return pseudonyms.name(text, "namespace") }
        if Self.labelKeys.contains(key) { return self.key(text, in: "labels") }
        return pseudonyms.name(text, key == "uid" ? "uid" : "name")
    }

    /// Objects whose keys are people's.
    private static let freeKeys: Set<String> = [
        "labels", "annotations", "matchLabels", "nodeSelector", "selector", "parameters", "volumeAttributes", "data",
    ]
    /// Keys of theirs that say nothing.
    private static let ownKeys: Set<String> = [
        "app", "application", "component", "name", "instance", "tier", "release", "release_group", "pool", "clusterID",
        "dataPool", "imageFeatures", "matchLabels", "matchExpressions",
    ]
    /// Fields that name the key of a label.
    private static let labelKeys: Set<String> = ["key", "topologyKey"]
    /// Fields that name a machine.
    private static let hostFields: Set<String> = ["nodeName", "kubernetes.io/hostname", "host"]
    /// Objects of quantities.
    private static let quantityPlaces: Set<String> = [
        "requests", "limits", "capacity", "allocatable", "overhead", "nodeInfo",
    ]
    /// Fields whose strings are Kubernetes' own words, numbers or times.
    private static let ownFields: Set<String> = [
        "accessModes", "apiGroup", "apiGroups", "apiVersion", "apiVersions", "attacher", "controller", "conversion",
        "creationTimestamp", "deletionTimestamp", "driver", "effect", "failurePolicy", "fsType", "kind",
        "lastHeartbeatTime", "lastProbeTime", "lastTransitionTime", "matchPolicy", "maxSurge", "maxUnavailable",
        "minAvailable", "operations", "operator", "persistentVolumeReclaimPolicy", "phase", "policyTypes",
        "preemptionPolicy", "protocol", "provisioner", "qosClass", "reason", "reclaimPolicy", "renewTime",
        "acquireTime",
        "resources", "resourceVersion", "restartPolicy", "schedulerName", "scope", "sideEffects", "startTime", "status",
        "strategy", "terminationMessagePolicy", "type", "updateStrategy", "volumeBindingMode", "volumeMode",
        "whenUnsatisfiable", "addressType", "dnsPolicy", "imagePullPolicy", "podManagementPolicy", "finalizers",
    ]
}
