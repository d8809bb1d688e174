import CRUSH
import ClusterState
import Resilience

/// Which machine each daemon runs on, and which machines there are.
///
/// A machine goes by the name of its CRUSH host where it has one: `node-1` for the host name `node-1.example.org`.
struct DaemonHosts: Sendable {
    /// The hosts that have OSDs, in natural order.
    let hosts: [String]
    private let domains: FailureDomains?
    private let crush: CrushHosts?
    private let hostOfForm: [String: String]

    init(_ context: AuditContext) {
        domains = context.snapshot?.domains
        hosts = domains?.all("host").map(\.name) ?? []
        crush = context.ceph.map { CrushHosts($0.osdMap) }
        var forms: [String: String] = [:]
        for host in hosts {
            for form in HostJoin.forms(host) { forms[form] = forms[form] ?? host }
        }
        hostOfForm = forms
    }

    /// The machine of a monitor: its pod's node, its host name, the host that it was given in the CRUSH tree, or its address.
    func machine(of monitor: MonitorMap.Monitor) -> String? {
        machine(monitor.pod, monitor.hostname) ?? monitor.crushLocation["host"].map(canonical)
            ?? monitor.addresses.first.flatMap(Address.first)
    }

    /// The machine of another daemon; nil when it is not known.
    func machine(_ pod: DaemonPod?, _ hostname: String?) -> String? {
        (pod?.node ?? hostname).map(canonical)
    }

    /// Where a machine stands in the CRUSH tree, by type: `rack` to `r1`.
    func location(of machine: String) -> [String: String] {
        crush?.location(ofHost: machine) ?? [:]
    }

    /// The types above the host that have at least two buckets with OSDs, from the lowest up.
    var widerTypes: [String] {
        guard let domains, let host = domains.types.firstIndex(of: "host") else { return [] }
        return domains.types[(host + 1)...].filter { domains.all($0).count > 1 }
    }

    /// Some hosts, chosen to be as far apart as the tree allows: those wanted first, then one of each of the widest
    /// domains after the other.
    func spread(_ count: Int, keeping kept: [String]) -> [String] {
        var chosen: [String] = []
        let types = widerTypes.reversed()
        for host in kept + hosts where chosen.count < count && !chosen.contains(host) {
            let place = location(of: host)
            let isApart = types.allSatisfy { type in
                place[type] == nil || !chosen.contains { location(of: $0)[type] == place[type] }
            }
            if isApart { chosen.append(host) }
        }
        for host in kept + hosts where chosen.count < count && !chosen.contains(host) { chosen.append(host) }
        return chosen
    }

    private func canonical(_ name: String) -> String {
        let forms = HostJoin.forms(name).sorted { $0.utf8.count > $1.utf8.count }
        return forms.lazy.compactMap { hostOfForm[$0] }.first ?? name
    }
}
