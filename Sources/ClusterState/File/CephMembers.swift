import CRUSH
import KubernetesModel
import Vocabulary

/// The members below `ceph/`.
enum CephMembers {
    private static let folder = "ceph/"
    private static let osdMap = "ceph/osdmap.bin"

    static func encode(_ capture: CephCapture) throws(StateFileError) -> [Tar.Member] {
        var members: [Tar.Member] = [Tar.Member(name: osdMap, bytes: capture.osdMapBytes ?? capture.osdMap.encoded())]
        func add(_ value: (some Encodable)?, _ name: String) throws(StateFileError) {
            if let value { members.append(try JSONMember.encode(value, "\(folder)\(name).json")) }
        }
        try add(capture.consistency, "consistency")
        if let pgs = capture.pgs { members.append(Tar.Member(name: "ceph/pgs.json", bytes: pgs.json.encoded())) }
        try add(capture.osdUsage, "osd-usage")
        try add(capture.osdMetadata, "osd-metadata")
        try add(capture.poolUsage, "pool-usage")
        try add(capture.configuration, "configuration")
        try add(capture.health, "health")
        try add(capture.monitors, "monitors")
        try add(capture.managers, "managers")
        try add(capture.filesystems, "filesystems")
        try add(capture.services, "services")
        try add(capture.versions, "versions")
        return members
    }

    /// The capture of these members; nil when there are none.
    static func decode(_ contents: Contents) throws(StateFileError) -> CephCapture? {
        guard contents.hasMember(below: folder) else { return nil }
        guard let bytes = contents[osdMap] else { throw StateFileError(.missingMember, in: osdMap) }
        func value<Value: Decodable>(_ name: String) throws(StateFileError) -> Value? {
            let path = "\(folder)\(name).json"
            guard let bytes = contents[path] else { return nil }
            return try JSONMember.decode(Value.self, bytes, path)
        }
        let isOriginal = contents.manifest.osdMapIsOriginal
        var capture = CephCapture(osdMap: try map(of: bytes), osdMapBytes: isOriginal ? bytes : nil)
        capture.consistency = try value("consistency") ?? CaptureConsistency()
        if let bytes = contents["ceph/pgs.json"] { capture.pgs = try table(of: bytes, "ceph/pgs.json") }
        capture.osdUsage = try value("osd-usage")
        capture.osdMetadata = try value("osd-metadata")
        capture.poolUsage = try value("pool-usage")
        capture.configuration = try value("configuration") ?? CephConfiguration()
        capture.health = try value("health")
        capture.monitors = try value("monitors")
        capture.managers = try value("managers")
        capture.filesystems = try value("filesystems")
        capture.services = try value("services")
        capture.versions = try value("versions")
        return capture
    }

    private static func map(of bytes: [UInt8]) throws(StateFileError) -> OSDMap {
        do {
            return try OSDMap(decoding: bytes)
        } catch {
            throw StateFileError(.osdMap(error), in: osdMap, at: error.offset)
        }
    }

    private static func table(of bytes: [UInt8], _ name: String) throws(StateFileError) -> PGTable {
        do {
            return try PGTable(json: JSONMember.object(bytes, name))
        } catch {
            throw error.inside(name)
        }
    }
}
