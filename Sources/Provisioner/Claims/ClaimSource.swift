import KubernetesModel

/// Where a claim's data should come from.
enum ClaimSource: Equatable {
    /// Nowhere: an empty volume.
    case none
    /// A kind that another controller fills volumes from (a populator): not ours to do.
    case foreign(kind: String, name: String)
    /// A claim or a snapshot, which every provisioner is expected to know.
    case known(kind: String)

    init(of claim: PersistentVolumeClaim) {
        guard let source = claim.dataSource else {
            self = .none
            return
        }
        switch (source.apiGroup, source.kind) {
        case (nil, "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"):
            self = .known(kind: source.kind)
        default:
            self = .foreign(kind: source.kind, name: source.name)
        }
    }

    /// The metrics' label `source`: the kind, or nothing for an empty volume.
    var label: String {
        switch self {
        case .none: ""
        case .foreign(let kind, _), .known(let kind): kind
        }
    }
}
