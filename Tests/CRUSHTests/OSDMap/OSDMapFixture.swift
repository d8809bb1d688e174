import CRUSH
import Foundation
import Testing

/// A map of a real cluster, as `ceph osd getmap` and `ceph osd dump` gave it for the same epoch.
struct OSDMapFixture: CustomTestStringConvertible {
    /// The release of the cluster.
    var release: Int

    static let all = [16, 18, 20].map(OSDMapFixture.init)

    var testDescription: String { "Ceph \(release)" }

    /// The binary form.
    var bytes: [UInt8] {
        get throws { try Self.read("ceph-\(release).osdmap") }
    }

    /// The JSON form.
    var dump: [UInt8] {
        get throws { try Self.read("ceph-\(release).json") }
    }

    /// What `osdmaptool --test-map-pgs-dump-all` of the same release prints of it.
    var pgLines: [Substring] {
        get throws { String(decoding: try Self.read("ceph-\(release).pgs"), as: UTF8.self).split(separator: "\n") }
    }

    private static func read(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/osdmap/\(name)")))
    }

    /// Puts the checksum right after bytes have been changed, where the frame still allows it.
    static func mended(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 20 else { return bytes }
        func length(at offset: Int) -> Int? {
            guard offset + 6 <= bytes.count else { return nil }
            return bytes[(offset + 2)..<(offset + 6)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        var bytes = bytes
        guard let client = length(at: 6), let osd = length(at: 12 + client) else { return bytes }
        let offset = 18 + client + osd
        guard offset + 4 == bytes.count else { return bytes }
        var remainder = UInt32.max
        for byte in bytes[..<offset] {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82f6_3b78 }
        }
        for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: remainder >> UInt32(place * 8)) }
        return bytes
    }
}
