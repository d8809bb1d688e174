import CephShim
import Glibc
public import Vocabulary

/// One pool, or one namespace of it, to do object and image operations in.
///
/// Thread-safe: librados allows operations on a context from any thread, only its settings are not safe to change, so
/// they are fixed when the context is made. It keeps its ``Cluster`` connected.
///
/// Object operations are asynchronous in C. Cancelling the task cancels the operation in librados: `.cancelled`, with
/// outcome unknown if it would have changed something. What blocks in C (listings, locks, an image's life) runs on a
/// lane; see ``Cluster`` for how cancellation goes there.
public final class IOContext: Sendable {
    /// The connection.
    public let cluster: Cluster
    /// The pool's name at the time the context was made.
    public let pool: String
    /// The pool's number.
    public let poolID: PoolID
    /// The RADOS namespace; empty for the default one.
    public let namespace: String
    /// Whether operations are let through to a full pool.
    public let allowsFullPool: Bool

    /// `pool` or `pool/namespace`, for error messages.
    let place: String
    private let owner: IOContextHandle

    enum PoolName: Sendable {
        case name(String)
        case id(PoolID)

        var text: String {
            switch self {
            case .name(let name): name
            case .id(let id): "pool \(id)"
            }
        }
    }

    private init(
        _ cluster: Cluster, _ handle: consuming IOContextHandle, pool: String, poolID: PoolID, namespace: String,
        allowsFullPool: Bool
    ) {
        self.cluster = cluster
        self.pool = pool
        self.poolID = poolID
        self.namespace = namespace
        self.allowsFullPool = allowsFullPool
        place = namespace.isEmpty ? pool : "\(pool)/\(namespace)"
        owner = handle
    }

    static func open(
        _ cluster: Cluster, _ pool: PoolName, namespace: String, allowsFullPool: Bool
    ) async throws(CephError) -> IOContext {
        let function = if case .name = pool { "rados_ioctx_create" } else { "rados_ioctx_create2" }
        try Call(function: function, name: pool.text).refuseNUL(namespace)
        return try await cluster.control(function, pool.text) { call, rados throws(CephError) in
            var raw: UnsafeMutableRawPointer?
            let result =
                switch pool {
                case .name(let name): rados_ioctx_create(rados, name, &raw)
                case .id(let id): rados_ioctx_create2(rados, id.value, &raw)
                }
            try call.check(result)
            guard let raw else { throw call.outOfMemory() }
            let handle = IOContextHandle(raw, of: cluster.connection)
            // Settings are not thread-safe in C: made here, before anybody else has the context.
            if !namespace.isEmpty { rados_ioctx_set_namespace(raw, namespace) }
            if allowsFullPool { rados_set_pool_full_try(raw) }
            let name = try growingString(Call(function: "rados_ioctx_get_pool_name", name: pool.text), from: 128) {
                Int(rados_ioctx_get_pool_name(raw, $0, UInt32(clamping: $1)))
            }
            return IOContext(
                cluster, handle, pool: name, poolID: PoolID(rados_ioctx_get_id(raw)), namespace: namespace,
                allowsFullPool: allowsFullPool)
        }
    }

    /// The C context. Only to be used inside an operation that has entered the connection's table.
    var raw: UnsafeMutableRawPointer { owner.handle.raw }

    var timeouts: CephTimeouts { cluster.connection.timeouts }

    func call(_ function: String, _ name: String = "", effect: Effect = .none) throws(CephError) -> Call {
        let call = Call(function: function, place: place, name: name, effect: effect)
        try call.refuseNUL(name)
        return call
    }

    /// Runs an object operation through a librados completion. `finish` turns the result into a value on librados'
    /// thread; the buffers that it captures live until then, whatever happens to the task.
    func perform<Value: Sendable>(
        _ call: Call, limit: Duration? = nil,
        submit: (_ context: UnsafeMutableRawPointer, _ completion: UnsafeMutableRawPointer) -> Int32,
        finish: @escaping @Sendable (Int) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let operation = AsyncCall(
            call, table: cluster.connection.table,
            cancel: { completion in _ = rados_aio_cancel(self.raw, completion) },
            finish: finish)
        return try await operation.run(.rados, limit: limit ?? timeouts.objectLimit) { completion in
            submit(raw, completion)
        }
    }

    /// Runs a call that blocks on one of the connection's lanes. A call that reports progress extends its own limit.
    func blocking<Value: Sendable>(
        _ call: Call, on lane: LaneName = .control, limit: Duration? = nil,
        _ body: @escaping @Sendable (UnsafeMutableRawPointer, LaneTicket) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        try await cluster.connection.lane(lane).run(call, limit: limit ?? timeouts.objectLimit) {
            ticket throws(CephError) in
            try body(self.raw, ticket)
        }
    }
}
