public import KubernetesModel
import Synchronization
public import Vocabulary

/// The objects of one kind as a ``Reflector`` last saw them: a cache to look things up in without asking the server.
///
/// Safe to use from any number of tasks; no method waits but ``waitUntilSynced(deadline:)``.
public final class ObjectStore<Object: KubernetesObject>: Sendable {
    private struct State {
        var objects: [ObjectKey: Object] = [:]
        var keysByUID: [ObjectUID: ObjectKey] = [:]
        var isSynced = false
        var subscribers: [WeakSubscriber] = []
    }

    private struct WeakSubscriber {
        weak var subscriber: ChangeQueue<Object>?
    }

    private let state = Mutex(State())
    private let synced = Flag()

    /// An empty store, for a ``Reflector`` to fill.
    public init() {}

    /// The object of a key; nil when there is none.
    public subscript(key: ObjectKey) -> Object? {
        state.withLock { $0.objects[key] }
    }

    /// The object of a UID; nil when there is none.
    public func object(uid: ObjectUID) -> Object? {
        state.withLock { state in state.keysByUID[uid].flatMap { state.objects[$0] } }
    }

    /// All objects at one moment, in no order.
    public var objects: [Object] { state.withLock { Array($0.objects.values) } }

    /// How many objects there are.
    public var count: Int { state.withLock { $0.objects.count } }

    /// The objects that `isIncluded` accepts, in no order. It looks at each object, and must not use the store.
    public func filter(_ isIncluded: (Object) -> Bool) -> [Object] {
        state.withLock { $0.objects.values.filter(isIncluded) }
    }

    /// Whether the store has held a whole list.
    public var isSynced: Bool { state.withLock { $0.isSynced } }

    /// Waits until the store has held a whole list; at once if it has.
    ///
    /// - Throws: ``KubernetesError``: `timedOut` after the deadline, `cancelled` when the task is cancelled.
    public func waitUntilSynced(deadline: Deadline) async throws(KubernetesError) {
        do {
            try await withDeadline(deadline) { [synced] in try await synced.wait() }
        } catch {
            let cause: KubernetesError.Cause = error is DeadlinePassed ? .timedOut : .cancelled
            throw KubernetesError(cause, operation: "waiting for the first list of", resource: "\(Object.kind)")
        }
    }

    /// The keys that change from now on, preceded by those of all objects that are there already.
    ///
    /// Changes of one key that nobody has taken yet become one, so that a slow reader costs memory for each key at
    /// most once. Each sequence is for one reader.
    public func changes() -> ObjectChanges<Object> {
        let queue = ChangeQueue<Object>()
        state.withLock { state in
            state.subscribers.append(WeakSubscriber(subscriber: queue))
            for key in state.objects.keys { queue.add(key, removed: nil) }
        }
        return ObjectChanges(queue: queue)
    }

    /// Takes in what a write of our own gave back, so that the next look-up sees it before the watch tells. Ignored
    /// when the store has a newer version of the object, or another object of that name.
    public func remember(_ object: Object) {
        state.withLock { state in
            if let known = state.objects[object.key], known.uid != object.uid || !object.isNewer(than: known) { return }
            Self.put(object, into: &state)
            Self.notify(&state, object.key, removed: nil)
        }
    }

    func apply(_ change: WatchMachine<Object>.Change) {
        state.withLock { state in
            switch change {
            case .replace(let objects): Self.replace(with: objects, &state)
            case .apply(let object):
                Self.put(object, into: &state)
                Self.notify(&state, object.key, removed: nil)
            case .remove(let object):
                Self.take(object.key, from: &state)
                Self.notify(&state, object.key, removed: object)
            }
        }
        if case .replace = change { synced.raise() }
    }
}

// MARK: Changing the state

extension ObjectStore {
    private static func put(_ object: Object, into state: inout State) {
        let key = object.key
        if let old = state.objects[key]?.uid, old != object.uid { state.keysByUID[old] = nil }
        state.objects[key] = object
        if let uid = object.uid { state.keysByUID[uid] = key }
    }

    private static func take(_ key: ObjectKey, from state: inout State) {
        if let uid = state.objects.removeValue(forKey: key)?.uid { state.keysByUID[uid] = nil }
    }

    /// Swaps the whole content in one step; those who follow the changes hear of the differences alone.
    private static func replace(with objects: [Object], _ state: inout State) {
        let old = state.objects
        state.objects.removeAll(keepingCapacity: true)
        state.keysByUID.removeAll(keepingCapacity: true)
        for object in objects { put(object, into: &state) }
        state.isSynced = true
        for object in objects {
            let known = old[object.key]
            if known?.uid != object.uid, let known {
                notify(&state, object.key, removed: known)
            } else if known?.metadata.resourceVersion != object.metadata.resourceVersion || known == nil {
                notify(&state, object.key, removed: nil)
            }
        }
        for (key, object) in old where state.objects[key] == nil { notify(&state, key, removed: object) }
    }

    private static func notify(_ state: inout State, _ key: ObjectKey, removed: Object?) {
        var hasGone = false
        for entry in state.subscribers {
            if let subscriber = entry.subscriber { subscriber.add(key, removed: removed) } else { hasGone = true }
        }
        if hasGone { state.subscribers.removeAll { $0.subscriber == nil } }
    }
}

extension KubernetesObject {
    /// Whether this state of an object is newer than another. Versions are numbers of etcd's in practice, and by
    /// contract since Kubernetes 1.35; others count as newer.
    fileprivate func isNewer(than other: Self) -> Bool {
        guard let mine = metadata.resourceVersion.flatMap(UInt64.init),
            let theirs = other.metadata.resourceVersion.flatMap(UInt64.init)
        else { return true }
        return mine > theirs
    }
}
