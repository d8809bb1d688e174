public import CRUSH
public import Ceph
public import ClusterState
public import KubernetesClient

/// Why no capture could be taken. What is merely not allowed is no failure but a ``MissingPart``.
public enum CaptureFailure: Error, Sendable, CustomStringConvertible {
    /// A command to Ceph failed.
    case ceph(CapturePart, CephError)
    /// Ceph's answer is not what it should be.
    case answer(CapturePart, CephAnswerError)
    /// The OSDMap cannot be decoded.
    case osdMap(DecodingFailure)
    /// Without the OSDMap there is nothing to look at.
    case noOSDMap(MissingPart)
    /// A request to Kubernetes failed.
    case kubernetes(CapturePart, KubernetesError)

    /// What failed, on what, and why.
    public var description: String {
        switch self {
        case .ceph(let part, let error): "\(part.rawValue): \(error)"
        case .answer(let part, let error): "\(part.rawValue): Ceph's answer is not understood: \(error)"
        case .osdMap(let failure): "\(CapturePart.osdMap.rawValue): \(failure)"
        case .noOSDMap(let missing): "\(missing.part.rawValue) cannot be read: \(missing.detail)"
        case .kubernetes(let part, let error): "\(part.rawValue): \(error)"
        }
    }
}
