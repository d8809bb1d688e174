import Ceph
public import Logging
import Vocabulary

/// Removes the images of deleted volumes from the trash once their retention is over.
///
/// Only images that this Kubernetes cluster deleted are touched, told by their metadata; librbd's own check of the
/// deferment is the second lock. It needs no mgr. Removing an image's data takes long, so only a few images of a place
/// are removed at a time, in the lane for what takes long, and only one while volumes are made or deleted: somebody waits
/// for those, nobody for the space.
public struct Purger: Sendable {
    private let service: VolumeService
    private let logger: Logger

    /// What came of one pass over a trash.
    public struct Report: Hashable, Sendable {
        /// The images that were removed.
        public var removed = 0
        /// Those that have clones or are in use just now: they are tried again in a later pass.
        public var postponed = 0
        /// Those whose removal failed otherwise; the log says why.
        public var failed = 0
        /// Whether images that could be removed are left because of the pass's limit.
        public var hasMore = false
    }

    /// A purger of what a service has deleted.
    public init(_ service: VolumeService, logger: Logger) {
        self.service = service
        self.logger = logger
    }

    /// Goes over the trash of a place once and removes up to `limit` images.
    ///
    /// Cancellation: the image whose removal runs is left to librbd, which goes on with it or leaves it for the next
    /// pass; no other is begun.
    ///
    /// - Throws: ``VolumeError`` if the trash cannot be read.
    public func pass(over location: PoolLocation, limit: Int = 100) async throws(VolumeError) -> Report {
        let store = try await service.stores.store(location)
        let trash = try await store.find("cannot list the trash of \(location)") { () async throws(CephError) in
            try await store.context.trash()
        }
        let due = (trash ?? []).filter { $0.source == .user && $0.isRemovable }
        let results = await withTaskGroup(of: Outcome.self) { group in
            var results: [Outcome: Int] = [:]
            var waiting = due.makeIterator()
            var running = 0
            while true {
                let width = service.isBusy ? 1 : Self.concurrency
                let left = limit - results.reduce(0) { $1.key == .foreign ? $0 : $0 + $1.value }
                while running < min(width, left), !Task.isCancelled, let entry = waiting.next() {
                    group.addTask { await remove(entry, from: store) }
                    running += 1
                }
                guard let result = await group.next() else { return results }
                results[result, default: 0] += 1
                running -= 1
            }
        }
        return Report(
            removed: results[.removed] ?? 0, postponed: results[.postponed] ?? 0, failed: results[.failed] ?? 0,
            hasMore: results.values.reduce(0, +) < due.count)
    }

    /// Half of the lane's threads, so that two places go on side by side.
    private static let concurrency = 4

    private enum Outcome {
        case removed, postponed, failed, foreign
    }

    private func remove(_ entry: TrashEntry, from store: PoolStore) async -> Outcome {
        do throws(VolumeError) {
            guard try await isOurs(entry, in: store) else { return .foreign }
            _ = try await store.find("cannot remove \(store.location)/\(entry.name) from the trash") {
                () async throws(CephError) in
                try await store.context.removeFromTrash(id: entry.id)
            }
            return .removed
        } catch {
            switch error.cause?.code {
            case .notEmpty, .busy: return .postponed
            default:
                logger.warning(
                    "an image stays in the trash",
                    metadata: ["image": "\(store.location)/\(entry.name)", "error": "\(error)"])
                return .failed
            }
        }
    }

    /// Whether this Kubernetes cluster deleted the image. One without a header is the rest of a removal that was cut
    /// short, of no use to anybody; it is finished if it is named like a volume's.
    private func isOurs(_ entry: TrashEntry, in store: PoolStore) async throws(VolumeError) -> Bool {
        let owner = try await store.metadata(JournalLayout.TrashMetadata.cluster, imageID: entry.id)
        if let owner { return owner == service.options.kubernetesCluster.text }
        let header = RBDObjects.headerObject(entry.id)
        let stat = try await store.find("cannot look for \(store.location)/\(header)") { () async throws(CephError) in
            try await store.context.stat(header)
        }
        return stat == nil && VolumeUUID(entry.name.suffix(VolumeUUID.length)) != nil
    }
}
