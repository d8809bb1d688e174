import Vocabulary

/// One blocking call that waits in a lane or runs on one of its threads.
class LaneJob: TrackedOperation, @unchecked Sendable {
    // Sendable: the base class holds nothing, its one subclass guards its state with a lock.
    fileprivate init() {}

    /// Makes the call, unless it was given up before.
    func run() {}
    /// Ends it before it was ever queued.
    func refuse(_ error: CephError) {}
    func expire() {}
    func abort() {}
}

/// What a running job may tell its lane.
struct LaneTicket: Sendable {
    fileprivate let table: OperationTable
    fileprivate let id: UInt64
    fileprivate let limit: Duration

    /// The call makes progress: its limit counts from now.
    func extend() {
        table.extend(id, by: limit)
    }
}

/// A job with the type of its result.
final class TypedLaneJob<Value: Sendable>: LaneJob, @unchecked Sendable {
    typealias Body = @Sendable (LaneTicket) throws(CephError) -> Value

    private enum Phase {
        case waiting(Body)
        case running
        case over
    }

    let promise = Promise<Value>()
    private let call: Call
    private let limit: Duration
    private let table: OperationTable
    private let late: @Sendable (Result<Value, CephError>) -> Void
    private let withdraw: @Sendable (LaneJob) -> Void
    // A pthread mutex inside: the thread sanitizer understands it, so its runs prove something about the lane.
    private let state: Monitor<(phase: Phase, id: UInt64)>

    init(
        _ call: Call, limit: Duration, table: OperationTable,
        late: @escaping @Sendable (Result<Value, CephError>) -> Void,
        withdraw: @escaping @Sendable (LaneJob) -> Void,
        body: @escaping Body
    ) {
        self.call = call
        self.limit = limit
        self.table = table
        self.late = late
        self.withdraw = withdraw
        state = Monitor((.waiting(body), 0))
    }

    /// Enters the table; false when the connection is closed.
    func register() -> Bool {
        // Under the lock: its limit can pass before this returns, and whoever gives it up needs the number.
        state.withLock { state in
            guard let id = table.enter(self, limit: limit) else { return false }
            state.id = id
            return true
        }
    }

    override func run() {
        let (body, id) = state.withLock { state -> (Body?, UInt64) in
            guard case .waiting(let body) = state.phase else { return (nil, state.id) }
            state.phase = .running
            return (body, state.id)
        }
        guard let body else { return }
        table.extend(id, by: limit)
        let result = Self.result(of: body, LaneTicket(table: table, id: id, limit: limit))
        state.withLock { $0.phase = .over }
        if !promise.complete(result) { late(result) }
        table.leave(id)
    }

    override func refuse(_ error: CephError) {
        giveUp { _ in error }
    }

    override func expire() {
        giveUp(call.expired(started:))
    }

    override func abort() {
        giveUp(call.cancelled(started:))
    }

    /// The task that waits was cancelled.
    func cancel() {
        giveUp(call.cancelled(started:))
    }

    /// Never starts it if it waits; lets go of it if it runs.
    func giveUp(_ error: (Bool) -> CephError) {
        let (error, id, waited) = state.withLock { state -> (CephError?, UInt64, Bool) in
            switch state.phase {
            case .waiting:
                state.phase = .over
                return (error(false), state.id, true)
            case .running: return (error(true), state.id, false)
            // Whoever ended it settles the promise; a second opinion could come first and tell the wrong outcome.
            case .over: return (nil, state.id, false)
            }
        }
        guard let error else { return }
        promise.complete(.failure(error))
        guard waited else { return }
        withdraw(self)
        table.leave(id)
    }

    private static func result(of body: Body, _ ticket: LaneTicket) -> Result<Value, CephError> {
        do throws(CephError) {
            return .success(try body(ticket))
        } catch {
            return .failure(error)
        }
    }
}
