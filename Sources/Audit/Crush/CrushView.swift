import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// What checks of the CRUSH map ask again and again, read once out of a capture.
struct CrushView {
    let ceph: CephCapture
    /// The pools by number.
    let pools: [Pool]
    /// All rules by number.
    let shapes: [RuleShape]

    var map: OSDMap { ceph.osdMap }
    var crush: CrushMap { ceph.osdMap.crush }

    init(_ ceph: CephCapture) {
        self.ceph = ceph
        let crush = ceph.osdMap.crush
        pools = ceph.osdMap.sortedPools
        shapes = crush.rules.indices.compactMap { RuleShape(Int32($0), map: crush) }
    }

    /// The pools that use a rule.
    func pools(of shape: RuleShape) -> [Pool] { pools.filter { $0.crushRule == shape.number } }

    /// The rules that pools use.
    var usedShapes: [RuleShape] { shapes.filter { !pools(of: $0).isEmpty } }

    /// The rule of a pool.
    func shape(of pool: Pool) -> RuleShape? { shapes.first { $0.number == pool.crushRule } }

    /// The buckets that are no shadows, by id from -1 down.
    var buckets: [Bucket] { crush.buckets.compactMap { $0 }.filter { !crush.isShadow($0.id) } }

    /// The weight of each OSD that is in the tree: the highest where it is there twice.
    var weights: [OSDID: Weight] {
        var weights: [OSDID: Weight] = [:]
        for bucket in buckets {
            for (position, item) in bucket.items.enumerated() {
                guard let osd = item.osd else { continue }
                weights[osd] = max(weights[osd] ?? .zero, bucket.weight(at: position))
            }
        }
        return weights
    }

    /// The mapping of a pool as if every OSD that exists were up: where data belong, whoever is away for a moment.
    func allUp(_ pool: Pool) -> PoolMapper {
        var states = map.states
        for osd in states.states.indices where states.states[osd].contains(.exists) { states.states[osd].insert(.up) }
        return PoolMapper(map: map, pool: pool, states: states)
    }

    /// OSDs by the bucket that holds them, as a subject; an OSD without a bucket is its own.
    func byHolder(_ osds: [OSDID]) -> [(subject: Finding.Subject, osds: [OSDID])] {
        let hosts = CrushHosts(map)
        let grouped = Dictionary(grouping: osds) { osd in
            hosts.ancestors(of: ItemID(osd)).first.map { Finding.Subject($0.type, $0.name) }
                ?? Finding.Subject("osd", "\(osd.value)")
        }
        return grouped.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    /// The name of a bucket.
    func name(_ item: ItemID) -> String { crush.itemNames[item] ?? "\(item)" }

    /// The name of a type of bucket.
    func typeName(_ type: Int32) -> String { crush.typeNames[type] ?? "type\(type)" }

    /// The number of a type of bucket by its name.
    func typeNumber(_ name: String) -> Int32? { crush.typeNames.first { $0.value == name }?.key }
}

/// Numbers and lists as they stand in sentences.
enum Phrase {
    /// `1 host`, `3 hosts`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `osd.1, osd.2 and 3 more`.
    static func list(_ osds: [OSDID], limit: Int = 8) -> String {
        osds.map { "osd.\($0.value)" }.limited(to: limit).joined(separator: ", ")
    }

    /// `1.2f, 1.30, and 5 more`.
    static func list(_ pgs: [PGID], limit: Int = 8) -> String {
        pgs.map(\.description).limited(to: limit).joined(separator: ", ")
    }

    /// A number with so many digits after the point, rounded.
    static func decimal(_ value: Double, places: Int = 2) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let digits = String(scaled % scale)
        let fraction = String(repeating: "0", count: places - min(places, digits.count)) + digits
        return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / scale)" + (places > 0 ? ".\(fraction)" : "")
    }

    /// A weight as Ceph's commands take it.
    static func weight(_ weight: Double) -> String { decimal(weight, places: 5) }

    /// A share as percent: `12.5 %`.
    static func percent(_ share: Double) -> String { "\(decimal(share * 100, places: 1)) %" }
}

/// Commands that several remedies are made of.
enum CrushRemedy {
    /// A new rule for a pool, by a failure domain, and its setting.
    ///
    /// Of an erasure coded pool the rule is made of a profile, of which only the placement counts.
    static func newRule(
        for pool: Pool, root: String, domain: String, deviceClass: String?, in map: OSDMap
    ) -> [String] {
        let wanted = "\(plain(pool.name))-by-\(domain)" + (deviceClass.map { "-\($0)" } ?? "")
        let names = Set(map.crush.ruleNames.values).union(map.erasureCodeProfiles.keys)
        let name = names.contains(wanted) ? "\(wanted)-new" : wanted
        let set = "ceph osd pool set \(pool.name) crush_rule \(name)"
        guard pool.kind == .erasure else {
            let suffix = deviceClass.map { " \($0)" } ?? ""
            return ["ceph osd crush rule create-replicated \(name) \(root) \(domain)\(suffix)", set]
        }
        var profile = map.erasureCodeProfiles[pool.erasureCodeProfile] ?? [:]
        profile["crush-root"] = root
        profile["crush-failure-domain"] = domain
        profile["crush-device-class"] = deviceClass
        for key in ["crush-osds-per-failure-domain", "crush-num-failure-domains"] { profile[key] = nil }
        let keys = profile.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return [
            "ceph osd erasure-code-profile set \(name) \(keys)", "ceph osd crush rule create-erasure \(name) \(name)",
            set,
        ]
    }

    /// How a change of the map that no command makes is made, with a look at what it moves.
    static func edit(_ what: String) -> [String] {
        [
            "ceph osd getcrushmap -o crush.bin", "crushtool -d crush.bin -o crush.txt", "# in crush.txt: \(what)",
            "crushtool -c crush.txt -o crush.new", "crushtool -i crush.bin --compare crush.new",
            "ceph osd setcrushmap -i crush.new",
        ]
    }

    /// A pool's name without the dots that a rule's name may not begin with.
    private static func plain(_ name: String) -> String {
        String(name.drop { $0 == "." })
    }
}

extension Pool {
    /// What a finding about the pool is about.
    var subject: Finding.Subject { Finding.Subject("pool", name.isEmpty ? "\(id)" : name) }
}

extension RuleShape {
    /// What a finding about the rule is about.
    var subject: Finding.Subject { Finding.Subject("rule", name) }
}
