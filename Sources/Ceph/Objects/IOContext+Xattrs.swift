import CephShim

extension IOContext {
    /// An extended attribute; `.notFound` if the object or the attribute is not there, `.comparisonFailed` (ERANGE) if
    /// it is larger than `maximum` bytes.
    /// - Implements: rados_aio_getxattr
    public func xattr(
        _ name: String, of object: String, maximum: Int = 65_536
    ) async throws(CephError) -> [UInt8] {
        let call = try call("rados_aio_getxattr", object)
        try call.refuseNUL(name)
        let buffer = CBuffer(count: maximum)
        return try await perform(call) { context, completion in
            rados_aio_getxattr(context, object, completion, name, buffer.characters, maximum)
        } finish: { result throws(CephError) in
            buffer.prefix(try call.check(result))
        }
    }

    /// Sets an extended attribute, creating the object if need be.
    /// - Implements: rados_aio_setxattr
    public func setXattr(_ name: String, to value: [UInt8], of object: String) async throws(CephError) {
        try Call(function: "rados_aio_setxattr", place: place, name: object).refuseNUL(name)
        try await mutate("rados_aio_setxattr", object) { context, completion in
            value.withCharacters { rados_aio_setxattr(context, object, completion, name, $0, $1) }
        }
    }

    /// Removes an extended attribute; `.notFound` if it is not there.
    /// - Implements: rados_aio_rmxattr
    public func removeXattr(_ name: String, of object: String) async throws(CephError) {
        try Call(function: "rados_aio_rmxattr", place: place, name: object).refuseNUL(name)
        try await mutate("rados_aio_rmxattr", object) { context, completion in
            rados_aio_rmxattr(context, object, completion, name)
        }
    }

    /// All extended attributes; `.notFound` if the object is not there.
    /// - Implements: rados_read_op_getxattrs
    public func xattrs(of object: String) async throws(CephError) -> [String: [UInt8]] {
        try await perform(ReadOperation().assertExists().xattrs(), on: object).xattrs
    }
}
