import Glibc
import Testing

@testable import Ceph

@Suite struct ErrorTests {
    static let kinds: [(Int32, CephError.Code)] = [
        (ENOENT, .notFound), (ENODATA, .notFound), (EEXIST, .exists), (EBUSY, .busy), (EAGAIN, .busy), (EUCLEAN, .busy),
        (ENOTEMPTY, .notEmpty), (ETIMEDOUT, .timedOut), (EPERM, .permissionDenied), (EACCES, .permissionDenied),
        (EROFS, .permissionDenied), (ENOSPC, .outOfSpace), (EDQUOT, .quotaExceeded), (EINVAL, .invalidArgument),
        (ENAMETOOLONG, .invalidArgument), (EOPNOTSUPP, .unsupported), (ENOSYS, .unsupported),
        (ECANCELED, .comparisonFailed), (ERANGE, .comparisonFailed), (EOVERFLOW, .comparisonFailed),
        (ESHUTDOWN, .shutdown), (ENOTCONN, .shutdown), (EIO, .other), (4242, .other),
    ]

    @Test(arguments: kinds) func kind(of number: Int32, is code: CephError.Code) {
        let error = Call(function: "f").failure(-Int(number))
        #expect(error.code == code)
        #expect(error.errno == number)
    }

    static let retriable: [(CephError.Code, Bool)] = [
        (.timedOut, true), (.busy, true), (.shutdown, true), (.overloaded, true),
        (.notFound, false), (.exists, false), (.notEmpty, false), (.permissionDenied, false), (.outOfSpace, false),
        (.quotaExceeded, false), (.invalidArgument, false), (.unsupported, false), (.comparisonFailed, false),
        (.cancelled, false), (.other, false),
    ]

    @Test(arguments: retriable) func retrying(_ code: CephError.Code, mayHelp: Bool) {
        #expect(CephError(code, errno: 1, operation: "f").isRetriable == mayHelp)
    }

    static let outcomes: [(Int32, Effect, CephError.Outcome)] = [
        (ETIMEDOUT, .none, .notApplied), (ETIMEDOUT, .atomic, .unknown), (ETIMEDOUT, .steps, .unknown),
        (ESHUTDOWN, .none, .notApplied), (ESHUTDOWN, .atomic, .unknown), (EIO, .atomic, .unknown),
        (ENOSPC, .atomic, .notApplied), (ENOSPC, .steps, .unknown), (EDQUOT, .steps, .unknown),
        (EPERM, .atomic, .notApplied), (EPERM, .steps, .unknown), (EEXIST, .steps, .notApplied),
        (ENOTEMPTY, .steps, .notApplied), (ENOENT, .steps, .notApplied), (ECANCELED, .atomic, .notApplied),
    ]

    @Test(arguments: outcomes)
    func outcome(of number: Int32, after effect: Effect, is outcome: CephError.Outcome) {
        #expect(Call(function: "f", effect: effect).failure(-Int(number)).outcome == outcome)
    }

    @Test func descriptionNamesEverythingOnOneLine() {
        let call = Call(function: "rados_mon_command", place: "rbd", name: "img", effect: .atomic)
        let error = call.failure(-Int(ETIMEDOUT), status: "first line\nsecond line")
        #expect(
            error.description
                == "rados_mon_command on rbd/img failed: ETIMEDOUT: first line second line; it may have been applied; "
                + "check that the monitors and OSDs answer (ceph -s)")
        #expect(Call(function: "rbd_list2").failure(-4242).description == "rbd_list2 failed: errno 4242")
    }

    @Test func cancellationTellsWhetherItHadStarted() {
        let call = Call(function: "rbd_create4", effect: .steps)
        #expect(call.cancelled(started: false).outcome == .notApplied)
        #expect(call.cancelled(started: true).outcome == .unknown)
        #expect(call.cancelled(started: true).description.contains("cancelled"))
        #expect(Call(function: "rbd_list2").cancelled(started: true).outcome == .notApplied)
    }

    @Test func namesWithNULAreRefused() {
        #expect(throws: CephError.self) { try Call(function: "f").refuseNUL("good", "b\0d") }
        #expect(throws: Never.self) { try Call(function: "f").refuseNUL("good", "") }
    }
}
