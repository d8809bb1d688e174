extension IOContext {
    /// The values of some omap keys. Keys that are not there are left out; an object that is not there is
    /// `.notFound`.
    /// - Implements: rados_read_op_omap_get_vals_by_keys2
    public func omapValues(of object: String, keys: [String]) async throws(CephError) -> [String: [UInt8]] {
        let result = try await perform(ReadOperation().assertExists().omapValues(of: keys), on: object)
        return Dictionary(result.omap.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// Up to `limit` omap entries in the order of their keys, from the first key after `after`, of those that begin
    /// with `prefix`, and whether there are more. An OSD may give fewer than asked (1,024 by default) and say that
    /// there are more. An object that is not there is `.notFound`.
    /// - Implements: rados_read_op_omap_get_vals2
    public func omapEntries(
        of object: String, after: String = "", prefix: String = "", limit: Int = 1_000
    ) async throws(CephError) -> (entries: [(key: String, value: [UInt8])], more: Bool) {
        guard limit > 0 else {
            throw try call("rados_read_op_omap_get_vals2", object).refused("limit \(limit) is not positive")
        }
        let read = ReadOperation().assertExists().omapEntries(after: after, prefix: prefix, limit: UInt64(limit))
        let result = try await perform(read, on: object)
        return (result.omap.map { ($0.key, $0.value) }, result.hasMoreOmap)
    }

    /// Sets omap keys, creating the object if need be.
    /// - Implements: rados_write_op_omap_set2
    public func setOmap(_ entries: [String: [UInt8]], of object: String) async throws(CephError) {
        try await perform(WriteOperation().setOmap(entries), on: object)
    }

    /// Removes omap keys; those that are not there do not matter.
    /// - Implements: rados_write_op_omap_rm_keys2
    public func removeOmapKeys(_ keys: [String], of object: String) async throws(CephError) {
        try await perform(WriteOperation().removeOmapKeys(keys), on: object)
    }
}
