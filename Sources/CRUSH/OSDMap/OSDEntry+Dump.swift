import FoundationEssentials
import Vocabulary

extension OSDEntry {
    init(_ document: OSDDocument, _ path: String) throws(DumpFailure) {
        self.init()
        uuid = try DumpField.uuid(document.uuid, "\(path).uuid")
        lastCleanBegin = document.lastCleanBegin
        lastCleanEnd = document.lastCleanEnd
        upFrom = document.upFrom
        upThru = document.upThru
        downAt = document.downAt
        lostAt = document.lostAt
        publicAddresses = try Self.addresses(document.publicAddrs, "\(path).public_addrs")
        clusterAddresses = try Self.addresses(document.clusterAddrs, "\(path).cluster_addrs")
        heartbeatBackAddresses = try Self.addresses(document.heartbeatBackAddrs, "\(path).heartbeat_back_addrs")
        heartbeatFrontAddresses = try Self.addresses(document.heartbeatFrontAddrs, "\(path).heartbeat_front_addrs")
    }

    mutating func read(_ document: OSDExtendedDocument, _ path: String) throws(DumpFailure) {
        downStamp = try DumpField.time(document.downStamp, "\(path).down_stamp")
        laggyProbability = Float(document.laggyProbability)
        laggyInterval = document.laggyInterval
        features = document.features
        oldWeight = Weight(raw: document.oldWeight)
        lastPurgedSnapsScrub = try DumpField.time(document.lastPurgedSnapsScrub, "\(path).last_purged_snaps_scrub")
        deadEpoch = document.deadEpoch
    }

    private static func addresses(
        _ list: OSDDocument.Addresses, _ path: String
    ) throws(DumpFailure) -> [EntityAddress] {
        var addresses: [EntityAddress] = []
        for each in list.addrvec {
            guard let kind = EntityAddress.Kind(name: each.type) else {
                throw DumpField.unfit(each.type, path, "a messenger's protocol")
            }
            addresses.append(EntityAddress(kind: kind, endpoint: each.addr, nonce: each.nonce))
        }
        return addresses
    }
}

extension OSDDocument {
    init(osd: Int, _ states: OSDStates, _ entry: OSDEntry) {
        self.init(
            osd: osd, uuid: entry.uuid.uuidString.lowercased(), weight: states.weights[osd].value,
            primaryAffinity: states.primaryAffinities[osd].value, lastCleanBegin: entry.lastCleanBegin,
            lastCleanEnd: entry.lastCleanEnd, upFrom: entry.upFrom, upThru: entry.upThru, downAt: entry.downAt,
            lostAt: entry.lostAt, publicAddrs: Addresses(entry.publicAddresses),
            clusterAddrs: Addresses(entry.clusterAddresses),
            heartbeatBackAddrs: Addresses(entry.heartbeatBackAddresses),
            heartbeatFrontAddrs: Addresses(entry.heartbeatFrontAddresses), state: states.states[osd].names.sorted())
    }
}

extension OSDDocument.Addresses {
    fileprivate init(_ addresses: [EntityAddress]) {
        addrvec = addresses.map { OSDDocument.Address(type: $0.kind.name, addr: $0.endpoint, nonce: $0.nonce) }
    }
}

extension OSDExtendedDocument {
    init(osd: Int, _ entry: OSDEntry) {
        self.init(
            osd: osd, downStamp: entry.downStamp.text, laggyProbability: Double(entry.laggyProbability),
            laggyInterval: entry.laggyInterval, features: entry.features, oldWeight: entry.oldWeight.raw,
            lastPurgedSnapsScrub: entry.lastPurgedSnapsScrub.text, deadEpoch: entry.deadEpoch)
    }
}
