import KubernetesModel

/// A kind that the server serves, with what discovery and the store must know about it beyond its name.
struct ServedKind: Hashable, Sendable {
    /// What a DELETE answers with once the object is gone; it differs from kind to kind in the real server.
    enum DeleteAnswer: Sendable {
        case object, status
    }

    var kind: ResourceKind
    var shortNames: [String] = []
    /// Whether `/status` is served, and the main resource ignores what a request says about the status.
    var hasStatus = false
    /// Whether a PUT to a name that is free creates the object.
    var createsOnUpdate = false
    /// Whether a PUT without a resourceVersion overwrites whatever is there.
    var updatesUnconditionally = true
    var deleteAnswer = DeleteAnswer.status
    /// Fields besides metadata.name and metadata.namespace that a field selector may name, with their paths.
    var selectableFields: [String] = []

    /// `core` objects are called by their plain name in messages, others with their group.
    var qualifiedPlural: String { kind.group.isEmpty ? kind.plural : "\(kind.plural).\(kind.group)" }
    var qualifiedKind: String { kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)" }
}

extension ServedKind {
    private static func core(_ kind: String, _ plural: String, namespaced: Bool) -> ResourceKind {
        ResourceKind(group: "", version: "v1", kind: kind, plural: plural, isNamespaced: namespaced)
    }

    private static func storage(_ kind: String, _ plural: String) -> ResourceKind {
        ResourceKind(group: "storage.k8s.io", version: "v1", kind: kind, plural: plural, isNamespaced: false)
    }

    static let pod = core("Pod", "pods", namespaced: true)

    /// Everything that is served, in the order of groups.
    static let all: [ServedKind] = [
        ServedKind(kind: core("ConfigMap", "configmaps", namespaced: true), shortNames: ["cm"]),
        ServedKind(
            kind: Event.kind, shortNames: ["ev"], createsOnUpdate: true,
            selectableFields: [
                "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
                "reason", "source", "type",
            ]),
        ServedKind(
            kind: Namespace.kind, shortNames: ["ns"], hasStatus: true, deleteAnswer: .object,
            selectableFields: ["status.phase"]),
        ServedKind(kind: Node.kind, shortNames: ["no"], hasStatus: true, selectableFields: ["spec.unschedulable"]),
        ServedKind(
            kind: PersistentVolumeClaim.kind, shortNames: ["pvc"], hasStatus: true, deleteAnswer: .object),
        ServedKind(kind: PersistentVolume.kind, shortNames: ["pv"], hasStatus: true, deleteAnswer: .object),
        ServedKind(
            kind: pod, shortNames: ["po"], hasStatus: true, deleteAnswer: .object,
            selectableFields: ["spec.nodeName", "status.phase"]),
        ServedKind(kind: Secret.kind, selectableFields: ["type"]),
        ServedKind(kind: core("ServiceAccount", "serviceaccounts", namespaced: true), shortNames: ["sa"]),
        ServedKind(kind: storage("CSIDriver", "csidrivers"), deleteAnswer: .object),
        ServedKind(kind: StorageClass.kind, shortNames: ["sc"], deleteAnswer: .object),
        ServedKind(kind: VolumeAttachment.kind, hasStatus: true, deleteAnswer: .object),
        ServedKind(kind: Lease.kind, createsOnUpdate: true, updatesUnconditionally: false),
    ]

    /// The kind that a path names.
    static func find(group: String, version: String, plural: String) -> ServedKind? {
        all.first { $0.kind.group == group && $0.kind.version == version && $0.kind.plural == plural }
    }

    /// The entry of a kind in the table.
    static func of(_ kind: ResourceKind) -> ServedKind {
        all.first { $0.kind == kind } ?? ServedKind(kind: kind)
    }
}
