public import CRUSH
public import ClusterState
public import Vocabulary

/// The failure domains of a cluster: every bucket of the CRUSH tree with the OSDs below it, and every OSD.
///
/// Shadow trees of device classes are no domains of their own. Where a map is malformed, a bucket that is held twice counts
/// in both, and a loop ends.
public struct FailureDomains: Sendable {
    /// A domain with what is in it.
    struct Content: Sendable {
        var osds: [OSDID]
        var hosts: [String]
    }

    /// The names of the types that have a domain, from `osd` up, in the order of their numbers.
    public let types: [String]
    private let contents: [FailureDomain: Content]
    private let names: [String: [String]]

    /// The domains of a capture.
    public init(of capture: CephCapture) {
        let hostnames = Dictionary(
            (capture.osdMetadata ?? []).compactMap { meta in meta.hostname.map { (meta.osd, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.init(of: capture.osdMap, hostnames: hostnames)
    }

    /// The domains of a map.
    ///
    /// - Parameter hostnames: the names that machines give themselves, by OSD.
    public init(of map: OSDMap, hostnames: [OSDID: String] = [:]) {
        let crush = map.crush
        var contents: [FailureDomain: Content] = [:]
        var numbers: [String: Int32] = ["osd": 0]
        for osd in map.states.existing {
            contents[FailureDomain(osd)] = Content(osds: [osd], hosts: [])
        }
        for bucket in crush.buckets.lazy.compactMap({ $0 }) where !crush.isShadow(bucket.id) {
            guard let name = crush.itemNames[bucket.id] else { continue }
            let number = Int32(bucket.type)
            let type = crush.typeNames[number] ?? "type\(number)"
            numbers[type] = number
            var content = Self.content(below: bucket, in: map)
            content.hosts += content.osds.compactMap { hostnames[$0] }
            content.hosts = Set(content.hosts).sorted()
            contents[FailureDomain(type, name)] = content
        }
        self.contents = contents
        types = numbers.sorted { $0.value < $1.value }.map(\.key)
        names = Dictionary(grouping: contents.keys, by: \.type).mapValues { $0.sorted().map(\.name) }
    }

    /// The domains of a type in the order of ``FailureDomain``; without ``includingEmpty`` those with OSDs only.
    public func all(_ type: String, includingEmpty: Bool = false) -> [FailureDomain] {
        (names[type] ?? []).map { FailureDomain(type, $0) }.filter {
            includingEmpty || contents[$0]?.osds.isEmpty == false
        }
    }

    /// The loss of some domains, which must be there; others are passed over.
    public func scenario(losing domains: [FailureDomain]) -> LossScenario {
        var osds = Set<OSDID>()
        var hosts = Set<String>()
        for content in domains.compactMap({ contents[$0] }) {
            osds.formUnion(content.osds)
            hosts.formUnion(content.hosts)
        }
        return LossScenario(domains: domains, osds: osds.sorted(), hosts: hosts.sorted())
    }

    /// The loss that a text names: `host=node-1,rack=r2,osd=3`.
    ///
    /// - Throws: ``LossScenarioError`` that names the part at fault.
    public func scenario(_ text: String) throws(LossScenarioError) -> LossScenario {
        var domains: [FailureDomain] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let domain = try self.domain(String(part))
            if !domains.contains(domain) { domains.append(domain) }
        }
        return scenario(losing: domains)
    }

    /// The one domain that a text names: `host=node-1`; an OSD by number or name.
    ///
    /// - Throws: ``LossScenarioError``.
    public func domain(_ text: String) throws(LossScenarioError) -> FailureDomain {
        let pieces = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 2, !pieces[0].isEmpty, !pieces[1].isEmpty else { throw .malformed(text) }
        try check(type: pieces[0])
        let isNumber = pieces[0] == "osd" && Int32(pieces[1]) != nil
        let domain = FailureDomain(pieces[0], isNumber ? "osd.\(pieces[1])" : pieces[1])
        guard contents[domain] != nil else {
            throw .unknownDomain(domain, known: names[domain.type] ?? [])
        }
        return domain
    }

    /// Does nothing when there are domains of a type.
    ///
    /// - Throws: ``LossScenarioError/unknownType(_:known:)``.
    public func check(type: String) throws(LossScenarioError) {
        guard types.contains(type) else { throw .unknownType(type, known: types) }
    }

    /// The OSDs that exist below a bucket, and the names of the hosts.
    private static func content(below top: Bucket, in map: OSDMap) -> Content {
        var content = Content(osds: [], hosts: [])
        var seen = Set<ItemID>()
        var waiting = [top.id]
        while let item = waiting.popLast() {
            guard seen.insert(item).inserted else { continue }
            if let osd = item.osd {
                if map.states.exists(osd) { content.osds.append(osd) }
            } else if let bucket = map.crush.bucket(item) {
                waiting += bucket.items
                if map.crush.typeNames[Int32(bucket.type)] == "host", let name = map.crush.itemNames[item] {
                    content.hosts.append(name)
                }
            }
        }
        content.osds.sort()
        return content
    }
}
