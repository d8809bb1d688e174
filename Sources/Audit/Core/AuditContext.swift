public import ClusterState
public import Resilience

/// What checks look at: a capture, and what was computed from it once for all of them.
public struct AuditContext: Sendable {
    /// What Ceph and Kubernetes said.
    public let capture: ClusterCapture
    /// Where every PG is and which failure domains there are; nil without Ceph.
    public let snapshot: PlacementSnapshot?
    /// What the loss of each failure domain does; nil without Ceph.
    public let matrix: LossMatrix?
    /// Whether the mapping could be confirmed against the cluster's own.
    public let selfCheck: SelfCheck
    /// Storage and pods together, machine by machine.
    public var machines: JointMatrix { joint.matrix }
    let joint: JointAnalysis

    /// Computes what checks need, on all cores.
    ///
    /// Cancellation: the loss of domains that were not looked at yet is left out; the caller throws the value away.
    ///
    /// - Parameters:
    ///   - capture: What is audited.
    ///   - workers: How many threads there may be.
    ///   - oracle: What a second comparison came to, such as with osdmaptool.
    public init(of capture: ClusterCapture, workers: Int = 4, oracle: SelfCheck = .none) async {
        self.capture = capture
        guard let ceph = capture.ceph else {
            snapshot = nil
            matrix = nil
            selfCheck = .none
            joint = JointAnalysis(of: capture, losses: nil)
            return
        }
        let snapshot = await PlacementSnapshot(of: ceph, workers: workers)
        // A lost OSD is the least of a lost host, and ten thousand of them would be most of the work.
        let types = snapshot.domains.types.filter {
            $0 != "osd" && ($0 != "root" || snapshot.domains.all("root").count > 1)
        }
        let matrix = await LossMatrix(of: snapshot, types: types, workers: workers)
        self.snapshot = snapshot
        self.matrix = matrix
        selfCheck = SelfCheck(of: ceph).and(oracle)
        joint = JointAnalysis(of: capture, losses: matrix)
    }

    /// What Kubernetes runs where; nil if it was not asked.
    var kubernetes: KubernetesView? { joint.view }

    /// What Ceph said.
    public var ceph: CephCapture? { capture.ceph }

    /// Whether a part is there.
    func has(_ input: Check.Input) -> Bool {
        guard let ceph else { return input == .kubernetes && kubernetes != nil }
        switch input {
        case .osdMap, .configuration: return true
        case .pgs: return ceph.pgs != nil
        case .osdUsage: return ceph.osdUsage != nil
        case .osdMetadata: return ceph.osdMetadata != nil
        case .poolUsage: return ceph.poolUsage != nil
        case .health: return ceph.health != nil
        case .monitors: return ceph.monitors != nil
        case .managers: return ceph.managers != nil
        case .filesystems: return ceph.filesystems != nil
        case .services: return ceph.services != nil
        case .versions: return ceph.versions != nil
        case .kubernetes: return kubernetes != nil
        }
    }
}
