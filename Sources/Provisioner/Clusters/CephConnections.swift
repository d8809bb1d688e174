import Ceph
public import Logging
import Metrics
import Vocabulary
public import Volumes

/// The connections to all Ceph clusters: one for each cluster, user and key, with the volume service on it.
///
/// A rotated key opens a new connection and retires the old one; a connection that nobody used for ten minutes is
/// closed. Safe to use from any task.
public struct CephConnections: Sendable {
    /// What a connection is made with.
    struct Key: Hashable, Sendable {
        var target: ClusterTarget
        /// Nil for the provisioner's own.
        var credentials: CephCredentials?
    }

    /// An open connection.
    struct Connection: Sendable {
        var cluster: Cluster
        var service: VolumeService
        /// How the Lease names it; nil where nothing fences.
        var client: CephClient?
    }

    /// How volumes are made on every cluster.
    public struct Options: Sendable {
        /// The Kubernetes cluster that the volumes are for.
        public var kubernetesCluster: KubernetesClusterID
        /// The instance in ceph-csi's journal.
        public var instance: String
        /// The Kubernetes cluster's name in image metadata; nil writes no metadata.
        public var clusterName: String?

        /// Options.
        public init(
            kubernetesCluster: KubernetesClusterID, instance: String = JournalLayout.defaultInstance,
            clusterName: String? = nil
        ) {
            self.kubernetesCluster = kubernetesCluster
            self.instance = instance
            self.clusterName = clusterName
        }
    }

    /// How many clusters may be connected to at a time.
    private static let openingLimit = 8
    /// After what time without use a connection is closed.
    private static let idleLimit = Duration.seconds(600)

    let directory: ClusterDirectory
    let options: Options
    private let outages = Outages()
    private let logger: Logger
    private let pool: ConnectionPool<Key, Connection>

    /// Connections over a directory; none is opened yet. Nobody is kept from using the clusters beside them.
    public init(_ directory: ClusterDirectory, options: Options, logger: Logger) {
        self.init(directory, options: options, fence: nil, logger: logger)
    }

    /// Connections that a fence lets in, one by one.
    init(_ directory: ClusterDirectory, options: Options, fence: Fence?, logger: Logger) {
        self.directory = directory
        self.options = options
        self.logger = logger
        // There from the start, so that its first increase is one.
        if fence != nil { Counter.fencedClients.increment(by: 0) }
        pool = ConnectionPool(
            limit: Self.openingLimit,
            open: { key throws(ProvisionFailure) in
                let connection = try await Self.open(key, directory: directory, options: options, logger: logger)
                return try await Self.admit(connection, to: key, fence, logger)
            },
            close: { connection in
                // Work that its caller gave up may still run; each call of it is bounded by Ceph's timeouts.
                _ = await connection.service.drain(deadline: .in(.seconds(30)))
                if await connection.cluster.close(), let client = connection.client { await fence?.dismiss(client) }
            },
            isSuperseded: { old, new in
                old.target == new.target && old.credentials?.user == new.credentials?.user
            })
    }

    /// Runs `body` with the service that serves a place, and the location that the place means there.
    func with<Value: Sendable>(
        _ place: StoragePlace,
        _ body: @Sendable (VolumeService, PoolLocation, ClusterTarget) async throws(VolumeError) -> Value
    ) async throws(ProvisionFailure) -> Value {
        let target = try await directory.target(place.cluster)
        let key = Key(target: target, credentials: place.credentials)
        let location = PoolLocation(pool: place.pool, radosNamespace: place.radosNamespace ?? target.radosNamespace)
        let outcome: Result<Value, VolumeError>
        do {
            outcome = try await pool.with(key) { connection throws(ProvisionFailure) in
                do throws(VolumeError) {
                    return Result<Value, VolumeError>.success(try await body(connection.service, location, target))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            outages.note(connecting: error, to: target.label)
            throw error
        }
        outages.note(outcome, of: target.label)
        switch outcome {
        case .success(let value):
            return value
        case .failure(let error):
            // The connection is of no more use: it was ended, or this client is barred from the cluster.
            if error.cause?.code == .shutdown { await pool.retire { $0 == key } }
            throw ProvisionFailure(error)
        }
    }

    /// Asks each connected cluster for its status, within `limit`, and closes idle connections.
    ///
    /// The mons may be well while OSDs do not answer, and there may be no connection to ask over: a cluster whose last
    /// operation timed out, or could not be connected to, is not well either.
    ///
    /// - Returns: by cluster, what is wrong; nil for those that answered.
    public func probe(within limit: Duration) async -> [String: String?] {
        await pool.closeIdle(since: ContinuousClock.now.advanced(by: .zero - Self.idleLimit))
        return await withTaskGroup(of: (String, String?).self) { group in
            for key in await pool.openKeys {
                group.addTask { (key.target.label, await probe(key, within: limit)) }
            }
            let answers: [String: String?] = await group.reduce(into: [:]) { $0.updateValue($1.1, forKey: $1.0) }
            return answers.merging(outages.problems()) { $0 ?? $1 }
        }
    }

    private func probe(_ key: Key, within limit: Duration) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await pool.with(key, kept: false) { connection throws(ProvisionFailure) in
                        do throws(CephError) {
                            _ = try await connection.cluster.monCommand(#"{"prefix": "health", "format": "json"}"#)
                        } catch {
                            throw ProvisionFailure(reaching: key.target.label, error)
                        }
                    }
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                } catch {
                    return nil  // The answer came first.
                }
                return "the monitors did not answer within \(limit)"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// Closes every connection, each when its last user is done.
    public func close() async {
        await pool.closeAll()
    }

    private static func open(
        _ key: Key, directory: ClusterDirectory, options: Options, logger: Logger
    ) async throws(ProvisionFailure) -> Connection {
        let configuration = try await directory.configuration(key.target, credentials: key.credentials)
        let cluster: Cluster
        do {
            cluster = try await Cluster.connect(configuration, logger: logger)
        } catch {
            throw ProvisionFailure(reaching: key.target.label, error)
        }
        let clusterID = key.target.clusterID ?? cluster.fsid
        if key.target.isFromConf, clusterID != cluster.fsid {
            await cluster.close()
            throw .notReady(
                "clusterID \(clusterID) is in no config.json, and the cluster of ceph.conf is \(cluster.fsid): correct the "
                    + "class, or add the cluster to config.json", cause: "unknown clusterID \(clusterID)")
        }
        do {
            let service = try VolumeService(
                cluster: cluster,
                options: .init(
                    clusterID: clusterID, kubernetesCluster: options.kubernetesCluster, instance: options.instance,
                    clusterName: options.clusterName),
                logger: logger)
            logger.info(
                "connected to Ceph",
                metadata: ["clusterID": "\(clusterID)", "fsid": "\(cluster.fsid)", "user": "\(configuration.id)"])
            return Connection(cluster: cluster, service: service)
        } catch {
            await cluster.close()
            throw ProvisionFailure(error)
        }
    }

    /// Passes a new connection through the fence; one that it does not let in is closed.
    private static func admit(
        _ connection: Connection, to key: Key, _ fence: Fence?, _ logger: Logger
    ) async throws(ProvisionFailure) -> Connection {
        guard let fence else { return connection }
        let cluster = connection.cluster
        var admitted = connection
        do throws(ProvisionFailure) {
            let client = CephClient(fsid: cluster.fsid, address: try await address(of: cluster, key))
            admitted.client = client
            try await fence.admit(client) { clients throws(ProvisionFailure) in
                try await cluster.bar(clients, label: key.target.label, logger)
            }
            return admitted
        } catch {
            if await cluster.close(), let client = admitted.client { await fence.dismiss(client) }
            throw error
        }
    }

    private static func address(of cluster: Cluster, _ key: Key) async throws(ProvisionFailure) -> String {
        do {
            return try await cluster.clientAddresses()
        } catch {
            throw ProvisionFailure(reaching: key.target.label, error)
        }
    }
}

extension Cluster {
    /// For how long a client is barred: longer than any process sleeps and wakes up again, a machine suspended over a
    /// weekend included. Each entry costs the OSDMap some forty bytes until then.
    private static let barTime = Duration.seconds(7 * 86_400)

    /// Bars clients of earlier leaders from this cluster, and waits for the OSDMap that says so.
    fileprivate func bar(
        _ clients: Set<CephClient>, label: String, _ logger: Logger
    ) async throws(ProvisionFailure) {
        do throws(CephError) {
            for client in clients.sorted() { try await blocklist(address: client.address, for: Self.barTime) }
            try await waitForLatestOSDMap()
        } catch {
            var failure = ProvisionFailure(reaching: label, error)
            let addresses = clients.sorted().map(\.address).joined(separator: ", ")
            failure.message =
                "an earlier leader may still write to Ceph cluster \(label) as \(addresses), and cannot be barred from it: "
                + "\(error). Nothing is done there until it is; the user needs the mon capability \"profile rbd\""
            failure.cause = "fencing \(label) \(error.code)"
            throw failure
        }
        Counter.fencedClients.increment(by: clients.count)
        logger.notice(
            "clients of an earlier leader are barred",
            metadata: [
                "cluster": "\(label)", "clients": "\(clients.sorted().map(\.address).joined(separator: ", "))",
                "for": "\(Self.barTime)",
            ])
    }
}

extension Counter {
    /// Clients of earlier leaders that were barred.
    fileprivate static var fencedClients: Counter { Counter(label: "holdfast_fenced_clients_total") }
}
