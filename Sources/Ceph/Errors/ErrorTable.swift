import Glibc

extension CephError.Code {
    /// The kind of failure that an error number of librados or librbd stands for.
    ///
    /// ECANCELED is what an OSD answers when a guard of a compound operation fails; a call that was cancelled from
    /// this side is told apart before this table is asked.
    static func of(errno: Int32) -> CephError.Code {
        switch errno {
        case ENOENT, ENODATA: .notFound
        case EEXIST: .exists
        // EUCLEAN: librbd finds an entry of the trash that is still being moved there.
        case EBUSY, EAGAIN, EINTR, ESTALE, EUCLEAN: .busy
        case ENOTEMPTY: .notEmpty
        case ETIMEDOUT: .timedOut
        case EPERM, EACCES, EROFS: .permissionDenied
        case ENOSPC: .outOfSpace
        case EDQUOT: .quotaExceeded
        case EINVAL, EDOM, ENAMETOOLONG, E2BIG, EBADF: .invalidArgument
        case EOPNOTSUPP, ENOSYS, ENOEXEC: .unsupported
        case ECANCELED, EOVERFLOW, ERANGE: .comparisonFailed
        case ESHUTDOWN, ENOTCONN, ECONNREFUSED, ECONNRESET, EPIPE, EHOSTUNREACH, ENETUNREACH: .shutdown
        default: .other
        }
    }

    /// What to make of a failure: whether it may pass by itself, and what to do about it.
    var advice: (isRetriable: Bool, hint: String?) {
        switch kind {
        case .timedOut: (true, "check that the monitors and OSDs answer (ceph -s)")
        case .busy: (true, "try again when its other user is done")
        case .shutdown: (true, "connect again; see ceph osd blocklist ls if it persists")
        case .overloaded: (true, "try again later, or widen the lane")
        case .permissionDenied: (false, "check the client's capabilities (ceph auth get)")
        case .outOfSpace: (false, "add capacity or free some (ceph df)")
        case .quotaExceeded: (false, "raise the pool's quota (ceph osd pool get-quota)")
        case .notEmpty: (false, "remove what is in it first")
        case .comparisonFailed: (false, "read it again and decide anew")
        case .notFound, .exists, .invalidArgument, .unsupported, .cancelled, .other: (false, nil)
        }
    }

    /// Whether this failure proves that a mutation did not happen.
    func provesNothingHappened(after effect: Effect) -> Bool {
        switch kind {
        case .timedOut, .cancelled, .shutdown, .other: effect == .none
        case .permissionDenied, .outOfSpace, .quotaExceeded: effect != .steps
        case .notFound, .exists, .busy, .notEmpty, .invalidArgument, .unsupported, .comparisonFailed, .overloaded: true
        }
    }
}

/// What a call can change.
enum Effect: Sendable {
    /// Nothing: it only reads.
    case none
    /// One thing, whole or not at all: an object operation, one mon command.
    case atomic
    /// Several objects one after the other, as librbd does for most of an image's life: it can stop half way.
    case steps
}

/// Which C function is called, on what, and what it can change: all that an error message needs, put together only
/// when there is an error.
struct Call: Sendable {
    var function: String
    var place: String = ""
    var name: String = ""
    var effect: Effect = .none

    var target: String? {
        if place.isEmpty { return name.isEmpty ? nil : name }
        return name.isEmpty ? place : "\(place)/\(name)"
    }

    /// The error for a negative return value.
    func failure(_ result: Int, status: String? = nil) -> CephError {
        let number = Int32(clamping: -result)
        let code = CephError.Code.of(errno: number)
        return CephError(
            code, errno: number, operation: function, target: target, status: status,
            outcome: code.provesNothingHappened(after: effect) ? .notApplied : .unknown)
    }

    /// The library could not allocate.
    func outOfMemory() -> CephError {
        failure(-Int(ENOMEM))
    }

    /// Throws for a negative return value, hands any other back.
    @discardableResult
    func check(_ result: Int) throws(CephError) -> Int {
        guard result >= 0 else { throw failure(result) }
        return result
    }

    /// Throws for a negative return value, hands any other back.
    @discardableResult
    func check(_ result: Int32) throws(CephError) -> Int {
        try check(Int(result))
    }

    /// An argument that is refused before it gets to the library.
    func refused(_ reason: String) -> CephError {
        CephError(.invalidArgument, errno: EINVAL, operation: function, target: target, status: reason)
    }

    /// The task was cancelled. Outcome unknown if it had `started` and changes something.
    func cancelled(started: Bool) -> CephError {
        CephError(
            .cancelled, errno: ECANCELED, operation: function, target: target,
            outcome: started && effect != .none ? .unknown : .notApplied)
    }

    /// This module's own deadline passed. Outcome unknown if it had `started` and changes something.
    func expired(started: Bool) -> CephError {
        CephError(
            .timedOut, errno: ETIMEDOUT, operation: function, target: target,
            status: started ? "no answer from the library within its limit" : "still waiting in the lane",
            outcome: started && effect != .none ? .unknown : .notApplied)
    }

    /// The connection, context or image was closed before.
    func closed(_ what: String) -> CephError {
        CephError(.shutdown, errno: ESHUTDOWN, operation: function, target: target, status: "the \(what) is closed")
    }

    /// C strings end at their first NUL: a name that holds one would silently become another name.
    func refuseNUL(_ strings: String...) throws(CephError) {
        for string in strings where string.utf8.contains(0) {
            throw refused("a name must not hold a NUL byte")
        }
    }
}
