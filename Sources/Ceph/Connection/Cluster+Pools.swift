import CephShim
import Glibc
public import Vocabulary

extension Cluster {
    /// All pools, from the OSDMap that this client holds, which can be a moment old.
    /// - Implements: rados_pool_list, rados_pool_lookup
    public func pools() async throws(CephError) -> [PoolID: String] {
        try await control("rados_pool_list") { call, cluster throws(CephError) in
            let names = try poolNames(call, cluster)
            var pools: [PoolID: String] = [:]
            for name in names {
                // A pool can go between the two calls.
                let id = rados_pool_lookup(cluster, name)
                if id >= 0 { pools[PoolID(id)] = name }
            }
            return pools
        }
    }

    /// The number of the pool `name`; `.notFound` if there is none. Asks the monitors for the newest OSDMap first if
    /// this client's does not have it.
    /// - Implements: rados_pool_lookup
    public func poolID(named name: String) async throws(CephError) -> PoolID {
        try await control("rados_pool_lookup", name) { call, cluster throws(CephError) in
            PoolID(Int64(try call.check(Int(rados_pool_lookup(cluster, name)))))
        }
    }

    /// The name of pool number `id`; `.notFound` if there is none.
    /// - Implements: rados_pool_reverse_lookup
    public func poolName(_ id: PoolID) async throws(CephError) -> String {
        try await control("rados_pool_reverse_lookup", "pool \(id)") { call, cluster throws(CephError) in
            try growingString(call, from: 128) { buffer, capacity in
                Int(rados_pool_reverse_lookup(cluster, id.value, buffer, capacity))
            }
        }
    }

    /// Creates a replicated pool with the cluster's defaults; `.exists` if there is one of that name. Pools with
    /// rules, sizes or erasure codes are made by ``monCommand(_:input:)``.
    /// - Implements: rados_pool_create
    public func createPool(_ name: String) async throws(CephError) {
        try await control("rados_pool_create", name, effect: .atomic) { call, cluster throws(CephError) in
            _ = try call.check(rados_pool_create(cluster, name))
        }
    }

    /// Deletes a pool with everything in it, at once and without asking. Needs `mon_allow_pool_delete`
    /// (`.permissionDenied` without it).
    /// - Implements: rados_pool_delete
    public func deletePool(_ name: String) async throws(CephError) {
        try await control("rados_pool_delete", name, effect: .atomic) { call, cluster throws(CephError) in
            _ = try call.check(rados_pool_delete(cluster, name))
        }
    }

    /// Space and objects of the whole cluster.
    /// - Implements: rados_cluster_stat
    public func usage() async throws(CephError) -> ClusterUsage {
        try await control("rados_cluster_stat") { call, cluster throws(CephError) in
            var stat = rados_cluster_stat_t()
            try call.check(rados_cluster_stat(cluster, &stat))
            return ClusterUsage(
                total: .kib(stat.kb), used: .kib(stat.kb_used), available: .kib(stat.kb_avail),
                objects: stat.num_objects)
        }
    }
}

/// Space and objects of a cluster, raw: replicas count.
public struct ClusterUsage: Hashable, Sendable {
    /// The size of all devices.
    public var total: ByteCount
    /// What is used of it.
    public var used: ByteCount
    /// What is free.
    public var available: ByteCount
    /// How many objects there are.
    public var objects: UInt64
}

/// The pools' names. Unlike other list calls this one returns the length it needs instead of ERANGE.
private func poolNames(_ call: Call, _ cluster: UnsafeMutableRawPointer) throws(CephError) -> [String] {
    try growing(call, from: 1024, of: CChar(0)) { buffer, capacity in
        let needed = Int(rados_pool_list(cluster, buffer, capacity))
        guard needed > capacity else { return needed }
        capacity = needed
        return -Int(ERANGE)
    } read: { buffer in
        packedNames(buffer)
    }
}
