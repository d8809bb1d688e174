import CRUSH
import ClusterState
import Console
import KubernetesModel

/// What is in a capture, in numbers.
struct StateSummary: Encodable {
    var apiVersion = "holdfast.io/v1alpha1"
    var kind = "StateSummary"
    let taken: String
    let holdfast: String
    let redacted: Bool
    let ceph: Ceph?
    let kubernetes: Kubernetes?
    let missing: [MissingPart]

    struct Ceph: Encodable {
        let fsid: String
        let epoch: UInt32
        let release: String
        let health: String?
        let hosts: Int
        let osds: Int
        let osdsUp: Int
        let pools: Int
        let pgs: Int?
        let pgStates: [String: Int]?
        let monitors: Int?
        let managers: Int?
        let consistent: Bool
    }

    struct Kubernetes: Encodable {
        let version: String
        let nodes: Int?
        let pods: Int?
        let volumes: Int?
        let claims: Int?
    }

    init(of capture: ClusterCapture) {
        taken = capture.takenAt.rfc3339
        holdfast = capture.holdfastVersion
        redacted = capture.isRedacted
        ceph = capture.ceph.map(Ceph.init(of:))
        kubernetes = capture.kubernetes.map { state in
            Kubernetes(
                version: state.serverVersion, nodes: state.nodes?.count, pods: state.pods?.count,
                volumes: state.persistentVolumes?.count, claims: state.persistentVolumeClaims?.count)
        }
        missing = capture.missing
    }

    /// One line for stderr.
    var sentence: String {
        var parts: [String] = []
        if let ceph {
            parts.append("Ceph \(ceph.release), epoch \(ceph.epoch), \(ceph.osds) OSDs")
            if let pgs = ceph.pgs { parts.append("\(pgs) PGs") }
        }
        if let pods = kubernetes?.pods { parts.append("\(pods) pods") }
        if !missing.isEmpty { parts.append("\(missing.count) parts missing") }
        return parts.joined(separator: ", ")
    }

    var table: Table {
        var table = Table("PART", "VALUE")
        func add(_ name: String, _ value: (any CustomStringConvertible)?) {
            if let value { table.append([Table.Cell(name), Table.Cell("\(value)")]) }
        }
        add("taken", taken)
        add("holdfast", holdfast)
        if redacted { add("redacted", "yes") }
        add("ceph fsid", ceph?.fsid)
        add("ceph release", ceph?.release)
        add("osdmap epoch", ceph?.epoch)
        add("health", ceph?.health)
        if let ceph {
            add("osds", "\(ceph.osds), \(ceph.osdsUp) up")
            add("hosts", ceph.hosts)
            add("pools", ceph.pools)
            add("pgs", ceph.pgs)
            for (state, count) in (ceph.pgStates ?? [:]).sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                add("  \(state)", count)
            }
            add("mons", ceph.monitors)
            add("mgrs", ceph.managers)
            add("consistent", ceph.consistent ? "yes" : "no: the cluster was changing")
        }
        add("kubernetes", kubernetes?.version)
        add("nodes", kubernetes?.nodes)
        add("pods", kubernetes?.pods)
        add("volumes", kubernetes?.volumes)
        add("claims", kubernetes?.claims)
        for part in missing { add("missing \(part.part.rawValue)", "\(part.reason.rawValue): \(part.remedy)") }
        return table
    }
}

extension CrushMap {
    /// How many buckets of the type `host` there are, their shadows for a device class left aside.
    fileprivate var hostCount: Int {
        buckets.compactMap { $0 }.filter { typeNames[Int32($0.type)] == "host" && !isShadow($0.id) }.count
    }
}

extension StateSummary.Ceph {
    init(of state: CephCapture) {
        fsid = state.fsid
        epoch = state.osdMap.epoch
        release = "\(state.osdMap.requireOSDRelease)"
        health = state.health?.status.rawValue
        hosts = state.osdMap.crush.hostCount
        osds = state.osdMap.states.existing.count
        osdsUp = state.osdMap.states.existing.filter { state.osdMap.states.isUp($0) }.count
        pools = state.osdMap.pools.count
        pgs = state.pgs?.count
        pgStates = state.pgs.map { table in
            table.states.reduce(into: [PGState: Int]()) { $0[$1, default: 0] += 1 }
                .reduce(into: [:]) { $0[$1.key.description] = $1.value }
        }
        monitors = state.monitors?.monitors.count
        managers = state.managers.map { ($0.active == nil ? 0 : 1) + $0.standbys.count }
        consistent = state.consistency.isSettled
    }
}
