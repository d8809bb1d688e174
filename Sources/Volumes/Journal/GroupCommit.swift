/// Gathers the changes that arrive while one is being written, and writes them together.
///
/// Many volumes under way change the same omap object. One operation that sets and removes a hundred keys costs hardly
/// more than one that sets a single key, and waiting for the one in flight costs nothing when there is none.
actor GroupCommit {
    /// What becomes of a key: a new value, or nil to remove it.
    typealias Changes = [String: [UInt8]?]

    private let write: @Sendable (Changes) async throws(VolumeError) -> Void
    private var waiting: Batch?
    private var isWriting = false

    /// Changes that will be written in one operation, and who waits for it.
    private struct Batch {
        var changes: Changes = [:]
        var waiters: [CheckedContinuation<Result<Void, VolumeError>, Never>] = []
    }

    /// - Parameter write: writes changes in one atomic operation; it must end in a bounded time.
    init(write: @escaping @Sendable (Changes) async throws(VolumeError) -> Void) {
        self.write = write
    }

    /// Makes one change durable.
    ///
    /// It returns when the operation that holds the change has been acknowledged. Cancellation has no effect: a write
    /// that others share cannot be taken back, and it ends by Ceph's own time-out.
    func commit(_ key: String, _ value: [UInt8]?) async throws(VolumeError) {
        let result = await withCheckedContinuation { continuation in
            var batch = waiting ?? Batch()
            batch.changes[key] = .some(value)
            batch.waiters.append(continuation)
            waiting = batch
            if !isWriting {
                isWriting = true
                Task { await self.drain() }
            }
        }
        try result.get()
    }

    /// How many keys wait for the next write.
    var waitingCount: Int { waiting?.changes.count ?? 0 }

    private func drain() async {
        while let batch = waiting {
            waiting = nil
            let result: Result<Void, VolumeError>
            do throws(VolumeError) {
                try await write(batch.changes)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            for waiter in batch.waiters { waiter.resume(returning: result) }
        }
        isWriting = false
    }
}
