import CRUSH

/// One input of libFuzzer: bytes that may be an OSD map. What decodes must be written such that it decodes again. See
/// scripts/fuzz.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOSDMap(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let map: OSDMap
    do throws(DecodingFailure) {
        map = try OSDMap(decoding: bytes)
    } catch {
        precondition((0...count).contains(error.offset), "the offset lies outside of the input")
        return 0
    }
    do throws(DecodingFailure) {
        _ = try OSDMap(decoding: map.encoded())
    } catch {
        preconditionFailure("what was encoded does not decode: \(error)")
    }
    return 0
}
