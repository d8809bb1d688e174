import Glibc

/// How often a buffer is made bigger before the library's answer is not believed any more: 16 doublings.
private let attempts = 16

/// Lists from C: asks with room for `count` elements, and again with more while the library answers ERANGE.
///
/// `fill` gets the buffer and its capacity; it sets the capacity to what was filled, or to what is needed when it
/// returns -ERANGE, and returns the library's result. `read` turns what was filled into Swift values and frees what
/// the library allocated inside.
func growing<Element, Value>(
    _ call: Call, from count: Int, of zero: Element,
    fill: (UnsafeMutablePointer<Element>, inout Int) -> Int,
    read: (UnsafeMutableBufferPointer<Element>) throws(CephError) -> Value
) throws(CephError) -> Value {
    var capacity = count
    for _ in 0..<attempts {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, capacity))
        defer { buffer.deallocate() }
        buffer.initialize(repeating: zero)
        guard let base = buffer.baseAddress else { throw call.outOfMemory() }
        var used = capacity
        let result = fill(base, &used)
        if result == -Int(ERANGE) {
            capacity = max(used, capacity * 2)
            continue
        }
        try call.check(result)
        return try read(UnsafeMutableBufferPointer(rebasing: buffer.prefix(used)))
    }
    throw call.failure(-Int(ERANGE), status: "the list kept growing while it was read")
}

/// A NUL-terminated string from C, whose length is not known beforehand.
func growingString(
    _ call: Call, from count: Int, fill: (UnsafeMutablePointer<CChar>, Int) -> Int
) throws(CephError) -> String {
    try growing(call, from: count, of: CChar(0)) { buffer, capacity in
        fill(buffer, capacity)
    } read: { buffer in
        String(cString: buffer)
    }
}

extension String {
    /// Reads the bytes up to the first NUL, or all of them.
    init(cString buffer: UnsafeMutableBufferPointer<CChar>) {
        self.init(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Reads a C string that may be NULL, which counts as empty.
    init(cStringOrEmpty pointer: UnsafePointer<CChar>?) {
        self = pointer.map { String(cString: $0) } ?? ""
    }
}

/// Strings that C packs one after the other, each ended by a NUL.
func terminatedStrings(_ buffer: Slice<UnsafeMutableBufferPointer<CChar>>) -> [String] {
    buffer.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { part in
        String(decoding: part.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Names that C packs one after the other, each ended by a NUL; none of them is empty.
func packedNames(_ buffer: UnsafeMutableBufferPointer<CChar>) -> [String] {
    terminatedStrings(buffer[...]).filter { !$0.isEmpty }
}
