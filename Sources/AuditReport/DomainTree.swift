import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// The tree of failure domains with how much each holds, how full it is and what its loss does.
public struct DomainTree: Hashable, Sendable {
    /// What the loss of a domain does.
    public enum Outcome: String, Hashable, Sendable {
        case unknown, survives, stops, loses
    }

    /// A bucket or an OSD.
    public struct Node: Hashable, Sendable {
        /// Its type: `host`.
        public var type: String
        /// Its name.
        public var name: String
        /// How many buckets are above it.
        public var depth: Int
        /// Its weight: TiB by convention.
        public var weight: Double
        /// How many OSDs are below it; 1 for an OSD.
        public var osds: Int
        /// The share of its OSDs' stores that is used; nil when not known.
        public var fill: Double?
        /// How full the fullest of its OSDs is; nil when not known.
        public var fullest: Double?
        /// What its loss does.
        public var outcome: Outcome
        /// The numbers of its children in ``DomainTree/nodes``.
        public var children: [Int]
    }

    /// Each before what it holds.
    public var nodes: [Node] = []
    /// The numbers of the roots.
    public var roots: [Int] = []

    init(of ceph: CephCapture, losses: LossMatrix?) {
        var outcomes: [FailureDomain: Outcome] = [:]
        for report in losses?.levels.flatMap(\.reports) ?? [] {
            guard let domain = report.scenario.domains.first else { continue }
            outcomes[domain] = report.losesData ? .loses : report.stopsService ? .stops : .survives
        }
        let usage = Dictionary((ceph.osdUsage ?? []).map { ($0.osd, $0) }) { first, _ in first }
        var used: [Double] = []
        var total: [Double] = []
        var path: [Int] = []
        for row in CrushTree(of: ceph.osdMap.crush).rows {
            let name = row.name ?? (row.item.isBucket ? "bucket\(row.item)" : "osd.\(row.item)")
            let number = nodes.count
            path = Array(path.prefix(row.depth))
            let own = row.item.osd.flatMap { usage[$0] }
            nodes.append(
                Node(
                    type: row.type, name: name, depth: row.depth, weight: row.weight.value, osds: 0, fill: nil,
                    fullest: own?.fill, outcome: outcomes[FailureDomain(row.type, name)] ?? .unknown, children: []))
            used.append(Double(own?.used.bytes ?? 0))
            total.append(Double(own?.total.bytes ?? 0))
            if let parent = path.last { nodes[parent].children.append(number) } else { roots.append(number) }
            if row.item.isDevice { nodes[number].osds = 1 }
            path.append(number)
        }
        // Children come after their parents, so that one pass from the end adds everything up.
        for number in nodes.indices.reversed() {
            for child in nodes[number].children {
                nodes[number].osds += nodes[child].osds
                used[number] += used[child]
                total[number] += total[child]
                if let fullest = nodes[child].fullest {
                    nodes[number].fullest = max(nodes[number].fullest ?? 0, fullest)
                }
            }
            if total[number] > 0 { nodes[number].fill = used[number] / total[number] }
        }
    }
}
