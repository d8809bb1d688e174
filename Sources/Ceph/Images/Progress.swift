import CephShim

/// How far a long call has come: `done` of `total`, in units of its own (objects as a rule). Called on a thread of
/// librbd: it must return quickly and make no call to this module.
public typealias ProgressHandler = @Sendable (_ done: UInt64, _ total: UInt64) -> Void

/// Lends a progress handler to C for the time of a blocking call; each step extends the call's limit.
final class ProgressReport: Sendable {
    private let ticket: LaneTicket
    private let handler: ProgressHandler?

    init(_ ticket: LaneTicket, _ handler: ProgressHandler?) {
        self.ticket = ticket
        self.handler = handler
    }

    /// Makes the call with the function and the argument that librbd's `_with_progress` calls take.
    func during<Value, Failure: Error>(
        _ body: (librbd_progress_fn_t, UnsafeMutableRawPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { withExtendedLifetime(self) {} }
        return try body(
            { done, total, argument in
                guard let argument else { return 0 }
                Unmanaged<ProgressReport>.fromOpaque(argument).takeUnretainedValue().step(done, total)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func step(_ done: UInt64, _ total: UInt64) {
        ticket.extend()
        handler?(done, total)
    }
}
