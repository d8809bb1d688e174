import CephShim
import Glibc

extension Image {
    /// The value of a metadata key; nil if the image does not have it.
    /// - Implements: rbd_metadata_get
    public func metadata(_ key: String) async throws(CephError) -> String? {
        let call = try call("rbd_metadata_get", key)
        do throws(CephError) {
            return try await blocking(call) { image, _ throws(CephError) in
                try growing(call, from: 1024, of: CChar(0)) { buffer, count in
                    Int(rbd_metadata_get(image, key, buffer, &count))
                } read: { buffer in
                    String(cString: buffer)
                }
            }
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// Sets a metadata key.
    /// - Implements: rbd_metadata_set
    public func setMetadata(_ key: String, to value: String) async throws(CephError) {
        let call = try call("rbd_metadata_set", key, effect: .atomic)
        try call.refuseNUL(value)
        try await blocking(call) { image, _ throws(CephError) in
            _ = try call.check(rbd_metadata_set(image, key, value))
        }
    }

    /// Removes a metadata key; `.notFound` if the image does not have it.
    /// - Implements: rbd_metadata_remove
    public func removeMetadata(_ key: String) async throws(CephError) {
        let call = try call("rbd_metadata_remove", key, effect: .atomic)
        try await blocking(call) { image, _ throws(CephError) in
            _ = try call.check(rbd_metadata_remove(image, key))
        }
    }

    /// All metadata.
    /// - Implements: rbd_metadata_list
    public func allMetadata() async throws(CephError) -> [String: String] {
        let call = try call("rbd_metadata_list")
        return try await blocking(call) { image, _ throws(CephError) in
            var metadata: [String: String] = [:]
            var last = ""
            while true {
                let page = try metadataPage(call, after: last) { keys, keyCount, values, valueCount in
                    rbd_metadata_list(image, last, metadataPageSize, keys, &keyCount, values, &valueCount)
                }
                guard let end = page.last?.key else { return metadata }
                for (key, value) in page { metadata[key] = value }
                last = end
            }
        }
    }
}

/// How many entries are asked for at a time.
let metadataPageSize: UInt64 = 64

/// One page of metadata, keys and values packed in two buffers by C.
func metadataPage(
    _ call: Call, after key: String,
    list: (UnsafeMutablePointer<CChar>, inout Int, UnsafeMutablePointer<CChar>, inout Int) -> Int32
) throws(CephError) -> [(key: String, value: String)] {
    var keyCount = 0
    var valueCount = 0
    var half = 0
    // One buffer: its first half for the keys, its second for the values.
    return try growing(call, from: 16_384, of: CChar(0)) { buffer, capacity in
        half = capacity / 2
        keyCount = half
        valueCount = half
        let result = list(buffer, &keyCount, buffer + half, &valueCount)
        if result == -ERANGE { capacity = 2 * max(keyCount, valueCount) }
        return Int(result)
    } read: { buffer in
        let keys = terminatedStrings(buffer.prefix(keyCount))
        let values = terminatedStrings(buffer.dropFirst(half).prefix(valueCount))
        return zip(keys, values).map { ($0, $1) }
    }
}
