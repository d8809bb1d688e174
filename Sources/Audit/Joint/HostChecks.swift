import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import Vocabulary

/// Is a host of the CRUSH map the machine that it says it is?
enum HostChecks {
    /// C10: OSDs that run on another machine than the host bucket they are in.
    static func fiction(_ ceph: CephCapture, _ view: KubernetesView?) -> [Finding] {
        guard let metadata = ceph.osdMetadata else { return [] }
        let home = CrushHosts(ceph.osdMap)
        let nodeOfPod = Dictionary(
            (view?.members ?? []).compactMap { member in
                member.node.map { (member.key, $0) }
            }
        ) { first, _ in first }
        var strangers: [String: [(osd: OSDID, machine: String)]] = [:]
        for one in metadata {
            guard let bucket = home.host(of: ItemID(one.osd)) else { continue }
            let pod = one.podName.flatMap { nodeOfPod[ObjectKey(namespace: one.podNamespace, name: $0)] }
            guard let machine = one.nodeName ?? pod ?? one.hostname, !HostJoin.sameMachine(machine, bucket) else {
                continue
            }
            // A pod without the host's network tells its own name: that says nothing.
            if one.nodeName == nil, pod == nil, one.podName == machine { continue }
            strangers[bucket, default: []].append((one.osd, machine))
        }
        return strangers.keys.sorted().map { bucket in
            let list = strangers[bucket] ?? []
            let machines = Set(list.map(\.machine)).sorted()
            let name = machines.first ?? ""
            return Finding(
                check: "C10", severity: .critical, subject: Finding.Subject("host", bucket),
                message:
                    "\(list.count) OSD\(list.count == 1 ? "" : "s") of CRUSH host \(bucket) run\(list.count == 1 ? "s" : "") "
                    + "on \(machines.limited(to: 3).joined(separator: ", ")): copies that CRUSH keeps apart by host may be "
                    + "on one machine",
                evidence: [
                    Finding.Evidence(
                        "osds", list.map { "\($0.osd) on \($0.machine)" }.limited(to: 12).joined(separator: "; "))
                ],
                remedy: list.prefix(8).map { "ceph osd crush move \($0.osd) host=\($0.machine)" }
                    + (list.count > 8 ? ["# and the same for the others"] : [])
                    + [
                        "# or, if the bucket is this machine under an old name: ceph osd crush rename-bucket \(bucket) \(name)"
                    ],
                basis: .exact)
        }
    }

    /// C10: hosts that are no node although others are.
    static func notJoined(_ join: HostJoin, _ view: KubernetesView?) -> [Finding] {
        guard view?.capture.nodes != nil else { return [] }
        let hosts = join.machines.filter { $0.crushHost != nil }
        let alone = hosts.filter { $0.node == nil }
        // Ceph beside Kubernetes joins nothing at all, and nothing is wrong with that.
        guard !alone.isEmpty, alone.count < hosts.count else { return [] }
        return alone.map { machine in
            Finding(
                check: "C10", severity: .warning, subject: Finding.Subject("host", machine.name),
                message:
                    "CRUSH host \(machine.name) is no Kubernetes node by name, label or address, although "
                    + "\(hosts.count - alone.count) others are: what runs on it is not known",
                evidence: [
                    Finding.Evidence(
                        "nodes without a host",
                        join.machines.filter { $0.crushHost == nil }.map(\.name).limited(to: 8).joined(separator: ", "))
                ],
                remedy: ["ceph osd crush rename-bucket \(machine.name) NODE"], basis: .heuristic)
        }
    }

    /// C11: zone or rack of a node by its labels is not that of its CRUSH host.
    static func topology(_ ceph: CephCapture, _ join: HostJoin, _ view: KubernetesView?) -> [Finding] {
        guard let view else { return [] }
        let home = CrushHosts(ceph.osdMap)
        return join.machines.compactMap { machine -> Finding? in
            guard let host = machine.crushHost, let node = machine.node, let index = view.machineByName[node] else {
                return nil
            }
            let labels = view.machines[index]
            let location = home.location(ofHost: host)
            let zone = location["zone"] ?? location["datacenter"] ?? location["room"] ?? location["rack"]
            let mismatch = mismatch("zone", labels.zone, zone) ?? mismatch("rack", labels.rack, location["rack"])
            guard let (kind, label, place) = mismatch else { return nil }
            return Finding(
                check: "C11", severity: .warning, subject: Finding.Subject("host", host),
                message:
                    "node \(node) is in \(kind) \(label) by its labels, and its CRUSH host \(host) below \(place): pods and "
                    + "data are spread over different failure domains",
                evidence: [
                    Finding.Evidence("label", label),
                    Finding.Evidence(
                        "crush location",
                        location.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")),
                ],
                remedy: [
                    "# whichever is true:", "ceph osd crush move \(host) \(kind)=\(label)",
                    "kubectl label node \(node) topology.kubernetes.io/\(kind)=\(place) --overwrite",
                ], basis: .exact)
        }
    }

    /// A label and a CRUSH bucket of one kind that are not one place; nil where either is not known.
    private static func mismatch(
        _ kind: String, _ label: String?, _ place: String?
    ) -> (kind: String, label: String, place: String)? {
        guard let label, let place, !HostJoin.sameMachine(label, place) else { return nil }
        return (kind, label, place)
    }
}
