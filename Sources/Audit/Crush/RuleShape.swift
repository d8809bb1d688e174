import CRUSH
import Vocabulary

/// A rule read as what it means: where it begins, what it chooses on the way down, and what keeps copies apart.
struct RuleShape: Sendable {
    /// One choose step.
    struct Choice: Hashable, Sendable {
        /// How many are chosen, as the rule has it: 0 stands for the pool's size, -1 for one less.
        var count: Int32
        /// The number of the type that is chosen.
        var type: Int32
        /// Whether holes close up; else places are kept.
        var isFirstN: Bool
        /// Whether the step goes on down to an OSD by itself, and tries another bucket where it finds none.
        var isLeaf: Bool

        /// How many are chosen for a pool of a size.
        func chosen(size: Int) -> Int {
            count > 0 ? Int(count) : max(0, size + Int(count))
        }
    }

    /// A part of the rule from `take` to `emit`.
    struct Take: Hashable, Sendable {
        /// What the rule takes: a bucket, or its shadow for one device class.
        var item: ItemID
        /// The bucket itself where that is a shadow.
        var root: ItemID
        /// The device class of the shadow.
        var deviceClass: Int32?
        /// What is chosen, from the top down.
        var choices: [Choice]

        /// How many OSDs the part yields for a pool of a size, if there are enough.
        func count(size: Int) -> Int {
            choices.reduce(1) { product, choice in min(size, product * choice.chosen(size: size)) }
        }

        /// The number of the type of which each bucket holds one copy at most; nil where nothing is chosen.
        ///
        /// The last step that chooses more than one: `choose 3 host, choose 1 osd` keeps copies apart by host.
        var failureDomain: Int32? {
            choices.last { $0.count != 1 }?.type ?? choices.first?.type
        }
    }

    /// A step of the way down, with how many copies one bucket of its type may get by construction.
    struct Level: Hashable, Sendable {
        /// The type that is chosen.
        var type: Int32
        /// How many buckets of the type are chosen.
        var domains: Int
        /// How many copies or shards each of them gets, at most.
        var copies: Int
    }

    /// An OSD below a take.
    struct Member: Hashable, Sendable {
        /// The OSD.
        var osd: OSDID
        /// Its weight in the CRUSH map.
        var weight: Weight
        /// The bucket of the asked type that holds it (the real one, not a shadow); the OSD itself for type 0.
        var domain: ItemID
    }

    /// The rule's number.
    let number: Int32
    /// Its name; its number where it has none.
    let name: String
    /// Its parts, in order.
    let takes: [Take]
    /// Whether holes close up, as copies want it; shards want their places kept.
    let isFirstN: Bool
    /// Whether the rule retries over all of its steps (Ceph 19).
    let isMSR: Bool
    private let map: CrushMap
    private let origins: [ItemID: ItemID]

    /// The shape of a rule; nil if there is none of that number.
    init?(_ number: Int32, map: CrushMap) {
        guard let rule = map.rule(number) else { return nil }
        self.number = number
        self.map = map
        name = map.ruleNames[number] ?? "\(number)"
        isMSR = rule.kind == .msrFirstN || rule.kind == .msrIndep
        var origins: [ItemID: ItemID] = [:]
        var classes: [ItemID: Int32] = [:]
        for (bucket, shadows) in map.shadowBuckets {
            for (deviceClass, shadow) in shadows {
                origins[shadow] = bucket
                classes[shadow] = deviceClass
            }
        }
        self.origins = origins
        takes = Self.takes(of: rule).map { item, choices in
            Take(item: item, root: origins[item] ?? item, deviceClass: classes[item], choices: choices)
        }
        isFirstN = rule.kind == .msrFirstN || takes.contains { $0.choices.contains(where: \.isFirstN) }
    }

    /// The number of the type of which each bucket holds one copy at most, by the rule: the finest of all parts.
    var failureDomain: Int32 { takes.compactMap(\.failureDomain).min() ?? 0 }

    /// The name of that type.
    var failureDomainName: String { typeName(failureDomain) }

    /// Whether some part first chooses buckets, and then chooses within those, come what may.
    ///
    /// If what was chosen cannot give what the next step wants, nothing else is tried. Multi-step retry rules do try.
    var isChain: Bool {
        !isMSR && takes.contains { $0.choices.count > 1 }
    }

    /// How many OSDs the rule yields for a pool of a size, if there are enough.
    func count(size: Int) -> Int {
        min(size, takes.reduce(0) { $0 + $1.count(size: size) })
    }

    /// How many copies one bucket may get at each step of a part, from the top down.
    func levels(of take: Take, size: Int) -> [Level] {
        var domains = 1
        return take.choices.indices.map { position in
            domains = min(size, domains * take.choices[position].chosen(size: size))
            let below = take.choices[(position + 1)...].reduce(1) { min(size, $0 * $1.chosen(size: size)) }
            return Level(type: take.choices[position].type, domains: domains, copies: below)
        }
    }

    /// The failure domains that can hold a copy, with the OSDs that can: they exist, are in, and weigh something.
    func domains(in osdMap: OSDMap) -> [ItemID: [OSDID]] {
        domains(of: failureDomain, in: osdMap)
    }

    /// The same for buckets of another type than the rule's own.
    func domains(of type: Int32, in osdMap: OSDMap) -> [ItemID: [OSDID]] {
        let usable = takes.flatMap { members(of: $0, by: type) }.filter {
            $0.weight > .zero && osdMap.states.isIn($0.osd)
        }
        return Dictionary(grouping: usable, by: \.domain).mapValues { Set($0.map(\.osd)).sorted() }
    }

    /// All OSDs below a part, whatever their state, with the bucket of a type that each is in.
    ///
    /// OSDs that are in no bucket of the type are left out.
    func members(of take: Take, by type: Int32) -> [Member] {
        var members: [Member] = []
        var seen = Set<ItemID>()
        var waiting: [(item: ItemID, weight: Weight, domain: ItemID?)] = [
            (take.item, map.bucket(take.item)?.weight ?? .one, nil)
        ]
        while let (item, weight, above) = waiting.popLast() {
            guard seen.insert(item).inserted else { continue }
            if let osd = item.osd {
                if let domain = type == 0 ? item : above {
                    members.append(Member(osd: osd, weight: weight, domain: domain))
                }
            } else if let bucket = map.bucket(item) {
                let domain = Int32(bucket.type) == type ? origins[item] ?? item : above
                for (position, child) in bucket.items.enumerated() {
                    waiting.append((child, bucket.weight(at: position), domain))
                }
            }
        }
        return members
    }

    /// The name of a type.
    func typeName(_ type: Int32) -> String {
        map.typeNames[type] ?? (type == 0 ? "osd" : "type\(type)")
    }

    /// The name of a bucket or an OSD.
    func itemName(_ item: ItemID) -> String {
        map.itemNames[item] ?? (item.isDevice ? "osd.\(item)" : "\(item)")
    }

    /// What a part takes as a rule's text has it: `default class ssd`.
    func text(of take: Take) -> String {
        let className = take.deviceClass.map { " class \(map.classNames[$0] ?? "\($0)")" } ?? ""
        return itemName(take.root) + className
    }

    /// What is taken, and the choose steps up to the next `emit`.
    private static func takes(of rule: Rule) -> [(item: ItemID, choices: [Choice])] {
        var takes: [(item: ItemID, choices: [Choice])] = []
        var current: (item: ItemID, choices: [Choice])?
        for step in rule.steps {
            switch step.operation {
            case .take:
                current = (ItemID(step.first), [])
            case .emit:
                if let part = current { takes.append(part) }
                current = nil
            case .chooseFirstN, .chooseIndep, .chooseLeafFirstN, .chooseLeafIndep, .chooseMSR:
                current?.choices.append(choice(of: step, isFirstN: rule.kind == .msrFirstN))
            default:
                continue
            }
        }
        return takes
    }

    private static func choice(of step: Rule.Step, isFirstN: Bool) -> Choice {
        let leaf = step.operation == .chooseLeafFirstN || step.operation == .chooseLeafIndep
        let first = step.operation == .chooseFirstN || step.operation == .chooseLeafFirstN
        return Choice(
            count: step.first, type: step.second, isFirstN: first || (step.operation == .chooseMSR && isFirstN),
            isLeaf: leaf)
    }
}
