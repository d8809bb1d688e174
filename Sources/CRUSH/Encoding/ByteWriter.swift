/// Writes Ceph's little-endian encoding. Source: `include/encoding.h`.
struct ByteWriter: Sendable {
    /// What has been written.
    private(set) var bytes: [UInt8] = []

    /// Appends an integer of its own width.
    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    mutating func raw(_ run: some Sequence<UInt8>) {
        bytes.append(contentsOf: run)
    }

    /// Appends a count of elements. Counts have 32 bits in this encoding; what is in memory here stays far below.
    mutating func count(_ count: Int) {
        integer(UInt32(truncatingIfNeeded: count))
    }

    /// Appends a text with its length in front.
    mutating func string(_ text: String) {
        count(text.utf8.count)
        raw(text.utf8)
    }

    /// Appends a run of bytes with its length in front (`bufferlist`).
    mutating func blob(_ run: some Collection<UInt8>) {
        count(run.count)
        raw(run)
    }

    /// Appends a list with its count in front.
    mutating func list<Elements: Collection>(
        _ elements: Elements, _ element: (inout ByteWriter, Elements.Element) -> Void
    ) {
        count(elements.count)
        for each in elements { element(&self, each) }
    }

    /// Appends a map in the order of its keys, as a `std::map` is written.
    mutating func dictionary<Key: Comparable & Hashable, Value>(
        _ entries: [Key: Value], _ entry: (inout ByteWriter, Key, Value) -> Void
    ) {
        count(entries.count)
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) { entry(&self, key, value) }
    }

    /// Appends a structure with its version, the oldest reader that understands it, and its length (`ENCODE_START`).
    mutating func versioned(_ version: UInt8, compat: UInt8, _ body: (inout ByteWriter) -> Void) {
        integer(version)
        integer(compat)
        var inner = ByteWriter()
        body(&inner)
        blob(inner.bytes)
    }
}
