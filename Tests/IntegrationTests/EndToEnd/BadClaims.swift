import KubernetesModel

/// A claim that cannot be served, and what the user must be told.
struct BadClaim: Sendable {
    /// The claim's and the class's name.
    let name: String
    /// What its class has otherwise than a good one; nil leaves a parameter out.
    var parameters: [String: String?] = [:]
    /// How much it asks for.
    var storage = "4Mi"
    /// What its spec has otherwise than a good one.
    var spec: JSONObject = [:]
    /// What the event must say.
    let says: String
}

/// Marks a parameter that a class does not have; a bare nil would take the entry out of the table.
private let absent: String? = nil

extension BadClaim {
    /// Every kind of bad input that reaches a provisioner through the API. `other` is a Secret's name or a cluster's.
    static let all: [BadClaim] = unknownParameters + pools + imageOptions + features + strings + secrets + claims

    private static let unknownParameters: [BadClaim] = [
        BadClaim(name: "unknown-key", parameters: ["colour": "blue"], says: "colour"),
        BadClaim(name: "misspelt-key", parameters: ["imageFeature": "layering"], says: "imageFeatures"),
        BadClaim(name: "wrong-case", parameters: ["ImageFeatures": "layering"], says: "imageFeatures"),
        BadClaim(
            name: "unknown-csi-key", parameters: ["csi.storage.k8s.io/colour": "blue"],
            says: "csi.storage.k8s.io/colour"),
        BadClaim(name: "no-cluster", parameters: ["clusterID": absent], says: "clusterID"),
        BadClaim(name: "empty-cluster", parameters: ["clusterID": ""], says: "clusterID"),
        BadClaim(name: "unknown-cluster", parameters: ["clusterID": "elsewhere"], says: "elsewhere"),
        BadClaim(name: "long-cluster", parameters: ["clusterID": String(repeating: "x", count: 90)], says: "clusterID"),
    ]

    private static let pools: [BadClaim] = [
        BadClaim(name: "no-pool", parameters: ["pool": absent], says: "pool"),
        BadClaim(name: "empty-pool", parameters: ["pool": ""], says: "pool"),
        BadClaim(name: "unknown-pool", parameters: ["pool": "nowhere"], says: "nowhere"),
        BadClaim(name: "pool-with-slash", parameters: ["pool": "a/b"], says: "pool"),
        BadClaim(name: "pool-of-others", parameters: ["pool": "rbd"], says: "rbd"),
        BadClaim(name: "empty-data-pool", parameters: ["dataPool": ""], says: "dataPool"),
        BadClaim(name: "unknown-data-pool", parameters: ["dataPool": "nowhere"], says: "dataPool \"nowhere\""),
        BadClaim(name: "empty-namespace", parameters: ["radosNamespace": ""], says: "radosNamespace"),
        BadClaim(name: "unknown-namespace", parameters: ["radosNamespace": "nowhere"], says: "nowhere"),
        BadClaim(name: "topology", parameters: ["topologyConstrainedPools": "[{"], says: "topologyConstrainedPools"),
    ]

    private static let imageOptions: [BadClaim] = [
        BadClaim(name: "format-1", parameters: ["imageFormat": "1"], says: "imageFormat"),
        BadClaim(name: "format-x", parameters: ["imageFormat": "x"], says: "imageFormat"),
        BadClaim(name: "object-size-odd", parameters: ["objectSize": "5000000"], says: "objectSize"),
        BadClaim(name: "object-size-small", parameters: ["objectSize": "1024"], says: "objectSize"),
        BadClaim(name: "object-size-huge", parameters: ["objectSize": "1073741824"], says: "objectSize"),
        BadClaim(name: "object-size-text", parameters: ["objectSize": "large"], says: "objectSize"),
        BadClaim(name: "object-size-negative", parameters: ["objectSize": "-1"], says: "objectSize"),
        BadClaim(name: "stripe-unit-alone", parameters: ["stripeUnit": "65536"], says: "stripeCount"),
        BadClaim(name: "stripe-count-alone", parameters: ["stripeCount": "4"], says: "stripeUnit"),
        BadClaim(name: "stripe-zero", parameters: ["stripeUnit": "65536", "stripeCount": "0"], says: "stripeCount"),
        BadClaim(
            name: "stripe-uneven", parameters: ["stripeUnit": "100000", "stripeCount": "4", "objectSize": "4194304"],
            says: "stripeUnit"),
        BadClaim(name: "prefix-empty", parameters: ["volumeNamePrefix": ""], says: "volumeNamePrefix"),
        BadClaim(name: "prefix-with-slash", parameters: ["volumeNamePrefix": "a/b-"], says: "volumeNamePrefix"),
        BadClaim(name: "prefix-with-at", parameters: ["volumeNamePrefix": "a@b-"], says: "volumeNamePrefix"),
        BadClaim(
            name: "prefix-huge", parameters: ["volumeNamePrefix": String(repeating: "p", count: 300)],
            says: "volumeNamePrefix"),
        BadClaim(
            name: "retention", parameters: ["holdfast.io/trashRetention": "soon"], says: "holdfast.io/trashRetention"),
    ]

    private static let features: [BadClaim] = [
        BadClaim(name: "features-empty", parameters: ["imageFeatures": ""], says: "imageFeatures"),
        BadClaim(name: "features-unknown", parameters: ["imageFeatures": "layering,teleport"], says: "teleport"),
        BadClaim(name: "features-number", parameters: ["imageFeatures": "61"], says: "imageFeatures"),
        BadClaim(name: "features-comma", parameters: ["imageFeatures": "layering,,"], says: "imageFeatures"),
        BadClaim(
            name: "object-map-alone", parameters: ["imageFeatures": "layering,object-map"], says: "exclusive-lock"),
        BadClaim(
            name: "fast-diff-alone", parameters: ["imageFeatures": "layering,exclusive-lock,fast-diff"],
            says: "object-map"),
        BadClaim(
            name: "journaling-alone", parameters: ["imageFeatures": "layering,journaling"], says: "exclusive-lock"),
    ]

    private static let strings: [BadClaim] = [
        BadClaim(name: "mounter", parameters: ["mounter": "nfs"], says: "mounter"),
        BadClaim(name: "try-mounters", parameters: ["tryOtherMounters": "maybe"], says: "tryOtherMounters"),
        BadClaim(name: "encrypted", parameters: ["encrypted": "true"], says: "encrypted"),
        BadClaim(name: "encrypted-text", parameters: ["encrypted": "yes please"], says: "encrypted"),
        BadClaim(
            name: "two-fstypes", parameters: ["csi.storage.k8s.io/fstype": "ext4", "fsType": "xfs"], says: "fstype"),
    ]

    private static let secretName = "csi.storage.k8s.io/provisioner-secret-name"
    private static let secretNamespace = "csi.storage.k8s.io/provisioner-secret-namespace"

    private static let secrets: [BadClaim] = [
        BadClaim(name: "secret-without-namespace", parameters: [secretNamespace: absent], says: secretNamespace),
        BadClaim(name: "secret-without-name", parameters: [secretName: absent], says: secretName),
        BadClaim(name: "secret-empty", parameters: [secretName: ""], says: secretName),
        BadClaim(name: "secret-missing", parameters: [secretName: "nowhere"], says: "nowhere"),
        BadClaim(name: "secret-bad-token", parameters: [secretName: "${pod.name}"], says: "pod.name"),
        BadClaim(name: "secret-open-token", parameters: [secretName: "${pvc.name"], says: secretName),
        BadClaim(name: "secret-bad-name", parameters: [secretName: "Not A Name"], says: secretName),
        BadClaim(name: "secret-name-in-namespace", parameters: [secretNamespace: "${pvc.name}"], says: secretNamespace),
        BadClaim(
            name: "secret-no-annotation", parameters: [secretName: "${pvc.annotations['team']}"], says: "team"),
        BadClaim(
            name: "secret-old-and-new",
            parameters: ["csiProvisionerSecretName": "a", "csiProvisionerSecretNamespace": "b"],
            says: "csiProvisionerSecretName"),
        BadClaim(name: "secret-without-key", parameters: [secretName: "no-key"], says: "userKey"),
        BadClaim(name: "secret-without-user", parameters: [secretName: "no-user"], says: "userID"),
        BadClaim(name: "secret-garbage-key", parameters: [secretName: "garbage-key"], says: "garbage-key"),
        BadClaim(name: "secret-wrong-key", parameters: [secretName: "wrong-key"], says: "client."),
        BadClaim(name: "secret-no-caps", parameters: [secretName: "no-caps"], says: "Ceph refuses this client"),
    ]

    private static let claims: [BadClaim] = [
        BadClaim(name: "selector", spec: ["selector": ["matchLabels": ["disk": "fast"]]], says: "selector"),
        BadClaim(name: "many-writers", spec: ["accessModes": ["ReadWriteMany"]], says: "ReadWriteMany"),
        BadClaim(name: "too-large", storage: "9Ei", says: "9"),
        BadClaim(
            name: "over-its-limit", storage: "4Mi",
            spec: [
                "resources": ["requests": ["storage": "4500Ki"], "limits": ["storage": "4600Ki"]]
            ], says: "limit"),
        BadClaim(name: "directory-key-taken", says: "directory"),
    ]
}
