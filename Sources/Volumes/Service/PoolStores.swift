import Ceph
import Logging
import Vocabulary

/// The pools in use, each opened and made ready once.
actor PoolStores {
    private let cluster: Cluster
    private let kubernetesCluster: KubernetesClusterID
    private let directory: String
    private let hook: CallHook?
    private let logger: Logger
    private var open: [PoolName: Task<Result<PoolStore, VolumeError>, Never>] = [:]
    /// Pools for images' data that have been seen to exist.
    private var dataPools: Set<String> = []

    /// A pool by what the caller knows of it, and a RADOS namespace.
    private enum PoolName: Hashable {
        case name(PoolLocation)
        case id(PoolID, radosNamespace: String)
    }

    init(
        cluster: Cluster, kubernetesCluster: KubernetesClusterID, instance: String, hook: CallHook?, logger: Logger
    ) {
        self.cluster = cluster
        self.kubernetesCluster = kubernetesCluster
        self.directory = JournalLayout.directoryObject(instance: instance)
        self.hook = hook
        self.logger = logger
    }

    /// The store of a pool by name.
    ///
    /// - Throws: ``VolumeError`` with code `poolMissing` or `notFound` (the RADOS namespace), among others.
    func store(_ location: PoolLocation) async throws(VolumeError) -> PoolStore {
        try await store(.name(location))
    }

    /// The store of a pool by number, or nil if there is no such pool. Numbers are never used twice: what was in that
    /// pool is gone.
    func store(_ pool: PoolID, radosNamespace: String) async throws(VolumeError) -> PoolStore? {
        do throws(VolumeError) {
            return try await store(.id(pool, radosNamespace: radosNamespace))
        } catch {
            guard error.code == .poolMissing else { throw error }
            return nil
        }
    }

    /// Makes sure that a pool for images' data exists. The OSDMap is asked once for each name.
    ///
    /// - Throws: ``VolumeError`` with code `poolMissing` and the key `dataPool`, among others.
    func require(dataPool name: String) async throws(VolumeError) {
        guard !dataPools.contains(name) else { return }
        do throws(CephError) {
            _ = try await cluster.poolID(named: name)
        } catch {
            let what = "cannot use dataPool \(quoted(name))"
            guard error.code == .notFound else { throw VolumeError(error, what) }
            throw VolumeError(
                .poolMissing, what, because: "there is no such pool",
                next: "make it with: ceph osd pool create, or correct the class", key: "dataPool", cause: error)
        }
        dataPools.insert(name)
    }

    /// Forgets a pool that turned out to be gone, and the pools for data: it may have been one of them.
    func forget(_ store: PoolStore) {
        dataPools.removeAll()
        open[.name(store.location)] = nil
        open[.id(store.pool, radosNamespace: store.location.radosNamespace)] = nil
    }

    /// Many volumes of one pool may come at once: the first opens it, the others wait for that.
    private func store(_ name: PoolName) async throws(VolumeError) -> PoolStore {
        let task =
            open[name]
            ?? Task { () async -> Result<PoolStore, VolumeError> in
                do throws(VolumeError) {
                    return .success(try await self.prepare(name))
                } catch {
                    return .failure(error)
                }
            }
        open[name] = task
        let result = await task.value
        if case .failure = result, open[name] == task { open[name] = nil }
        return try result.get()
    }

    private func prepare(_ name: PoolName) async throws(VolumeError) -> PoolStore {
        let context = try await context(name)
        let location = PoolLocation(pool: context.pool, radosNamespace: context.namespace)
        let intentObject = Intent.object(for: kubernetesCluster)
        let readiness = PoolReadiness(context: context, location: location, logger: logger)
        try await readiness.ensure(objects: [RBDObjects.trash, intentObject])
        let hook = hook
        return PoolStore(
            context: context, pool: context.poolID, location: location, directory: directory,
            intents: GroupCommit { changes throws(VolumeError) in
                try await PoolStore.write(changes, to: intentObject, in: context, at: location)
            }, intentObject: intentObject, hook: hook)
    }

    /// Every context lets operations through to a full pool: deletes must work there, and creates must fail with a
    /// clear error instead of waiting for space.
    private func context(_ name: PoolName) async throws(VolumeError) -> IOContext {
        do throws(CephError) {
            switch name {
            case .name(let location):
                return try await cluster.ioContext(
                    pool: location.pool, namespace: location.radosNamespace, allowsFullPool: true)
            case .id(let pool, let radosNamespace):
                return try await cluster.ioContext(poolID: pool, namespace: radosNamespace, allowsFullPool: true)
            }
        } catch {
            throw Self.openingFailed(name, error)
        }
    }

    private static func openingFailed(_ name: PoolName, _ error: CephError) -> VolumeError {
        let text =
            switch name {
            case .name(let location): quoted(location.pool)
            case .id(let pool, _): "number \(pool)"
            }
        guard error.code == .notFound else { return VolumeError(error, "cannot open the pool \(text)") }
        return VolumeError(
            .poolMissing, "cannot open the pool \(text)", because: "there is no such pool",
            next: "make it with: ceph osd pool create, or correct the class", key: "pool", cause: error)
    }
}
