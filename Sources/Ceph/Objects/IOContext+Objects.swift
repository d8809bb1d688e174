import CephShim
import Glibc
public import Vocabulary

/// Size and age of an object.
public struct ObjectStat: Hashable, Sendable {
    /// The length of its data; omap and xattrs do not count.
    public var size: ByteCount
    /// When it was last written, in seconds since 1970.
    public var modified: Int64
}

extension IOContext {
    /// Reads up to `length` bytes from `offset`: fewer if the object ends before, none at all behind its end. Throws
    /// `.notFound` for an object that does not exist.
    /// - Implements: rados_aio_read
    public func read(
        _ object: String, offset: UInt64 = 0, length: Int
    ) async throws(CephError) -> [UInt8] {
        let call = try call("rados_aio_read", object)
        guard length >= 0 else { throw call.refused("length \(length) is negative") }
        // OSDs read everything when they are asked for 0 bytes.
        if length == 0 {
            _ = try await stat(object)
            return []
        }
        let buffer = CBuffer(count: length)
        return try await perform(call) { context, completion in
            rados_aio_read(context, object, completion, buffer.characters, length, offset)
        } finish: { result throws(CephError) in
            buffer.prefix(try call.check(result))
        }
    }

    /// Writes bytes at `offset`, creating the object and filling a gap with zeros if need be.
    /// - Implements: rados_aio_write
    public func write(
        _ bytes: [UInt8], to object: String, offset: UInt64 = 0
    ) async throws(CephError) {
        try await mutate("rados_aio_write", object) { context, completion in
            bytes.withCharacters { rados_aio_write(context, object, completion, $0, $1, offset) }
        }
    }

    /// Makes bytes the whole data of the object, creating it if need be; omap and xattrs stay.
    /// - Implements: rados_aio_write_full
    public func writeFull(_ bytes: [UInt8], to object: String) async throws(CephError) {
        try await mutate("rados_aio_write_full", object) { context, completion in
            bytes.withCharacters { rados_aio_write_full(context, object, completion, $0, $1) }
        }
    }

    /// Adds bytes at the object's end, creating it if need be.
    /// - Implements: rados_aio_append
    public func append(_ bytes: [UInt8], to object: String) async throws(CephError) {
        try await mutate("rados_aio_append", object) { context, completion in
            bytes.withCharacters { rados_aio_append(context, object, completion, $0, $1) }
        }
    }

    /// Cuts the object to `size` bytes, or fills it with zeros up to there. Creates nothing: `.notFound`.
    /// - Implements: rados_write_op_truncate
    public func truncate(_ object: String, to size: ByteCount) async throws(CephError) {
        try await perform(WriteOperation().assertExists().truncate(to: size), on: object)
    }

    /// Size and time of the last write; `.notFound` for an object that does not exist.
    /// - Implements: rados_aio_stat
    public func stat(_ object: String) async throws(CephError) -> ObjectStat {
        let call = try call("rados_aio_stat", object)
        let size = CCell<UInt64>(0)
        let modified = CCell<time_t>(0)
        return try await perform(call) { context, completion in
            rados_aio_stat(context, object, completion, size.pointer, modified.pointer)
        } finish: { result throws(CephError) in
            try call.check(result)
            return ObjectStat(size: ByteCount(size.value), modified: Int64(modified.value))
        }
    }

    /// Removes the object with its omap and xattrs; `.notFound` if there is none.
    /// - Implements: rados_aio_remove
    public func remove(_ object: String) async throws(CephError) {
        try await mutate("rados_aio_remove", object) { context, completion in
            rados_aio_remove(context, object, completion)
        }
    }

    /// Calls a method of an object class on the object (`lock`, `rbd`, ...), which may change it, and gives back what
    /// the method returned, up to `maximum` bytes (`.comparisonFailed`, ERANGE, if it is more).
    /// - Implements: rados_aio_exec
    public func execute(
        class name: String, method: String, input: [UInt8] = [], on object: String, maximum: Int = 65_536
    ) async throws(CephError) -> [UInt8] {
        let call = try call("rados_aio_exec", object, effect: .atomic)
        try call.refuseNUL(name, method)
        let buffer = CBuffer(count: maximum)
        return try await perform(call) { context, completion in
            input.withCharacters {
                rados_aio_exec(context, object, completion, name, method, $0, $1, buffer.characters, maximum)
            }
        } finish: { result throws(CephError) in
            buffer.prefix(try call.check(result))
        }
    }

    /// Runs an operation that changes the object and has no answer but its success.
    func mutate(
        _ function: String, _ object: String,
        submit: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int32
    ) async throws(CephError) {
        let call = try call(function, object, effect: .atomic)
        try await perform(call, submit: submit) { result throws(CephError) in _ = try call.check(result) }
    }
}
