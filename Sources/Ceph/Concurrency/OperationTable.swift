import Vocabulary

/// A call that is under way and can be given up from outside.
protocol TrackedOperation: AnyObject, Sendable {
    /// Its limit has passed: the task that awaits it gets `.timedOut` now, the call itself runs on.
    func expire()
    /// The connection is closing and will wait no longer: cancel the call if the library can.
    func abort()
}

/// What is under way on one connection: refuses newcomers once it is closed, tells when the last one has left, and
/// gives up on whatever outlives its limit.
///
/// librados and librbd have timeouts of their own. The limits here come later and are there for the calls that those
/// timeouts do not reach, so that nothing waits for ever even then.
final class OperationTable: Sendable {
    private struct Entry: Sendable {
        var operation: (any TrackedOperation)?
        var deadline: Deadline?
    }

    private struct State: Sendable {
        var isClosed = false
        var isStopped = false
        var hasThread = false
        var nextID: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
        /// When the watching thread looks next; nil when it sleeps until it is woken.
        var wakesAt: Deadline?
        var drained: Promise<Void>?
    }

    private let monitor = Monitor(State())

    /// Enters an operation that may take `limit`; nil when the table is closed. What ends something that is in the
    /// table itself, such as the close of an open image, `endsAnother` and comes in as long as that is there.
    func enter(_ operation: any TrackedOperation, limit: Duration, endsAnother: Bool = false) -> UInt64? {
        let deadline = Deadline.in(limit)
        let (id, wakes, starts) = monitor.withLock { state -> (UInt64?, Bool, Bool) in
            guard !state.isClosed || (endsAnother && !state.entries.isEmpty) else { return (nil, false, false) }
            let id = state.nextID
            state.nextID += 1
            state.entries[id] = Entry(operation: operation, deadline: deadline)
            let starts = !state.hasThread
            state.hasThread = true
            return (id, state.wakesAt.map { deadline < $0 } ?? true, starts)
        }
        if starts {
            startWatching()
        } else if wakes {
            monitor.signal()
        }
        return id
    }

    /// Keeps the connection open for something that has no limit: an open image. Only while an operation is under way.
    func hold() -> UInt64 {
        monitor.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.entries[id] = Entry(operation: nil, deadline: nil)
            return id
        }
    }

    /// Gives an operation `limit` from now, because it has started or has made progress. An operation that was given
    /// up stays given up.
    func extend(_ id: UInt64, by limit: Duration) {
        let deadline = Deadline.in(limit)
        monitor.withLock { state in
            if state.entries[id]?.deadline != nil { state.entries[id]?.deadline = deadline }
        }
    }

    /// The operation is over: nothing of it is in the library any more.
    func leave(_ id: UInt64) {
        let drained = monitor.withLock { state -> Promise<Void>? in
            state.entries[id] = nil
            return state.entries.isEmpty ? state.drained : nil
        }
        drained?.complete(.success(()))
    }

    /// How many operations are under way.
    var count: Int { monitor.withLock { $0.entries.count } }

    /// Lets nobody in from now on. The promise is settled when the last operation has left.
    func close() -> Promise<Void> {
        let drained = Promise<Void>()
        let isEmpty = monitor.withLock { state in
            state.isClosed = true
            state.drained = drained
            return state.entries.isEmpty
        }
        if isEmpty { drained.complete(.success(())) }
        return drained
    }

    /// Asks whatever is under way to end.
    func abortAll() {
        let operations = monitor.withLock { state in state.entries.values.compactMap(\.operation) }
        for operation in operations { operation.abort() }
    }

    /// Ends the watching thread.
    func stop() {
        monitor.withLock { $0.isStopped = true }
        monitor.broadcast()
    }

    private func startWatching() {
        // The thread keeps the monitor alive, not the table, whose owner says when to stop.
        let monitor = monitor
        let started = startThread(named: "holdfast-limits") {
            while let expired = monitor.take({ state in Self.expired(&state) }) {
                for operation in expired { operation.expire() }
            }
        }
        if !started { monitor.withLock { $0.hasThread = false } }
    }

    /// The operations whose time is up; nil when the thread shall end.
    private static func expired(_ state: inout State) -> Monitor<State>.Attempt<[any TrackedOperation]?> {
        guard !state.isStopped else { return .done(nil) }
        let expired = state.entries.filter { $0.value.deadline?.hasPassed ?? false }
        for id in expired.keys { state.entries[id]?.deadline = nil }
        guard expired.isEmpty else { return .done(expired.values.compactMap(\.operation)) }
        state.wakesAt = state.entries.values.compactMap(\.deadline).min()
        return .wait(until: state.wakesAt)
    }
}
