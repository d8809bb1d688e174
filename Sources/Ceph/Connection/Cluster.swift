public import Logging
public import Vocabulary

/// A connection to a Ceph cluster.
///
/// Thread-safe. Each connection costs about a dozen threads inside librados: make one per cluster and process. Never
/// fork after connecting. ``close(within:)`` is the way out; a connection that is only dropped ends by itself when
/// its last context is gone.
///
/// Every method throws ``CephError`` alone and is bounded by ``CephTimeouts`` and five seconds more. Cancellation, for
/// calls that block in C: a call that still waits for a thread is never made (`.cancelled`, nothing applied); one
/// that runs is let go at once (`.cancelled`, outcome unknown if it changes something) and ends by itself.
public final class Cluster: Sendable {
    let connection: Connection

    /// The cluster's identity, a UUID.
    public var fsid: String { connection.fsid }

    private init(_ connection: Connection) {
        self.connection = connection
    }

    /// Connects to a cluster.
    ///
    /// Throws `.timedOut` when no monitor answers within `timeouts.mount`, `.permissionDenied` for a wrong key or
    /// unknown client, `.notFound` for a configuration or keyring file that is not there, `.invalidArgument` for what
    /// ``ClusterConfiguration`` contradicts itself in.
    /// - Implements: rados_create2, rados_conf_read_file, rados_conf_set, rados_connect, rados_cluster_fsid
    public static func connect(
        _ configuration: ClusterConfiguration, lanes: LaneSizes = .default, logger: Logger
    ) async throws(CephError) -> Cluster {
        let cluster = Cluster(try await Connection.open(configuration, lanes: lanes, logger: logger))
        logger.debug("connected to Ceph", metadata: ["fsid": "\(cluster.fsid)", "client": "\(configuration.id)"])
        return cluster
    }

    /// Ends the connection: refuses new calls with `.shutdown`, waits up to `limit` for those under way and for open images, then cancels
    /// the object operations among them. Calls in C that nothing can cancel keep the connection open in the
    /// background, with a warning in the log. Closing twice is fine. Not cancellable.
    ///
    /// Returns whether the connection has ended, so that nothing of it is on its way any more.
    /// - Implements: rados_ioctx_destroy, rados_shutdown
    @discardableResult
    public func close(within limit: Duration = .seconds(30)) async -> Bool {
        await connection.close(within: limit)
    }

    /// A context of a pool by its name.
    ///
    /// `allowsFullPool` lets its operations through to a full pool, where removals succeed and the rest fails with
    /// `.outOfSpace` or `.quotaExceeded`; without it they wait for space until they time out. Every context that
    /// deletes should have it. Throws `.notFound` if there is no such pool.
    /// - Implements: rados_ioctx_create, rados_ioctx_get_id, rados_ioctx_set_namespace, rados_set_pool_full_try
    public func ioContext(
        pool: String, namespace: String = "", allowsFullPool: Bool = false
    ) async throws(CephError) -> IOContext {
        try await IOContext.open(self, .name(pool), namespace: namespace, allowsFullPool: allowsFullPool)
    }

    /// A context of a pool by its number; see ``ioContext(pool:namespace:allowsFullPool:)``.
    /// - Implements: rados_ioctx_create2, rados_ioctx_get_pool_name
    public func ioContext(
        poolID: PoolID, namespace: String = "", allowsFullPool: Bool = false
    ) async throws(CephError) -> IOContext {
        try await IOContext.open(self, .id(poolID), namespace: namespace, allowsFullPool: allowsFullPool)
    }

    /// Runs a control call on its lane.
    func control<Value: Sendable>(
        _ function: String, _ name: String = "", effect: Effect = .none, limit: Duration? = nil,
        _ body: @escaping @Sendable (Call, UnsafeMutableRawPointer) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let call = Call(function: function, name: name, effect: effect)
        try call.refuseNUL(name)
        let connection = connection
        return try await connection.control.run(call, limit: limit ?? connection.timeouts.commandLimit) {
            _ throws(CephError) in
            try body(call, connection.handle.raw)
        }
    }
}
