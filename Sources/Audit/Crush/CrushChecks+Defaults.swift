import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension CrushChecks {
    static let defaults: [Check] = [
        check(
            "C26", "new pools get a weaker failure domain", .warning, needs: [.osdMap, .configuration],
            meaning:
                "The rule of pools that are made without naming one is missing, or keeps copies less apart than the pools that "
                + "there are.",
            reason:
                "Tools make pools without naming a rule, also long after the cluster was made: RGW, the manager, scripts. Such a "
                + "pool then has two copies on one host, and nobody looks.",
            remedy: "Set `osd_pool_default_crush_rule` to a rule by host.",
            find: weakDefault),
        check(
            "C27", "OSDs that move in the CRUSH map when they start", .warning, .heuristic,
            needs: [.osdMap, .osdMetadata, .configuration],
            meaning:
                "OSDs stand below another host than the one that they run on, and `osd_crush_update_on_start` is on without a "
                + "location of their own.",
            reason:
                "When such an OSD starts it moves itself to the bucket of its host name. A restart, or an upgrade, then moves data "
                + "that nobody meant to move, and undoes what was placed by hand.",
            remedy: "Turn the option off, or give the OSDs a `crush_location`, or move them to where they run.",
            find: movesOnStart),
    ]

    /// The rule of a pool of copies that is made without naming one: the configured one, else the lowest.
    static func defaultRule(_ view: CrushView) -> RuleShape? {
        let number = view.ceph.configuration[.defaultCrushRule]
        guard number < 0 else { return view.shapes.first { Int($0.number) == number } }
        return view.shapes.first { shape in
            view.crush.rule(shape.number).map { $0.kind == .replicated || $0.kind == .msrFirstN } ?? false
        }
    }

    /// C26: the rule of new pools.
    static func weakDefault(_ view: CrushView) -> [Finding] {
        let number = view.ceph.configuration[.defaultCrushRule]
        let inUse = view.usedShapes.filter { shape in view.pools(of: shape).contains { $0.size > 1 } }
        guard let shape = defaultRule(view) else {
            guard number >= 0 || !view.shapes.isEmpty else { return [] }
            let remedy =
                inUse.first.map { "ceph config set global osd_pool_default_crush_rule \($0.number)" }
                ?? "ceph osd crush rule create-replicated replicated_rule default host"
            return [
                Finding(
                    check: "C26", severity: .warning, subject: .cluster,
                    message: number >= 0
                        ? "osd_pool_default_crush_rule is \(number), and there is no such rule: new pools cannot be made"
                        : "there is no rule for copies: new pools cannot be made without naming one",
                    evidence: [Finding.Evidence("osd_pool_default_crush_rule", "\(number)")], remedy: [remedy],
                    basis: .exact)
            ]
        }
        let host = view.typeNumber("host") ?? 1
        let hosts = shape.domains(of: host, in: view.map).count
        let others = inUse.filter { $0.number != shape.number }.map(\.failureDomain)
        // Without pools to compare with, hosts are what copies should be apart by wherever there are enough.
        let wanted = others.min() ?? (inUse.isEmpty && hosts >= 2 ? host : 0)
        guard shape.failureDomain < wanted else { return [] }
        let better = inUse.first { $0.failureDomain >= wanted }
        let root = shape.takes.first.map { view.name($0.root) } ?? "default"
        return [
            Finding(
                check: "C26", severity: .warning, subject: shape.subject,
                message:
                    "is the rule of new pools and keeps copies apart by \(shape.failureDomainName), on \(Phrase.count(hosts, "host"))"
                    + (better.map { "; \($0.name) does by \($0.failureDomainName)" } ?? ""),
                evidence: [
                    Finding.Evidence("osd_pool_default_crush_rule", "\(number)"),
                    Finding.Evidence("osd_crush_chooseleaf_type", "\(view.ceph.configuration[.crushChooseLeafType])"),
                ],
                remedy: better.map { ["ceph config set global osd_pool_default_crush_rule \($0.number)"] }
                    ?? [
                        "ceph osd crush rule create-replicated by-host \(root) host",
                        "ceph osd crush rule dump by-host  # its rule_id",
                        "ceph config set global osd_pool_default_crush_rule RULE_ID",
                    ], basis: .exact)
        ]
    }

    /// C27: OSDs that would move themselves.
    static func movesOnStart(_ view: CrushView) -> [Finding] {
        let configuration = view.ceph.configuration
        let located = ["crush_location", "crush_location_hook", "osd_crush_location", "osd_crush_location_hook"]
        guard configuration[.crushUpdateOnStart],
            !(configuration.central ?? []).contains(where: { located.contains($0.name) })
        else { return [] }
        let hosts = CrushHosts(view.map)
        var moving: [String: [(osd: OSDID, machine: String)]] = [:]
        for one in view.ceph.osdMetadata ?? [] {
            // An OSD in a pod without its node's name tells its pod's, which is given a location by whoever made it.
            guard one.nodeName == nil, one.podName == nil, let machine = one.hostname,
                let host = hosts.host(of: ItemID(one.osd)), !HostJoin.sameMachine(machine, host)
            else { continue }
            moving[host, default: []].append((one.osd, machine))
        }
        return moving.sorted { $0.key < $1.key }.map { host, osds in
            let targets = Set(osds.map(\.machine)).sorted()
            return Finding(
                check: "C27", severity: .warning, subject: Finding.Subject("host", host),
                message:
                    "\(Phrase.count(osds.count, "OSD")) of CRUSH host \(host) would move to \(targets.limited(to: 3).joined(separator: ", ")) "
                    + "when they start, as osd_crush_update_on_start is on",
                evidence: [Finding.Evidence("osds", Phrase.list(osds.map(\.osd).sorted(), limit: 24))],
                remedy: ["ceph config set osd osd_crush_update_on_start false"], basis: .heuristic)
        }
    }
}
