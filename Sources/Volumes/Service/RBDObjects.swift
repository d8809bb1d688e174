/// librbd's own objects, as far as they are read or written here without opening an image: one operation in place of
/// the dozen that an open costs. The formats have been the same since images of format 2 exist.
enum RBDObjects {
    /// Holds an image's id, by the image's name.
    static func idObject(_ image: String) -> String { "rbd_id.\(image)" }
    /// Holds what an image is, by its id.
    static func headerObject(_ id: String) -> String { "rbd_header.\(id)" }
    /// Holds which of an image's objects exist, by its id.
    static func objectMapObject(_ id: String) -> String { "rbd_object_map.\(id)" }
    /// Maps names to ids, under `name_<image>`.
    static let directory = "rbd_directory"
    /// Maps the ids of deleted images to what they were, under `id_<id>`.
    static let trash = "rbd_trash"
    /// Holds whether images are mirrored, and which.
    static let mirroring = "rbd_mirroring"

    /// The bit among an image's operation features that tells membership in a group (`RBD_OPERATION_FEATURE_GROUP`).
    static let groupOperation: UInt64 = 1 << 2

    static func directoryKey(_ image: String) -> String { "name_\(image)" }
    static func trashKey(_ id: String) -> String { "id_\(id)" }

    /// Ceph's encoding of a string: its length in four bytes, little-endian, and its bytes.
    static func encode(_ text: String) -> [UInt8] {
        encode(UInt32(truncatingIfNeeded: text.utf8.count)) + Array(text.utf8)
    }

    /// Ceph's encoding of a map from strings to byte strings, which the class method `rbd.metadata_set` takes.
    static func encode(_ map: [String: String]) -> [UInt8] {
        map.sorted { $0.key < $1.key }.reduce(into: encode(UInt32(truncatingIfNeeded: map.count))) { bytes, pair in
            bytes += encode(pair.key) + encode(pair.value)
        }
    }

    /// The string that `bytes` begin with; nil if they are too short for it, or not UTF-8.
    static func decodeString(_ bytes: [UInt8]) -> String? {
        guard let length = decode(UInt32.self, bytes, at: 0).map(Int.init), bytes.count >= 4 + length else {
            return nil
        }
        return String(validating: bytes[4..<4 + length], as: UTF8.self)
    }

    /// Ceph's encoding of a number: little-endian.
    static func encode(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// The number at an offset of `bytes`; nil if they end before.
    static func decode<Number: FixedWidthInteger>(_ type: Number.Type, _ bytes: [UInt8], at offset: Int) -> Number? {
        guard bytes.count >= offset + MemoryLayout<Number>.size else { return nil }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
    }
}
