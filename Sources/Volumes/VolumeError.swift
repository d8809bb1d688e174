public import Ceph

/// Why something could not be done with a volume: what failed and on what, why, and what to do next.
public struct VolumeError: Error, Sendable {
    /// The kind of failure, for decisions; the message is for people.
    public enum Code: String, Sendable, CaseIterable {
        /// A parameter, a size, a name or a handle is wrong; ``VolumeError/key`` names the parameter.
        case invalidArgument
        /// Something asked for is valid, but not offered.
        case unsupported
        /// A pool, a namespace or an object that must be there is not.
        case notFound
        /// The pool does not exist.
        case poolMissing
        /// Something of the same name exists, and it is not this volume.
        case conflict
        /// A client has the image open, or a node has it attached.
        case inUse
        /// The image has snapshots that a user made.
        case hasSnapshots
        /// The pool or the cluster is full.
        case outOfSpace
        /// The pool's quota is reached.
        case quotaExceeded
        /// Ceph refuses this client: wrong key, or not enough caps.
        case permissionDenied
        /// The deadline passed, or Ceph did not answer in time.
        case timedOut
        /// The caller gave up.
        case cancelled
        /// Ceph, or this process, cannot serve the request at this moment.
        case unavailable
        /// What is stored is not what this release can read.
        case corrupt
        /// Anything else that Ceph reports.
        case failed
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, and on what: `cannot create the image kube/csi-vol-…`.
    public let what: String
    /// Why it failed.
    public let why: String
    /// What to do next.
    public let next: String
    /// The StorageClass parameter at fault, where there is one.
    public let key: String?
    /// Ceph's own error, where there is one.
    public let cause: CephError?
    /// Whether something may still be running, or may have been done although an error was reported. Such an
    /// operation must be driven on until it has a final answer, even if nobody wants the volume any more.
    public let mayBeRunning: Bool

    init(
        _ code: Code, _ what: String, because why: String, next: String, key: String? = nil, cause: CephError? = nil,
        mayBeRunning: Bool = false
    ) {
        self.code = code
        self.what = what
        self.why = why
        self.next = next
        self.key = key
        self.cause = cause
        self.mayBeRunning = mayBeRunning
    }

    /// Whether the same request gives the same error until somebody changes the request or the class.
    public var isFinal: Bool {
        switch code {
        case .invalidArgument, .unsupported, .conflict: true
        default: false
        }
    }

    /// Whether trying again later, with nothing changed in the request, may succeed.
    public var isRetriable: Bool { !isFinal }

    /// One line: what failed, why, and what to do next.
    public var message: String { "\(what): \(why); \(next)" }
}

extension VolumeError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
