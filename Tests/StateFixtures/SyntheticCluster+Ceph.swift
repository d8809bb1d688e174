public import CRUSH
public import ClusterState
import KubernetesModel
public import Vocabulary

extension SyntheticCluster {
    /// What Ceph would say.
    public func cephCapture() -> CephCapture {
        let map = osdMap()
        var capture = CephCapture(osdMap: map)
        capture.consistency.epochBefore = map.epoch
        capture.consistency.epochAfter = map.epoch
        capture.consistency.oldestReport = map.epoch
        let table = pgTable(of: map)
        capture.osdUsage = usage(of: table)
        capture.pgs = table
        capture.osdMetadata = (0..<osds).map(metadata(ofOSD:))
        capture.poolUsage = pools.enumerated().map { index, pool in
            let stored = pool.bytesPerPG * UInt64(pool.pgCount)
            let factor = pool.kind == .erasure ? Double(pool.size) / Double(pool.dataShards) : Double(pool.size)
            return PoolUsage(
                pool: PoolID(Int64(index + 1)), name: pool.name, stored: ByteCount(stored),
                used: ByteCount(UInt64(Double(stored) * factor)), objects: stored >> 22,
                maximumAvailable: ByteCount(osdSize.bytes * UInt64(osds) / UInt64(2 * pool.size)))
        }
        capture.health = Health(status: .ok)
        capture.monitors = monitorMap()
        capture.managers = managerMap()
        capture.filesystems = FilesystemMap()
        capture.services = []
        let version = "ceph version 16.2.15 (618f440892089921c3e944a991122ddc44e60516) pacific (stable)"
        capture.versions = ["mon": [version: monitors], "mgr": [version: managers], "osd": [version: osds]]
        return capture
    }

    /// The host of the n-th monitor or manager: one a rack, then the next host of each.
    public func host(ofDaemon number: Int) -> Int {
        (number % racks) * hostsPerRack + (number / racks) % hostsPerRack
    }

    private func monitorMap() -> MonitorMap {
        let members = (0..<monitors).map { number in
            let host = host(ofDaemon: number)
            let address = address(ofHost: host)
            var monitor = MonitorMap.Monitor(
                name: Self.letter(number), rank: number,
                addresses: ["v2:\(address):3300", "v1:\(address):6789"], hostname: "host-\(host)")
            monitor.version = "16.2.15"
            return monitor
        }
        return MonitorMap(epoch: 1, monitors: members, leader: members.first?.name)
    }

    private func managerMap() -> ManagerMap {
        let members = (0..<managers).map { number in
            let host = host(ofDaemon: number)
            var manager = ManagerMap.Manager(
                name: Self.letter(23 + number), addresses: ["v2:\(address(ofHost: host)):6900"],
                hostname: "host-\(host)")
            manager.version = "16.2.15"
            return manager
        }
        return ManagerMap(active: members.first, standbys: Array(members.dropFirst()), modules: ["iostat"])
    }

    private static func letter(_ number: Int) -> String {
        String(Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(number % 26))))
    }

    private func metadata(ofOSD osd: Int) -> OSDMetadata {
        let host = host(ofOSD: osd)
        var metadata = OSDMetadata(osd: OSDID(Int32(osd)), hostname: "host-\(host)")
        metadata.defaultDeviceClass = deviceClass(osd)
        metadata.isRotational = deviceClass(osd) == "hdd"
        metadata.deviceSize = osdSize
        metadata.devices = ["sd\(Self.letter(osd % osdsPerHost))"]
        metadata.objectStore = "bluestore"
        metadata.frontAddress = "[v2:\(address(ofHost: host)):\(6800 + 4 * (osd % osdsPerHost))/1]"
        metadata.version = "16.2.15"
        return metadata
    }

    private func usage(of table: PGTable) -> [OSDUsage] {
        var counts = [Int](repeating: 0, count: osds)
        for osd in table.up.values where osd != OSDSets.none { counts[Int(osd)] += 1 }
        return (0..<osds).map { osd in
            let used = UInt64(Double(osdSize.bytes) * fill(osd)) & ~1023
            return OSDUsage(
                osd: OSDID(Int32(osd)), total: osdSize, used: ByteCount(used),
                available: ByteCount(osdSize.bytes - used), usedByData: ByteCount(used), pgs: counts[osd])
        }
    }
}

// MARK: PGs

extension SyntheticCluster {
    /// The PGs, all active and clean, where ``placement`` or ``spread(_:)`` puts them.
    public func pgTable(of map: OSDMap) -> PGTable {
        let scrubbed = takenAt.microseconds / 1_000_000 - 86_400
        var rows: [PGRow] = []
        for (index, pool) in pools.enumerated() {
            let id = PoolID(Int64(index + 1))
            for seed in 0..<pool.pgCount {
                let pg = PGID(pool: id, seed: seed)
                var row = PGRow(id: pg, up: placement?(map, pg) ?? spread(pg))
                row.bytes = pool.bytesPerPG
                row.objects = pool.bytesPerPG >> 22
                row.lastDeepScrub = scrubbed
                row.reportedEpoch = map.epoch
                row.mappingEpoch = 50
                rows.append(row)
            }
        }
        return PGTable(rows)
    }

    /// OSDs for a PG, each in a failure domain of its own as long as there are enough: even, regular, and not what CRUSH
    /// chooses. With too few domains the set is shorter, or has holes in an EC pool.
    public func spread(_ pg: PGID) -> [Int32] {
        let pool = pools[Int(pg.pool.value) - 1]
        let domains: Int
        switch pool.failureDomain {
        case "osd": domains = osds
        case "rack": domains = racks
        default: domains = hosts
        }
        let perDomain = osds / domains
        let seed = Int(pg.seed)
        var set: [Int32] = []
        for position in 0..<pool.size {
            if position < domains {
                let domain = (seed + position * max(1, domains / pool.size)) % domains
                set.append(Int32(domain * perDomain + (seed / domains + position) % perDomain))
            } else if pool.kind == .erasure {
                set.append(OSDSets.none)
            }
        }
        return set
    }
}
