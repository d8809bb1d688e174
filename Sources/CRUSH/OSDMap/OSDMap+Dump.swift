import FoundationEssentials
import Vocabulary

extension OSDMap {
    /// The map that `ceph osd dump -f json` printed.
    ///
    /// The dump has no CRUSH map, and neither have OSDs that do not exist an entry: the first is handed in, from the
    /// same epoch, the others are taken to be blank. Times are cut to microseconds there.
    ///
    /// - Throws: which field is wrong and why.
    public init(dump text: [UInt8], crush: CrushMap) throws(DumpFailure) {
        let document: OSDMapDocument
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            document = try decoder.decode(OSDMapDocument.self, from: Data(text))
        } catch let error as DecodingError {
            throw DumpFailure(error)
        } catch {
            throw DumpFailure(path: "", reason: "not JSON: \(error)")
        }
        self.init(crush: crush)
        try readIdentity(document)
        try readPools(document)
        try readStates(document)
        try readPlacement(document)
        try readFlags(document)
    }

    private mutating func readIdentity(_ document: OSDMapDocument) throws(DumpFailure) {
        epoch = document.epoch
        fsid = try DumpField.uuid(document.fsid, "fsid")
        created = try DumpField.time(document.created, "created")
        modified = try DumpField.time(document.modified, "modified")
        lastUpChange = try DumpField.time(document.lastUpChange, "last_up_change")
        lastInChange = try DumpField.time(document.lastInChange, "last_in_change")
        flags = OSDMapFlags(rawValue: document.flagsNum)
        crushVersion = document.crushVersion
        fullRatio = Float(document.fullRatio)
        backfillFullRatio = Float(document.backfillfullRatio)
        nearFullRatio = Float(document.nearfullRatio)
        clusterSnapshot = document.clusterSnapshot
        requireMinCompatClient = try DumpField.release(document.requireMinCompatClient, "require_min_compat_client")
        requireOSDRelease = try DumpField.release(document.requireOsdRelease, "require_osd_release")
        allowsCrimson = document.allowCrimson ?? false
        erasureCodeProfiles = document.erasureCodeProfiles
        if let stretch = document.stretchMode {
            stretchMode.isEnabled = stretch.stretchModeEnabled
            stretchMode.bucketCount = stretch.stretchBucketCount
            stretchMode.degraded = stretch.degradedStretchMode
            stretchMode.recovering = stretch.recoveringStretchMode
            stretchMode.bucketType = stretch.stretchModeBucket
        }
    }

    private mutating func readPools(_ document: OSDMapDocument) throws(DumpFailure) {
        highestPool = PoolID(document.poolMax)
        for (index, each) in document.pools.enumerated() {
            let pool = try Pool(each, "pools[\(index)]")
            pools[pool.id] = pool
        }
        removedSnapshotsQueue = Self.ranges(document.removedSnapsQueue)
        newRemovedSnapshots = Self.ranges(document.newRemovedSnaps)
        newPurgedSnapshots = Self.ranges(document.newPurgedSnaps)
    }

    private mutating func readStates(_ document: OSDMapDocument) throws(DumpFailure) {
        let limit = document.maxOsd
        guard (0...document.osds.count * 16 + 65536).contains(limit) else {
            throw DumpFailure(path: "max_osd", reason: "\(limit) is not believed of \(document.osds.count) OSDs")
        }
        states = OSDStates(count: limit)
        osds = Array(repeating: OSDEntry(), count: limit)
        for (index, each) in document.osds.enumerated() {
            let path = "osds[\(index)]"
            guard osds.indices.contains(each.osd) else {
                throw DumpFailure(path: "\(path).osd", reason: "\(each.osd) is not below max_osd, \(limit)")
            }
            states.states[each.osd] = try DumpField.state(each.state, "\(path).state")
            states.weights[each.osd] = try DumpField.weight(each.weight, "\(path).weight")
            states.primaryAffinities[each.osd] = try DumpField.weight(each.primaryAffinity, "\(path).primary_affinity")
            osds[each.osd] = try OSDEntry(each, path)
        }
        for (index, each) in document.osdXinfo.enumerated() {
            guard osds.indices.contains(each.osd) else {
                throw DumpFailure(path: "osd_xinfo[\(index)].osd", reason: "\(each.osd) is not below max_osd, \(limit)")
            }
            try osds[each.osd].read(each, "osd_xinfo[\(index)]")
        }
    }

    private mutating func readPlacement(_ document: OSDMapDocument) throws(DumpFailure) {
        for each in document.pgUpmap {
            upmaps[try DumpField.pgid(each.pgid, "pg_upmap")] = each.osds.map { ItemID($0) }
        }
        for each in document.pgUpmapItems {
            upmapItems[try DumpField.pgid(each.pgid, "pg_upmap_items")] = each.mappings.map {
                UpmapItem(from: ItemID($0.from), to: ItemID($0.to))
            }
        }
        for each in document.pgUpmapPrimaries ?? [] {
            upmapPrimaries[try DumpField.pgid(each.pgid, "pg_upmap_primaries")] = ItemID(each.primaryOsd)
        }
        for each in document.pgTemp {
            pgTemp[try DumpField.pgid(each.pgid, "pg_temp")] = each.osds.map { ItemID($0) }
        }
        for each in document.primaryTemp.entries {
            primaryTemp[try DumpField.pgid(each.pgid, "primary_temp")] = ItemID(each.osd)
        }
        for (address, until) in document.blocklist {
            blocklist[try DumpField.address(address, "blocklist")] = try DumpField.time(until, "blocklist")
        }
        for (address, until) in document.rangeBlocklist ?? [:] {
            rangeBlocklist[try DumpField.address(address, "range_blocklist")] =
                try DumpField.time(until, "range_blocklist")
        }
    }

    /// Flags of nodes and classes, which the dump names by the names that the CRUSH map gives them.
    private mutating func readFlags(_ document: OSDMapDocument) throws(DumpFailure) {
        let items = Dictionary(crush.itemNames.map { ($1, $0) }) { first, _ in first }
        for (name, states) in document.crushNodeFlags {
            guard let item = items[name] ?? Int32(name).map({ ItemID($0) }) else {
                throw DumpFailure(path: "crush_node_flags", reason: "the CRUSH map has no \(name)")
            }
            nodeFlags[item] = try DumpField.state(states, "crush_node_flags.\(name)")
        }
        let classes = Dictionary(crush.classNames.map { ($1, $0) }) { first, _ in first }
        for (name, states) in document.deviceClassFlags {
            guard let number = classes[name] ?? Int32(name) else {
                throw DumpFailure(path: "device_class_flags", reason: "the CRUSH map has no class \(name)")
            }
            classFlags[number] = try DumpField.state(states, "device_class_flags.\(name)")
        }
    }

    private static func ranges(_ list: [OSDMapDocument.Snapshots]) -> [PoolID: [SnapshotRange]] {
        var ranges: [PoolID: [SnapshotRange]] = [:]
        for each in list {
            ranges[PoolID(each.pool)] = each.snaps.map { SnapshotRange(start: $0.begin, count: $0.length) }
        }
        return ranges
    }
}

/// Texts of a dump as values, with the field named where they are none.
enum DumpField {
    static func uuid(_ text: String, _ path: String) throws(DumpFailure) -> UUID {
        guard let uuid = UUID(uuidString: text) else { throw unfit(text, path, "a UUID") }
        return uuid
    }

    static func time(_ text: String, _ path: String) throws(DumpFailure) -> CephTime {
        guard let time = CephTime(text: text) else { throw unfit(text, path, "a time") }
        return time
    }

    static func pgid(_ text: String, _ path: String) throws(DumpFailure) -> PGID {
        guard let pgid = PGID(text) else { throw unfit(text, path, "a PG") }
        return pgid
    }

    static func release(_ text: String, _ path: String) throws(DumpFailure) -> CephRelease {
        guard let release = CephRelease(name: text) ?? UInt8(text).map(CephRelease.init(rawValue:)) else {
            throw unfit(text, path, "a release of Ceph")
        }
        return release
    }

    static func address(_ text: String, _ path: String) throws(DumpFailure) -> EntityAddress {
        guard let address = EntityAddress(text) else { throw unfit(text, path, "an address") }
        return address
    }

    static func number<Value: FixedWidthInteger>(_ text: String, _ path: String) throws(DumpFailure) -> Value {
        guard let number = Value(text) else { throw unfit(text, path, "a whole number") }
        return number
    }

    /// A weight is printed with fewer digits than it has, but enough to find it again.
    static func weight(_ value: Double, _ path: String) throws(DumpFailure) -> Weight {
        guard let raw = UInt32(exactly: (value * 65536).rounded()) else {
            throw DumpFailure(path: path, reason: "\(value) is no weight")
        }
        return Weight(raw: raw)
    }

    static func state(_ names: [String], _ path: String) throws(DumpFailure) -> OSDState {
        var state: OSDState = []
        for name in names {
            guard let bit = OSDState.names.firstIndex(of: name) else { throw unfit(name, path, "a state of an OSD") }
            state.insert(OSDState(rawValue: 1 << UInt32(bit)))
        }
        return state
    }

    static func unfit(_ text: String, _ path: String, _ wanted: String) -> DumpFailure {
        DumpFailure(path: path, reason: "\"\(text)\" is not \(wanted)")
    }
}
