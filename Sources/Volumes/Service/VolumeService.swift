public import Ceph
public import Logging
import Metrics
public import Vocabulary

/// Makes and deletes volumes on one Ceph cluster, for one Kubernetes cluster.
///
/// Thread-safe. Work on one volume runs one piece at a time, on different volumes side by side. Every method is
/// idempotent: after an error, a crash or a restart, the same call finds what is there and goes on from it.
///
/// Deadlines and cancellation: what has begun is not abandoned in the middle. When the deadline passes or the task is
/// cancelled the caller gets its error at once, with ``VolumeError/mayBeRunning`` set; the work goes on to the end of
/// the sequence, each call into Ceph bounded by ``CephTimeouts``, and the next call for the same volume waits for it.
public final class VolumeService: Sendable {
    /// How a service is set up.
    public struct Options: Sendable {
        /// The key of the Ceph cluster in `config.json`, the clusterID of every handle.
        public var clusterID: String
        /// The Kubernetes cluster that the volumes are for.
        public var kubernetesCluster: KubernetesClusterID
        /// Which directory of the pool is used (`--instanceid` of ceph-csi).
        public var instance: String
        /// What the Kubernetes cluster is called in the images' metadata; nil writes no metadata when images are made.
        public var clusterName: String?

        /// Options; those that ceph-csi has are set as it sets them, but for the metadata.
        public init(
            clusterID: String, kubernetesCluster: KubernetesClusterID, instance: String = JournalLayout.defaultInstance,
            clusterName: String? = nil
        ) {
            self.clusterID = clusterID
            self.kubernetesCluster = kubernetesCluster
            self.instance = instance
            self.clusterName = clusterName
        }
    }

    /// How the service is set up.
    public let options: Options
    let stores: PoolStores
    private let gate = OperationGate<VolumeUUID>()
    private let logger: Logger

    /// A service on an open connection, which it uses but does not close.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument` if no handle can be made with the clusterID.
    public convenience init(cluster: Cluster, options: Options, logger: Logger) throws(VolumeError) {
        try self.init(cluster: cluster, options: options, logger: logger, hook: nil)
    }

    init(cluster: Cluster, options: Options, logger: Logger, hook: CallHook?) throws(VolumeError) {
        if let problem = VolumeID.clusterIDProblem(options.clusterID) {
            throw .parameter("clusterID", problem, next: "use the key of the cluster in config.json")
        }
        self.options = options
        self.logger = logger
        stores = PoolStores(
            cluster: cluster, kubernetesCluster: options.kubernetesCluster, instance: options.instance, hook: hook,
            logger: logger)
    }

    /// Makes a volume, or finds the one that is there, and returns when image and journal are whole. Its intent stays
    /// until ``settle(_:in:deadline:)``.
    ///
    /// - Parameters:
    ///   - isCarried: whether a PV of this Kubernetes cluster has that handle. Asked only when the directory names
    ///     another volume for this name, which is then taken over if no PV has it.
    /// - Throws: ``VolumeError``. With ``VolumeError/mayBeRunning`` the volume may come to be: ask again.
    public func create(
        _ request: VolumeRequest, deadline: Deadline,
        isCarried: @escaping @Sendable (VolumeID) async throws(VolumeError) -> Bool
    ) async throws(VolumeError) -> Volume {
        let uuid = request.name.uuid(in: options.kubernetesCluster)
        return try await timed("create", uuid, "cannot make the volume \(request.name)", deadline) {
            () async throws(VolumeError) in
            let store = try await self.stores.store(request.location)
            if let dataPool = request.recipe.dataPool { try await self.stores.require(dataPool: dataPool) }
            return try await self.forgetting(store) { () async throws(VolumeError) in
                try await self.create(request, uuid, in: store, isCarried: isCarried)
            }
        }
    }

    /// Deletes a volume: its image goes to the trash, its journal is removed. A volume that is not there is deleted. Its
    /// intent stays until ``settle(_:in:deadline:)``.
    ///
    /// - Throws: ``VolumeError``; with the codes `inUse` and `hasSnapshots` nothing was changed.
    public func delete(_ deletion: VolumeDeletion, deadline: Deadline) async throws(VolumeError) {
        try await timed("delete", deletion.id.uuid, "cannot delete the volume \(deletion.name)", deadline) {
            () async throws(VolumeError) in
            guard
                let store = try await self.stores.store(deletion.id.pool, radosNamespace: deletion.radosNamespace)
            else { return }
            try await self.forgetting(store) { () async throws(VolumeError) in
                try await self.delete(deletion, in: store)
            }
        }
    }

    /// Removes a volume's intent: its PV is saved, or gone.
    ///
    /// - Parameter intent: ``Volume/intent`` after a create, the UUID of the handle after a delete.
    public func settle(_ intent: VolumeUUID, in location: PoolLocation, deadline: Deadline) async throws(VolumeError) {
        try await timed("settle", intent, "cannot settle the volume \(intent)", deadline) {
            () async throws(VolumeError) in
            try await self.stores.store(location).dropIntent(intent)
        }
    }

    /// Removes a volume's intent in the pool that its handle names; a pool that is gone has none.
    public func settle(
        _ id: VolumeID, radosNamespace: String = "", deadline: Deadline
    ) async throws(VolumeError) {
        try await timed("settle", id.uuid, "cannot settle the volume \(id)", deadline) { () async throws(VolumeError) in
            try await self.stores.store(id.pool, radosNamespace: radosNamespace)?.dropIntent(id.uuid)
        }
    }

    /// The work of this Kubernetes cluster that was under way in a place when its process ended.
    public func pendingIntents(in location: PoolLocation) async throws(VolumeError) -> PendingIntents {
        try await stores.store(location).pendingIntents()
    }

    /// Finishes what an intent stands for when nothing in Kubernetes will: a create whose claim and PV are gone is
    /// undone, a delete whose PV is gone is completed. Then the intent is removed.
    ///
    /// To be called for nobody else's intents, and not for a create whose PV exists: settle that one.
    public func finish(_ intent: Intent, in location: PoolLocation, deadline: Deadline) async throws(VolumeError) {
        try await timed("finish", intent.uuid, "cannot finish the \(intent.kind) of \(intent.name)", deadline) {
            () async throws(VolumeError) in
            let store = try await self.stores.store(location)
            let sequence = DeleteSequence(uuid: intent.uuid, name: intent.name.text, imageName: intent.imageName)
            let context = DeleteContext(
                intent: nil, metadata: self.trashMetadata(volume: nil, claim: nil),
                retention: .seconds(intent.retentionSeconds))
            do throws(VolumeError) {
                try await self.run(sequence, context, volume: intent.name, in: store)
            } catch {
                // A create that found its UUID taken has made nothing that could be undone.
                guard intent.kind == .create, error.code == .conflict else { throw error }
            }
            try await store.dropIntent(intent.uuid)
        }
    }

    /// Waits until all work has ended, that of callers who gave up included. To be called before the connection is
    /// closed. Returns false if the deadline came first.
    public func drain(deadline: Deadline) async -> Bool {
        await gate.drain(deadline: deadline)
    }

    /// Whether work on a volume is under way.
    var isBusy: Bool { !gate.isIdle }

    /// Runs work in a pool, and opens the pool anew the next time if something was not found: it may be the pool.
    private func forgetting<Value: Sendable>(
        _ store: PoolStore, _ work: () async throws(VolumeError) -> Value
    ) async throws(VolumeError) -> Value {
        do throws(VolumeError) {
            return try await work()
        } catch {
            if error.cause?.code == .notFound { await stores.forget(store) }
            throw error
        }
    }

    /// Runs work on a volume when no other work on it runs, and measures it.
    private func timed<Value: Sendable>(
        _ operation: String, _ uuid: VolumeUUID, _ what: String, _ deadline: Deadline,
        _ work: @escaping @Sendable () async throws(VolumeError) -> Value
    ) async throws(VolumeError) -> Value {
        let start = ContinuousClock.now
        var result = "ok"
        defer {
            Timer(label: "holdfast_volume_seconds", dimensions: [("operation", operation), ("result", result)])
                .record(duration: start.duration(to: .now))
        }
        do throws(VolumeError) {
            return try await gate.run(uuid, deadline: deadline, abandoned: { .abandoned(what, $0, $1) }, work)
        } catch {
            result = error.code.rawValue
            throw error
        }
    }
}

extension VolumeService {
    private func create(
        _ request: VolumeRequest, _ uuid: VolumeUUID, in store: PoolStore,
        isCarried: @escaping @Sendable (VolumeID) async throws(VolumeError) -> Bool
    ) async throws(VolumeError) -> Volume {
        let intent = Intent(
            kind: .create, uuid: uuid, name: request.name,
            imageName: JournalLayout.imageName(prefix: request.recipe.namePrefix, uuid: uuid),
            claimNamespace: request.claimNamespace, claimName: request.claimName)
        let context = CreateContext(
            request: request, intent: intent, clusterID: options.clusterID, metadata: metadata(request),
            isCarried: isCarried)
        var sequence = CreateSequence(request, uuid: uuid, writesMetadata: !context.metadata.isEmpty)
        while true {
            switch sequence.action {
            case .finish(let made):
                return Volume(
                    id: try VolumeID(clusterID: options.clusterID, pool: store.pool, uuid: made.uuid),
                    name: request.name, location: store.location, imageName: made.imageName, imageID: made.imageID,
                    size: made.size, intent: uuid)
            case .stop(let refusal):
                throw refusal.error(request, directory: store.directory)
            case let action:
                sequence.advance(try await store.perform(action, context))
            }
        }
    }

    private func delete(_ deletion: VolumeDeletion, in store: PoolStore) async throws(VolumeError) {
        let sequence = DeleteSequence(
            uuid: deletion.id.uuid, name: deletion.name.text, imageName: deletion.imageName,
            attachedNodes: deletion.attachedNodes)
        let image = deletion.imageName ?? JournalLayout.imageName(uuid: deletion.id.uuid)
        let intent = Intent(
            kind: .delete, uuid: deletion.id.uuid, name: deletion.name, imageName: image,
            retentionSeconds: deletion.retention.components.seconds)
        let context = DeleteContext(
            intent: intent,
            metadata: trashMetadata(volume: deletion.volumeManifest, claim: deletion.claimManifest),
            retention: deletion.retention)
        try await run(sequence, context, volume: deletion.name, in: store)
    }

    private func run(
        _ sequence: DeleteSequence, _ context: DeleteContext, volume: VolumeName, in store: PoolStore
    ) async throws(VolumeError) {
        var sequence = sequence
        while true {
            switch sequence.action {
            case .finish: return
            case .stop(let refusal):
                throw refusal.error(volume: volume.text, location: store.location.description)
            case let action:
                sequence.advance(try await store.perform(action, context))
            }
        }
    }

    /// What ceph-csi writes with `--setmetadata`.
    private func metadata(_ request: VolumeRequest) -> [String: String] {
        guard let clusterName = options.clusterName else { return [:] }
        var metadata = [
            JournalLayout.Metadata.clusterName: clusterName, JournalLayout.Metadata.volumeName: request.name.text,
        ]
        metadata[JournalLayout.Metadata.claimName] = request.claimName
        metadata[JournalLayout.Metadata.claimNamespace] = request.claimNamespace
        return metadata
    }

    /// What is kept with an image in the trash, for the purger and for bringing the volume back.
    private func trashMetadata(volume: String?, claim: String?) -> [String: String] {
        func limited(_ manifest: String) -> String {
            let size = manifest.utf8.count
            return size <= JournalLayout.TrashMetadata.longestManifest ? manifest : #"{"tooLong":\#(size)}"#
        }
        var metadata = [JournalLayout.TrashMetadata.cluster: options.kubernetesCluster.text]
        metadata[JournalLayout.TrashMetadata.volume] = volume.map(limited)
        metadata[JournalLayout.TrashMetadata.claim] = claim.map(limited)
        return metadata
    }
}

extension VolumeError {
    /// The caller's patience ended before the work did.
    fileprivate static func abandoned(_ what: String, _ isCancelled: Bool, _ hasBegun: Bool) -> VolumeError {
        let why = isCancelled ? "it was cancelled" : "the deadline has passed"
        let state = hasBegun ? "it goes on in the background" : "it had not begun, for other work on it runs"
        return VolumeError(
            isCancelled ? .cancelled : .timedOut, what, because: "\(why); \(state)",
            next: "look at ceph -s; it is tried again", mayBeRunning: true)
    }
}
