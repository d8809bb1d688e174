import CephShim
import Glibc
import Synchronization
import Vocabulary

/// A call that the library finishes on a thread of its own, through a completion. C holds it until the callback.
class PendingCall: TrackedOperation, @unchecked Sendable {
    // Sendable: the base class holds nothing, its one subclass guards its state with a Mutex.
    fileprivate init() {}

    /// The library's answer. Runs on a librados or librbd thread: copies, resumes, returns.
    func complete(_ result: Int) {}
    func expire() {}
    func abort() {}
}

/// A completion object of librados or librbd.
///
/// Both are thread-safe reference-counted objects; the owner's reference is given back when the last holder of the
/// call is gone, so that a cancellation that races with the callback never touches a freed one.
struct CompletionHandle: ~Copyable, @unchecked Sendable {
    enum Library { case rados, rbd }

    let raw: UnsafeMutableRawPointer
    private let library: Library

    /// A completion that hands its result to `call`, which it retains until then; nil without memory.
    init?(_ library: Library, for call: PendingCall) {
        let retained = Unmanaged.passRetained(call)
        var raw: UnsafeMutableRawPointer?
        let result =
            switch library {
            case .rados:
                rados_aio_create_completion2(
                    retained.toOpaque(),
                    { completion, argument in
                        settle(argument, Int(rados_aio_get_return_value(completion)))
                    }, &raw)
            case .rbd:
                rbd_aio_create_completion(
                    retained.toOpaque(),
                    { completion, argument in
                        settle(argument, rbd_aio_get_return_value(completion))
                    }, &raw)
            }
        guard result >= 0, let raw else {
            retained.release()
            return nil
        }
        self.raw = raw
        self.library = library
    }

    deinit {
        // Frees memory, waits for nothing: the one C call that a deinit here makes by itself.
        switch library {
        case .rados: rados_aio_release(raw)
        case .rbd: rbd_aio_release(raw)
        }
    }
}

/// Takes the reference that the completion held and tells the call its result.
private func settle(_ argument: UnsafeMutableRawPointer?, _ result: Int) {
    guard let argument else { return }
    Unmanaged<PendingCall>.fromOpaque(argument).takeRetainedValue().complete(result)
}

/// A call with the type of its result. It owns, through its closures, every buffer that C writes to or reads from.
final class AsyncCall<Value: Sendable>: PendingCall, @unchecked Sendable {
    typealias Finish = @Sendable (Int) throws(CephError) -> Value
    /// Asks the library to cancel the completion it is given.
    typealias Cancel = @Sendable (UnsafeMutableRawPointer) -> Void

    private struct State: ~Copyable {
        var completion: CompletionHandle?
        var finish: Finish?
        var id: UInt64 = 0
        var isSubmitted = false
        var isOver = false
        var wantsCancel = false
    }

    let promise = Promise<Value>()
    private let call: Call
    private let table: OperationTable
    private let cancelInLibrary: Cancel?
    private let state: Mutex<State>

    init(_ call: Call, table: OperationTable, cancel: Cancel?, finish: @escaping Finish) {
        self.call = call
        self.table = table
        cancelInLibrary = cancel
        state = Mutex(State(finish: finish))
    }

    /// Starts the call and waits for its end.
    func run(
        _ library: CompletionHandle.Library, limit: Duration, endsAnother: Bool = false,
        submit: (UnsafeMutableRawPointer) -> Int32
    ) async throws(CephError) -> Value {
        guard !Task.isCancelled else { throw call.cancelled(started: false) }
        guard let id = table.enter(self, limit: limit, endsAnother: endsAnother) else {
            throw call.closed("connection")
        }
        let raw = state.withLock { state -> UnsafeMutableRawPointer? in
            state.id = id
            state.completion = CompletionHandle(library, for: self)
            return state.completion?.raw
        }
        guard let raw else {
            table.leave(id)
            throw call.outOfMemory()
        }
        let result = submit(raw)
        if result < 0 {
            // No callback follows: take the reference back that it would have taken.
            Unmanaged.passUnretained(self as PendingCall).release()
            complete(Int(result))
        } else {
            submitted(raw)
        }
        return try await withTaskCancellationHandler {
            await promise.value()
        } onCancel: {
            abort()
        }.get()
    }

    override func complete(_ result: Int) {
        let (finish, id, wasCancelled) = state.withLock { state -> (Finish?, UInt64, Bool) in
            state.isOver = true
            defer { state.finish = nil }
            return (state.finish, state.id, state.wantsCancel)
        }
        guard let finish else { return }
        if wasCancelled && result == -Int(ECANCELED) {
            promise.complete(.failure(call.cancelled(started: true)))
        } else {
            promise.complete(Self.result(of: finish, result))
        }
        table.leave(id)
    }

    override func expire() {
        promise.complete(.failure(call.expired(started: true)))
    }

    /// Cancels the call where the library can; elsewhere the callback is awaited, which the timeouts bound.
    override func abort() {
        guard cancelInLibrary != nil else { return }
        let raw = state.withLock { state -> UnsafeMutableRawPointer? in
            state.wantsCancel = true
            return state.isSubmitted && !state.isOver ? state.completion?.raw : nil
        }
        if let raw { cancelInLibrary?(raw) }
    }

    /// librados knows the operation by now; a cancellation that came earlier is made up for.
    private func submitted(_ raw: UnsafeMutableRawPointer) {
        let cancelsNow = state.withLock { state -> Bool in
            state.isSubmitted = true
            return state.wantsCancel && !state.isOver
        }
        if cancelsNow { cancelInLibrary?(raw) }
    }

    private static func result(of finish: Finish, _ result: Int) -> Result<Value, CephError> {
        do throws(CephError) {
            return .success(try finish(result))
        } catch {
            return .failure(error)
        }
    }
}
