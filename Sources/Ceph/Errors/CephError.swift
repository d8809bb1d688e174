import CephShim
import Glibc

/// What librados or librbd refused, or what Holdfast's own limits stopped, told so that one line is enough to act on.
///
/// It is the only error that this module throws.
public struct CephError: Error, Hashable, Sendable {
    /// What happened, whichever call it happened in.
    public let code: Code
    /// The positive error number behind ``code``: the library's own, or the nearest one for what never reached it.
    public let errno: Int32
    /// The C function that failed (`rbd_create4`).
    public let operation: String
    /// What it was called on: `pool`, `pool/object`, `pool/namespace/image`; nil for the cluster itself.
    public let target: String?
    /// The readable part: a monitor's own words, or what this module found wrong with the arguments.
    public let status: String?
    /// Whether the operation can have changed anything.
    public let outcome: Outcome

    /// Whether a mutation that failed can have taken effect.
    public enum Outcome: Hashable, Sendable {
        /// Nothing was changed, and nothing will be.
        case notApplied
        /// It may have been applied, in part or in whole, or may yet be: look before trying again.
        case unknown
    }

    /// Makes an error. Tests and callers that refuse something on Ceph's behalf use it; calls into the libraries go
    /// through a table instead.
    public init(
        _ code: Code, errno: Int32, operation: String, target: String? = nil, status: String? = nil,
        outcome: Outcome = .notApplied
    ) {
        self.code = code
        self.errno = errno
        self.operation = operation
        self.target = target
        self.status = status
        self.outcome = outcome
    }

    /// Whether the same call may succeed later without anybody changing anything. A retry of a mutation whose
    /// ``outcome`` is unknown must look at what is there first.
    public var isRetriable: Bool { code.advice.isRetriable }
}

extension CephError {
    /// The kinds of failure that a caller can act on.
    public struct Code: Hashable, Sendable {
        enum Kind: String {
            case notFound, exists, busy, notEmpty, timedOut, permissionDenied, outOfSpace, quotaExceeded
            case invalidArgument, unsupported, comparisonFailed, cancelled, shutdown, overloaded, other
        }

        let kind: Kind

        /// The pool, object, image, key or entity does not exist (ENOENT, ENODATA).
        public static let notFound = Code(kind: .notFound)
        /// It exists already (EEXIST).
        public static let exists = Code(kind: .exists)
        /// Something else uses it just now, or the cluster asks to try again (EBUSY, EAGAIN, EUCLEAN).
        public static let busy = Code(kind: .busy)
        /// It still has something in it: an image with snapshots, a namespace with images (ENOTEMPTY).
        public static let notEmpty = Code(kind: .notEmpty)
        /// No answer in time (ETIMEDOUT), from the library or from this module's own deadline.
        public static let timedOut = Code(kind: .timedOut)
        /// The credentials do not allow it, or the image is open read-only (EPERM, EACCES, EROFS).
        public static let permissionDenied = Code(kind: .permissionDenied)
        /// The pool or cluster is full (ENOSPC).
        public static let outOfSpace = Code(kind: .outOfSpace)
        /// A pool quota is reached (EDQUOT).
        public static let quotaExceeded = Code(kind: .quotaExceeded)
        /// The request makes no sense to the library or was refused before it got there (EINVAL, ...).
        public static let invalidArgument = Code(kind: .invalidArgument)
        /// The cluster, the image or the installed library cannot do it (EOPNOTSUPP, ENOSYS).
        public static let unsupported = Code(kind: .unsupported)
        /// A guard of a compound operation did not hold, so nothing of it was done (ECANCELED from an OSD; EOVERFLOW
        /// and ERANGE for a version).
        public static let comparisonFailed = Code(kind: .comparisonFailed)
        /// The task was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The connection is closed, or this client is blocklisted (ESHUTDOWN, ENOTCONN): connect anew.
        public static let shutdown = Code(kind: .shutdown)
        /// Too much is waiting in a lane; nothing was started.
        public static let overloaded = Code(kind: .overloaded)
        /// Anything else; see ``CephError/errno``.
        public static let other = Code(kind: .other)
    }
}

extension CephError.Code: CustomStringConvertible {
    /// The name in camel case: `notFound`.
    public var description: String { kind.rawValue }
}

extension CephError: CustomStringConvertible {
    /// One line: operation, target, errno, the mon's text, outcome, next step.
    public var description: String {
        var line = operation
        if let target, !target.isEmpty { line += " on \(target)" }
        line += " failed: \(errnoName)"
        if code == .cancelled || code == .overloaded || code == .comparisonFailed { line += " (\(code))" }
        if let status, !status.isEmpty { line += ": \(status.oneLine)" }
        if outcome == .unknown { line += "; it may have been applied" }
        if let hint = code.advice.hint { line += "; \(hint)" }
        return line
    }

    /// `ENOENT`, or `errno 4242` for a number without a name.
    public var errnoName: String {
        guard let name = ceph_shim_errno_name(errno) else { return "errno \(errno)" }
        return String(cString: name)
    }
}

extension String {
    /// The text with line breaks made spaces.
    fileprivate var oneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
