public import KubernetesModel
import Synchronization

/// How many requests of a kind have come.
public struct RequestKey: Hashable, Sendable {
    /// `create`, `get`, `list`, `watch`, `update`, `patch`, `delete`, `deletecollection`.
    public var verb: String
    /// The resource as RBAC names it: `persistentvolumeclaims/status`.
    public var resource: String

    /// A kind of request.
    public init(_ verb: String, _ resource: String) {
        self.verb = verb
        self.resource = resource
    }
}

/// The embedded cluster as its connections, its controllers and tests share it.
///
/// Safe from any thread: each call takes one lock for as long as it takes to compute. Controllers run in the same
/// step as the write that gives them work, so a client sees their changes as the next ones.
public final class DevCluster: Sendable {
    private struct State {
        var store: ResourceStore
        var controllers: ControllerLoop?
        var faults = FaultPlan()
        var counts: [RequestKey: Int] = [:]
        var watchCuts = 0
        var nextSubscriber = 0
        var subscribers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state: Mutex<State>

    /// An empty cluster. The same seed gives the same UIDs; `historyLimit` is the least number of changes that watches
    /// can look back; `runsControllers` turns binder and namespace controller off.
    public init(seed: UInt64, historyLimit: Int = 20_000, runsControllers: Bool = true) {
        let store = ResourceStore(seed: seed, now: .now(), historyLimit: historyLimit)
        state = Mutex(State(store: store, controllers: runsControllers ? ControllerLoop() : nil))
    }

    // MARK: For tests and demonstrations

    /// The object of this key; nil when there is none.
    public func object(_ kind: ResourceKind, _ key: ObjectKey) -> JSONObject? {
        state.withLock { $0.store[kind, key] }
    }

    /// All objects of a kind, in the order of their keys.
    public func objects(_ kind: ResourceKind) -> [JSONObject] {
        state.withLock { $0.store.all(kind) }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// How many requests have come so far, faulted ones included.
    public func requestCounts() -> [RequestKey: Int] {
        state.withLock { $0.counts }
    }

    /// Puts these rules in the place of all others; the seed decides their draws.
    public func setFaults(_ rules: [FaultRule], seed: UInt64 = 0) {
        state.withLock { $0.faults = FaultPlan(rules, seed: seed) }
    }

    /// The rules in force.
    public var faults: [FaultRule] { state.withLock { $0.faults.rules } }

    /// Forgets the history: watches and continued lists from older versions get 410, open watches too as soon as they
    /// lag behind.
    public func expireHistory() {
        state.withLock { $0.store.expireHistory() }
        wake()
    }

    /// Closes the connections of all open watches, in the middle of their bodies.
    public func cutWatches() {
        state.withLock { $0.watchCuts += 1 }
        wake()
    }

    // MARK: For the HTTP layer

    /// Counts a request and says which faults it meets.
    func admit(_ request: ResourceRequest) -> [FaultRule.Effect] {
        state.withLock { state in
            state.counts[RequestKey(request.verb.rawValue, request.resourceName), default: 0] += 1
            return state.faults.effects(on: request)
        }
    }

    /// Serves a request, lets the controllers react, and wakes the watches.
    func answer(_ request: ResourceRequest, _ body: RequestBody) throws(APIFailure) -> Answer {
        let answer = try state.withLock { (state) throws(APIFailure) in
            let answer = try ResourceHandler.answer(request, body, &state.store, now: .now())
            // What the controllers are refused they try again at the next change.
            _ = state.controllers?.settle(&state.store, now: .now())
            return answer
        }
        if ![.get, .list, .watch].contains(request.verb) { wake() }
        return answer
    }

    /// What a watch has to tell now, and how often watches have been cut so far.
    func look(_ cursor: inout WatchCursor) throws(APIFailure) -> (events: [WatchEvent], cuts: Int) {
        // Under the lock: a copy of the store that outlived it would make the next write copy its tables.
        try state.withLock { (state) throws(APIFailure) in
            (try cursor.events(in: state.store), state.watchCuts)
        }
    }

    /// How often watches have been cut so far.
    var watchCuts: Int { state.withLock { $0.watchCuts } }

    /// A stream that yields after every change, as often as the reader keeps up; it ends with `unsubscribe`.
    func subscribe() -> (id: Int, wakes: AsyncStream<Void>, wake: AsyncStream<Void>.Continuation) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextSubscriber += 1
            state.subscribers[state.nextSubscriber] = continuation
            return state.nextSubscriber
        }
        return (id, stream, continuation)
    }

    /// Ends a subscription.
    func unsubscribe(_ id: Int) {
        state.withLock { $0.subscribers.removeValue(forKey: id) }?.finish()
    }

    private func wake() {
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for subscriber in subscribers { subscriber.yield() }
    }
}
