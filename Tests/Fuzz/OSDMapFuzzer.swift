import CRUSH

/// One input of libFuzzer: bytes that may be an OSD map. What decodes must be written such that it decodes to the same
/// map again, and its PGs must be mapped to an end. See scripts/fuzz.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOSDMap(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = mended(Array(UnsafeBufferPointer(start: data, count: count)))
    do throws(DecodingFailure) {
        let map = try OSDMap(decoding: bytes)
        check(map)
    } catch {
        precondition((0...count).contains(error.offset), "the offset lies outside of the input")
    }
    return 0
}

private func check(_ map: OSDMap) {
    do throws(DecodingFailure) {
        let again = try OSDMap(decoding: map.encoded())
        precondition(again.encoded() == map.encoded(), "encoding changes the map")
    } catch {
        preconditionFailure("what was encoded does not decode: \(error)")
    }
    for pool in map.sortedPools.prefix(2) {
        PoolMapper(map: map, pool: pool).forEach(seeds: 0..<4) { pg, _, mapping in
            let longest = max(pool.size, map.upmaps[pg]?.count ?? 0)
            precondition(mapping.up.count <= longest, "more OSDs than the rule or the upmap can have given")
        }
    }
}

/// Puts lengths and checksum of the frame right, so that what is fuzzed is what lies in it.
private func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    guard bytes.count > 22 else { return bytes }
    func put(_ value: UInt32, at offset: Int) {
        for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt32(place * 8)) }
    }
    let client = bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard client <= bytes.count - 22 else { return bytes }
    bytes[0] = 8
    bytes[1] = 7
    put(UInt32(bytes.count - 6), at: 2)
    put(UInt32(bytes.count - client - 22), at: 14 + client)
    var remainder = UInt32.max
    for byte in bytes.dropLast(4) {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82f6_3b78 }
    }
    put(remainder, at: bytes.count - 4)
    return bytes
}
