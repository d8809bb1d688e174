import CephShim
import Glibc
public import Vocabulary

/// What a pool holds, from the statistics that the monitors have of it, which lag some seconds behind.
public struct PoolUsage: Hashable, Sendable {
    /// Bytes of all objects' data, clones counted in; replicas are not.
    public var data: ByteCount
    /// Objects, clones counted in.
    public var objects: UInt64
    /// Objects times replicas.
    public var copies: UInt64
    /// Copies of objects that lie where they should not or are missing.
    public var degraded: UInt64
    /// Objects that no OSD has.
    public var unfound: UInt64
}

extension IOContext {
    /// What the pool holds.
    /// - Implements: rados_ioctx_pool_stat
    public func usage() async throws(CephError) -> PoolUsage {
        let call = try call("rados_ioctx_pool_stat")
        return try await blocking(call, limit: timeouts.commandLimit) { context, _ throws(CephError) in
            var stat = rados_pool_stat_t()
            try call.check(rados_ioctx_pool_stat(context, &stat))
            return PoolUsage(
                data: ByteCount(stat.num_bytes), objects: stat.num_objects, copies: stat.num_object_copies,
                degraded: stat.num_objects_degraded, unfound: stat.num_objects_unfound)
        }
    }

    /// The applications that the pool is marked for (`rbd`).
    /// - Implements: rados_application_list
    public func applications() async throws(CephError) -> [String] {
        let call = try call("rados_application_list")
        return try await blocking(call, limit: timeouts.commandLimit) { context, _ throws(CephError) in
            try growing(call, from: 256, of: CChar(0)) { buffer, count in
                Int(rados_application_list(context, buffer, &count))
            } read: { buffer in
                packedNames(buffer)
            }
        }
    }

    /// Marks the pool for an application. Without `force`, `.permissionDenied` if it is marked for another.
    /// - Implements: rados_application_enable
    public func enableApplication(_ name: String, force: Bool = false) async throws(CephError) {
        let call = try call("rados_application_enable", name, effect: .atomic)
        try await blocking(call, limit: timeouts.commandLimit) { context, _ throws(CephError) in
            _ = try call.check(rados_application_enable(context, name, force ? 1 : 0))
        }
    }
}
