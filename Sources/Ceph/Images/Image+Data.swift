import CephShim
public import Vocabulary

extension Image {
    /// Reads from `offset` until the buffer is full or the image ends; gives the number of bytes. What was never
    /// written reads as zeros.
    /// - Implements: rbd_aio_read
    public func read(into buffer: IOBuffer, from offset: UInt64) async throws(CephError) -> Int {
        try await transfer("rbd_aio_read", at: offset, buffer, effect: .none) { image, completion in
            rbd_aio_read(image, offset, buffer.count, buffer.characters, completion)
        }
    }

    /// Writes the buffer at `offset`. librbd drops what would come behind the image's end; `.invalidArgument` if all of
    /// it would.
    ///
    /// Without a ``flush()`` the bytes can be in librbd's cache alone.
    /// - Implements: rbd_aio_write
    public func write(_ buffer: IOBuffer, to offset: UInt64) async throws(CephError) {
        _ = try await transfer("rbd_aio_write", at: offset, buffer) { image, completion in
            rbd_aio_write(image, offset, buffer.count, buffer.characters, completion)
        }
    }

    /// Fills a range with repetitions of the buffer, whose size must divide the range's.
    /// - Implements: rbd_aio_writesame
    public func writeSame(_ buffer: IOBuffer, to offset: UInt64, length: Int) async throws(CephError) {
        guard length > 0, buffer.count > 0, length % buffer.count == 0 else {
            throw Call(function: "rbd_aio_writesame", place: context.place, name: name)
                .refused("length \(length) is no multiple of the buffer's \(buffer.count) bytes").at(offset)
        }
        _ = try await transfer("rbd_aio_writesame", at: offset, buffer) { image, completion in
            rbd_aio_writesame(image, offset, length, buffer.characters, buffer.count, completion, 0)
        }
    }

    /// Gives a range back to the cluster; it reads as zeros afterwards, except for the edges of objects that are left
    /// as they are if the image's configuration says so (`rbd_skip_partial_discard`).
    /// - Implements: rbd_aio_discard
    public func discard(from offset: UInt64, length: ByteCount) async throws(CephError) {
        _ = try await transfer("rbd_aio_discard", at: offset, nil) { image, completion in
            rbd_aio_discard(image, offset, length.bytes, completion)
        }
    }

    /// Makes a range read as zeros, and gives its space back where whole objects allow it.
    /// - Implements: rbd_aio_write_zeroes
    public func writeZeroes(from offset: UInt64, length: Int) async throws(CephError) {
        guard length >= 0 else {
            throw Call(function: "rbd_aio_write_zeroes", place: context.place, name: name)
                .refused("length \(length) is negative").at(offset)
        }
        _ = try await transfer("rbd_aio_write_zeroes", at: offset, nil) { image, completion in
            rbd_aio_write_zeroes(image, offset, length, completion, 0, 0)
        }
    }

    /// Waits until everything that was written before is on the OSDs.
    /// - Implements: rbd_aio_flush
    public func flush() async throws(CephError) {
        let call = try call("rbd_aio_flush", effect: .steps)
        try await perform(call) { image, completion in
            rbd_aio_flush(image, completion)
        } finish: { result throws(CephError) in
            _ = try call.check(result)
        }
    }

    /// Runs a call on a place of the image, and keeps its buffer alive until the library has called back. The place is
    /// put into words only when there is an error: these calls come by the ten thousand.
    private func transfer(
        _ function: String, at offset: UInt64, _ buffer: IOBuffer?, effect: Effect = .steps,
        submit: (_ image: UnsafeMutableRawPointer, _ completion: UnsafeMutableRawPointer) -> Int32
    ) async throws(CephError) -> Int {
        let call = Call(function: function, place: context.place, name: name, effect: effect)
        do throws(CephError) {
            return try await perform(call, submit: submit) { result throws(CephError) in
                defer { withExtendedLifetime(buffer) {} }
                return try call.check(result)
            }
        } catch {
            throw error.at(offset)
        }
    }
}

extension CephError {
    /// The same error, with the place of the image that it is about.
    fileprivate func at(_ offset: UInt64) -> CephError {
        CephError(
            code, errno: errno, operation: operation, target: target.map { "\($0) at \(offset)" }, status: status,
            outcome: outcome)
    }
}
