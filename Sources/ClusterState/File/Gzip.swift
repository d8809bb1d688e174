import CZlib

/// Compression with zlib, in gzip's format (RFC 1952).
enum Gzip {
    /// How much is handed to and taken from zlib at a time.
    private static let chunk = 1 << 18
    /// zlib's largest window, and 16 more for a gzip header in front instead of its own.
    private static let windowBits: Int32 = 15 + 16

    /// The bytes compressed; the same bytes give the same result with the same zlib, since the header has no time.
    static func compressed(_ bytes: [UInt8]) throws(StateFileError) -> [UInt8] {
        var stream = z_stream()
        let started = deflateInit2_(
            &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { throw StateFileError(.damaged(words(started, stream))) }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 4)
        let ended = pump(&stream, bytes, into: &output, limit: .max) { stream, isLast in
            deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        guard ended == Z_STREAM_END else { throw StateFileError(.damaged(words(ended, stream))) }
        return output
    }

    /// The bytes of one gzip file, of which there may be at most `limit`.
    ///
    /// - Throws: ``StateFileError`` with the offset in the compressed bytes.
    static func inflated(_ bytes: [UInt8], limit: Int) throws(StateFileError) -> [UInt8] {
        guard bytes.starts(with: [0x1f, 0x8b]) else { throw StateFileError(.notGzip, at: 0) }
        var stream = z_stream()
        let started = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { throw StateFileError(.damaged(words(started, stream))) }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        let ended = pump(&stream, bytes, into: &output, limit: limit) { stream, _ in inflate(stream, Z_NO_FLUSH) }
        let offset = Int(stream.total_in)
        switch ended {
        case Z_STREAM_END where offset == bytes.count: return output
        case Z_STREAM_END: throw StateFileError(.trailingBytes, at: offset)
        case Z_OK where output.count > limit: throw StateFileError(.tooLarge(limit: limit), at: offset)
        case Z_OK, Z_BUF_ERROR: throw StateFileError(.truncated, at: offset)
        default: throw StateFileError(.damaged(words(ended, stream)), at: offset)
        }
    }

    /// The checksum that gzip uses.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// Feeds all bytes through `step` until it ends, fails, or more than `limit` bytes have come out. The last answer.
    private static func pump(
        _ stream: inout z_stream, _ input: [UInt8], into output: inout [UInt8], limit: Int,
        _ step: (UnsafeMutablePointer<z_stream>, _ isLast: Bool) -> Int32
    ) -> Int32 {
        input.withUnsafeBufferPointer { source in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk) { room in
                var consumed = 0
                var result = Z_OK
                repeat {
                    let offered = min(source.count - consumed, chunk)
                    // zlib only reads what next_in points to; its type in C lacks the const.
                    stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
                    stream.avail_in = UInt32(offered)
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(chunk)
                    result = step(&stream, consumed + offered == source.count)
                    consumed += offered - Int(stream.avail_in)
                    let produced = chunk - Int(stream.avail_out)
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<produced]))
                } while result == Z_OK && output.count <= limit
                return result
            }
        }
    }

    private static func words(_ code: Int32, _ stream: z_stream) -> String {
        stream.msg.map { String(cString: $0) } ?? "zlib error \(code)"
    }
}
