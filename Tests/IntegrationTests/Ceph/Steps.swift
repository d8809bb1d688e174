import Synchronization

/// The steps that a progress handler was told of.
final class Steps: Sendable {
    private let steps = Mutex<[(done: UInt64, total: UInt64)]>([])

    func add(_ done: UInt64, _ total: UInt64) {
        steps.withLock { $0.append((done, total)) }
    }

    var last: (done: UInt64, total: UInt64)? { steps.withLock { $0.last } }
    var count: Int { steps.withLock { $0.count } }
}
