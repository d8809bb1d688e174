import CRUSH

/// One input of libFuzzer: bytes that may be a CRUSH map. What decodes must come back the same when it is encoded, and
/// its text must end in a map or an error. See scripts/fuzz.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCrushMap(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    do throws(DecodingFailure) {
        let map = try CrushMap(decoding: bytes)
        let again = try CrushMap(decoding: map.encoded())
        precondition(again == map, "encoding changes the map")
        compile(map)
    } catch {
        precondition((0...count).contains(error.offset), "the offset lies outside of the input")
    }
    return 0
}

private func compile(_ map: CrushMap) {
    do {
        _ = try CrushMap(compiling: Array(map.text().utf8))
    } catch {
        // Many maps have no text, or hold what has no words.
    }
}
