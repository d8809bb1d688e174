import CRUSH
import ClusterState
import KubernetesModel
import Resilience

/// Which CRUSH host is which Kubernetes node.
struct HostJoin: Sendable {
    /// By what a host and a node were found to be one machine.
    enum Ground: String, Sendable {
        case name, label, daemon, address
    }

    /// A machine, as either side knows it.
    struct Machine: Sendable {
        /// Its name: that of its CRUSH host, else of its node.
        var name: String
        var crushHost: String?
        var node: String?
        var ground: Ground?
    }

    let machines: [Machine]
    private let byHost: [String: Int]
    private let byNode: [String: Int]

    init(_ ceph: CephCapture?, hosts: [String], _ view: KubernetesView?) {
        let nodes = NodeNames(view)
        let seen = ceph.map { Observed(of: $0, hosts: Set(hosts)) }
        var machines: [Machine] = []
        var taken = Set<String>()
        for host in hosts {
            var machine = Machine(name: host, crushHost: host)
            if let found = nodes.find(host, seen: seen?.daemons[host] ?? []), !taken.contains(found.node) {
                machine.node = found.node
                machine.ground = found.ground
                taken.insert(found.node)
            }
            machines.append(machine)
        }
        for node in view?.machines ?? [] where !taken.contains(node.name) {
            machines.append(Machine(name: node.name, node: node.name))
        }
        self.machines = machines
        byHost = Dictionary(
            machines.indices.compactMap { index in machines[index].crushHost.map { ($0, index) } }
        ) { first, _ in first }
        byNode = Dictionary(
            machines.indices.compactMap { index in machines[index].node.map { ($0, index) } }
        ) { first, _ in first }
    }

    /// The machine of a CRUSH host.
    func machine(ofHost host: String) -> Machine? { byHost[host].map { machines[$0] } }

    /// The machine of a node.
    func machine(ofNode node: String) -> Machine? { byNode[node].map { machines[$0] } }

    /// Whether two names of a machine are one: with and without a domain, and as Rook writes dots.
    static func sameMachine(_ left: String, _ right: String) -> Bool {
        !forms(left).isDisjoint(with: forms(right))
    }

    /// How one machine's name may be written. A part before a dot stands for the whole, unless it is a number: then the
    /// name is an address.
    static func forms(_ name: String) -> Set<String> {
        let lower = name.lowercased()
        var forms: Set<String> = [
            lower, lower.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "-"),
        ]
        if let short = lower.split(separator: ".").first, !short.allSatisfy(\.isNumber) { forms.insert(String(short)) }
        return forms
    }
}

/// What daemons on a host say of where they run.
private struct Observed {
    struct Daemon {
        var node: String?
        var hostname: String?
        var address: String?
    }

    var daemons: [String: [Daemon]] = [:]

    init(of ceph: CephCapture, hosts: Set<String>) {
        let home = CrushHosts(ceph.osdMap)
        for metadata in ceph.osdMetadata ?? [] {
            guard let host = home.host(of: ItemID(metadata.osd)), hosts.contains(host) else { continue }
            daemons[host, default: []].append(
                Daemon(
                    node: metadata.nodeName, hostname: metadata.hostname,
                    address: metadata.frontAddress.flatMap(Address.first)))
        }
    }
}

/// The names and addresses of nodes.
private struct NodeNames {
    private var byForm: [String: String] = [:]
    private var byLabel: [String: String] = [:]
    private var byAddress: [String: String] = [:]

    init(_ view: KubernetesView?) {
        for machine in view?.machines ?? [] {
            for form in HostJoin.forms(machine.name) { byForm[form] = byForm[form] ?? machine.name }
            for form in HostJoin.forms(machine.node.hostname) { byLabel[form] = byLabel[form] ?? machine.name }
            for address in machine.node.addresses() { byAddress[address] = byAddress[address] ?? machine.name }
        }
    }

    func find(_ host: String, seen: [Observed.Daemon]) -> (node: String, ground: HostJoin.Ground)? {
        let forms = HostJoin.forms(host).sorted { $0.utf8.count > $1.utf8.count }
        if let node = forms.lazy.compactMap({ byForm[$0] }).first { return (node, .name) }
        if let node = forms.lazy.compactMap({ byLabel[$0] }).first { return (node, .label) }
        // Where daemons of one bucket name several nodes, the bucket is no machine: nothing is joined.
        let told = Set(seen.compactMap(\.node).compactMap { byForm[$0.lowercased()] })
        if told.count == 1, let node = told.first { return (node, .daemon) }
        let addressed = Set(seen.compactMap(\.address).compactMap { byAddress[$0] })
        if addressed.count == 1, let node = addressed.first { return (node, .address) }
        return nil
    }
}

/// The host bucket and all other buckets above each OSD.
struct CrushHosts: Sendable {
    private let parents: [ItemID: ItemID]
    private let idOfHost: [String: ItemID]
    private let map: CrushMap

    init(_ map: OSDMap) {
        self.map = map.crush
        var parents: [ItemID: ItemID] = [:]
        var idOfHost: [String: ItemID] = [:]
        for bucket in map.crush.buckets.lazy.compactMap({ $0 }) where !map.crush.isShadow(bucket.id) {
            for item in bucket.items { parents[item] = bucket.id }
            let isHost = map.crush.typeNames[Int32(bucket.type)] == "host"
            if isHost, let name = map.crush.itemNames[bucket.id] { idOfHost[name] = bucket.id }
        }
        self.parents = parents
        self.idOfHost = idOfHost
    }

    /// The buckets above an item, nearest first, as type and name.
    func ancestors(of item: ItemID) -> [FailureDomain] {
        var result: [FailureDomain] = []
        var current = item
        // A malformed map may loop.
        while let parent = parents[current], result.count < 64 {
            let type = map.bucket(parent).flatMap { map.typeNames[Int32($0.type)] } ?? "bucket"
            result.append(FailureDomain(type, map.itemNames[parent] ?? "\(parent)"))
            current = parent
        }
        return result
    }

    /// The host above an item; nil where there is none.
    func host(of item: ItemID) -> String? { ancestors(of: item).first { $0.type == "host" }?.name }

    /// The buckets above a host, by type.
    func location(ofHost name: String) -> [String: String] {
        guard let id = idOfHost[name] else { return [:] }
        return Dictionary(ancestors(of: id).map { ($0.type, $0.name) }) { first, _ in first }
    }
}

/// Addresses in Ceph's texts.
enum Address {
    /// The first address of `[v2:10.0.0.1:6800/1,v1:10.0.0.1:6801/1]` or `v2:[fd00::1]:3300`, without port and nonce.
    static func first(in text: String) -> String? {
        var rest = text.drop { $0 == "[" && text.hasPrefix("[v") }
        if rest.hasPrefix("v1:") || rest.hasPrefix("v2:") { rest = rest.dropFirst(3) }
        let one = rest.prefix { $0 != "," && $0 != "/" }
        if one.hasPrefix("[") {
            return one.firstIndex(of: "]").map { String(one[one.index(after: one.startIndex)..<$0]) }
        }
        guard let colon = one.lastIndex(of: ":") else { return one.isEmpty ? nil : String(one) }
        return String(one[..<colon])
    }
}
