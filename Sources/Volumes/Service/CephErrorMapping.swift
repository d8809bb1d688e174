import Ceph

extension VolumeError {
    /// What a call into Ceph that failed means for a volume.
    ///
    /// - Parameter what: what was being done and on what, as in `cannot make the image kube/csi-vol-…`.
    init(_ error: CephError, _ what: String) {
        let (code, words, next) = Self.meaning(of: error)
        var why = "\(words) (\(error.errnoName) from \(error.operation)"
        if let status = error.status, !status.isEmpty { why += ", \(status)" }
        why += ")"
        self.init(code, what, because: why, next: next, cause: error, mayBeRunning: error.outcome == .unknown)
    }

    private static func meaning(of error: CephError) -> (code: Code, words: String, next: String) {
        switch error.code {
        case .notFound: (.notFound, "something that it needs is not there", "check that pool and data pool exist")
        case .exists: (.conflict, "it exists already", "see what has that name")
        case .busy: (.inUse, "somebody else uses it", "find the client with: rbd status; it is tried again")
        case .notEmpty: (.hasSnapshots, "it has snapshots or clones", "it is tried again when they are gone")
        case .timedOut: (.timedOut, "Ceph did not answer in time", "look at ceph -s; it is tried again")
        case .permissionDenied:
            (
                .permissionDenied, "Ceph refuses this client",
                "give it the caps mon 'profile rbd' and osd 'profile rbd pool=...' with: ceph auth caps"
            )
        case .outOfSpace: (.outOfSpace, "the pool is full", "add capacity or delete volumes; it is tried again")
        case .quotaExceeded:
            (.quotaExceeded, "the pool's quota is reached", "raise it with: ceph osd pool set-quota; it is tried again")
        case .invalidArgument:
            (.invalidArgument, "Ceph does not accept the request", "compare the class with what the pools can do")
        case .unsupported: (.unsupported, "this Ceph cannot do it", "upgrade Ceph, or leave the feature out")
        case .cancelled: (.cancelled, "it was cancelled", "it is tried again")
        case .shutdown: (.unavailable, "the connection to Ceph is closed", "it is opened anew, and this is tried again")
        case .overloaded: (.unavailable, "too many calls wait for Ceph", "look at ceph -s; it is tried again")
        default: (.failed, "Ceph reports an error", "look at ceph -s and the log; it is tried again")
        }
    }
}
