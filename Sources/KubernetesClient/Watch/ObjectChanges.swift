import DequeModule
public import KubernetesModel
import Synchronization

/// That an object has appeared, changed or gone. Look it up in the store: by the time this is read, it may have
/// changed again.
public struct ObjectChange<Object: KubernetesObject>: Hashable, Sendable {
    /// The key.
    public let key: ObjectKey
    /// The last state of an object of this key that is gone; another of the same name may be there by now.
    public let removed: Object?
}

/// The changes of an ``ObjectStore``, oldest first, each key once. For one reader. It ends when the task is cancelled.
public struct ObjectChanges<Object: KubernetesObject>: AsyncSequence, Sendable {
    let queue: ChangeQueue<Object>

    /// The one iterator of the changes.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }

    /// Takes changes one after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: ChangeQueue<Object>

        /// The next change; waits for one. Nil when the task has been cancelled.
        public mutating func next() async -> ObjectChange<Object>? { await queue.next() }

        /// The next change; waits for one. Nil when the task has been cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ObjectChange<Object>? {
            await queue.next()
        }
    }
}

/// What one reader has not taken yet: keys in the order in which they first changed.
final class ChangeQueue<Object: KubernetesObject>: Sendable {
    private struct State {
        var order: Deque<ObjectKey> = []
        /// The keys of `order`; with the object, if the key's object has gone.
        var pending: [ObjectKey: Object?] = [:]
    }

    private let state = Mutex(State())
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    init() {
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ key: ObjectKey, removed: Object?) {
        state.withLock { state in
            switch state.pending[key] {
            case nil:
                state.order.append(key)
                state.pending[key] = .some(removed)
            case .some(let earlier):
                state.pending[key] = .some(removed ?? earlier)
            }
        }
        wakeUp.yield()
    }

    func next() async -> ObjectChange<Object>? {
        if Task.isCancelled { return nil }
        if let change = take() { return change }
        for await _ in wakeUps {
            if let change = take() { return change }
        }
        return nil
    }

    private func take() -> ObjectChange<Object>? {
        state.withLock { state in
            guard let key = state.order.popFirst() else { return nil }
            let removed = state.pending.removeValue(forKey: key).flatMap { $0 }
            return ObjectChange(key: key, removed: removed)
        }
    }
}
