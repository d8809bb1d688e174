import Ceph
import Volumes

extension ProvisionFailure {
    /// What a failure of `Volumes` means for a claim or a volume.
    init(_ error: VolumeError) {
        let detail = error.cause.map { " \($0.code) \($0.errno)" } ?? ""
        self.init(
            error.mayBeRunning ? .inBackground : .finished, Self.remedy(error), error.message,
            cause: "\(error.code.rawValue) \(error.what)\(detail)")
        code = error.code
    }

    /// What a failure to reach Ceph at all means: nothing was asked of it.
    init(reaching cluster: String, _ error: CephError) {
        let remedy: Remedy = error.code == .timedOut || error.code == .overloaded ? .lessLoad : .retry
        self.init(
            .noChange, remedy, "cannot connect to Ceph cluster \(cluster): \(error)",
            cause: "connect \(cluster) \(error.code)")
        switch error.code {
        case .notFound: code = .notFound
        case .permissionDenied: code = .permissionDenied
        case .timedOut: code = .timedOut
        default: code = .unavailable
        }
    }

    private static func remedy(_ error: VolumeError) -> Remedy {
        if error.isFinal { return .change }
        switch error.code {
        case .timedOut: return .lessLoad
        case .unavailable where error.cause?.code == .overloaded: return .lessLoad
        default: return .retry
        }
    }
}
