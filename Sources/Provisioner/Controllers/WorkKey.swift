import KubernetesModel

/// A piece of work by what it is about. Work on one key is serial.
enum WorkKey: Hashable, Sendable {
    /// A claim to be provisioned, or one that is gone and whose volume may be half made.
    case claim(ObjectUID)
    /// A PV to be saved, deleted or kept.
    case volume(String)
    /// A place where an earlier run may have left work.
    case replay(StoragePlace)
    /// A place where volumes were deleted, whose data is to be removed.
    case purge(StoragePlace)
}

/// Work that shares a limit: that of one Ceph cluster, or that of the API.
enum WorkGroup: Hashable, Sendable {
    /// Work on a Ceph cluster, by what classes call it.
    case ceph(String)
    /// Work on a Ceph cluster that takes long and may wait.
    case background(String)
    /// Work that goes to the API alone.
    case kubernetes
}
