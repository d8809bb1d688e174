import Console
import Provisioner
import Volumes

extension Failure {
    /// The failure that a command reports for any error.
    init(describing error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let fault as ManifestFault: self.init(.failure, code: "InvalidManifest", fault.description)
        case let error as StreamError: self.init(.failure, code: "Output", "\(error)")
        case is CancellationError: self.init(.interrupted, code: "Interrupted", "interrupted")
        default: self.init(.failure, code: "Failed", "\(error)")
        }
    }

    /// The failure of a claim.
    init(_ failure: ProvisionFailure, claim: String, place: SourcePlace) {
        self.init(
            Self.status(of: failure), code: "ProvisioningFailed", "\(place): claim \(claim): \(failure.message)")
    }

    private static func status(of failure: ProvisionFailure) -> CommandStatus {
        switch failure.code {
        case .notFound, .poolMissing: .notFound
        case .conflict, .inUse, .hasSnapshots, .outOfSpace, .quotaExceeded: .conflict
        case .timedOut, .unavailable: .unreachable
        case .permissionDenied: .denied
        case .cancelled: .interrupted
        case .invalidArgument, .unsupported, .corrupt, .failed, nil: .failure
        }
    }
}
