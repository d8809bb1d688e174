import KubernetesModel

/// `manifest.json`: what the file is, when it was taken, what is in it and what is not.
struct Manifest: Hashable, Sendable, Codable {
    /// Size and checksum of a member.
    struct Entry: Hashable, Sendable, Codable {
        /// Its path.
        var name: String
        /// How many bytes it has.
        var size: Int
        /// Its CRC-32 in hexadecimal, as `gzip -lv` and Python's zlib have it.
        var crc32: String

        /// The entry of a member.
        init(of member: Tar.Member) {
            name = member.name
            size = member.bytes.count
            let digits = String(Gzip.checksum(member.bytes), radix: 16)
            crc32 = String(repeating: "0", count: 8 - digits.count) + digits
        }
    }

    /// The mark of the format.
    static let format = "holdfast-state"
    /// Where the manifest is, always first.
    static let path = "manifest.json"

    var format = Manifest.format
    var version = ClusterCapture.fileVersion
    /// RFC 3339 with microseconds.
    var taken: String
    var holdfast: String
    var redacted: Bool
    var kubernetesVersion: String?
    /// Whether `ceph/osdmap.bin` is what the cluster gave, byte for byte, and not written from a decoded map.
    var osdMapIsOriginal: Bool
    var missing: [MissingPart]
    var members: [Entry]
}
