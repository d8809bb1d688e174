public import Audit
import CRUSH
public import ClusterState
import KubernetesModel
public import Resilience

/// All that an audit has to tell, ready to be written in any format. A value; nothing is looked up while it is written.
public struct Report: Sendable {
    /// What was looked at, and when.
    public struct Header: Hashable, Sendable {
        /// When the capture was taken, in UTC: `2026-01-01T00:00:00Z`.
        public var takenAt: String
        /// The release of Holdfast that took it.
        public var holdfast: String
        /// The Ceph cluster's identity; nil when Ceph was not asked.
        public var fsid: String?
        /// The epoch of the OSDMap.
        public var epoch: UInt32?
        /// Ceph's release: `pacific`.
        public var release: String?
        /// Kubernetes' version; nil when it was not asked.
        public var kubernetes: String?
        /// How many hosts, OSDs, pools and PGs there are.
        public var hosts = 0
        /// See ``hosts``.
        public var osds = 0
        /// See ``hosts``.
        public var pools = 0
        /// See ``hosts``.
        public var pgs = 0
        /// The profile that the findings were judged by.
        public var profile: String
    }

    /// One failure domain in plain words.
    public struct Verdict: Hashable, Sendable {
        /// How it stands.
        public enum Grade: String, Hashable, Sendable, Codable {
            case survives, limited, stops, loses
        }

        /// The type: `host`; `machine` for storage and pods together.
        public var domain: String
        /// How it stands.
        public var grade: Grade
        /// The sentence.
        public var sentence: String
    }

    /// A check that was not made, and why.
    public struct NotExamined: Hashable, Sendable {
        /// The check's id.
        public var check: String
        /// Why.
        public var reason: String

        /// A check that was not made.
        public init(check: String, reason: String) {
            self.check = check
            self.reason = reason
        }
    }

    /// What was looked at.
    public var header: Header
    /// The first lines: how each failure domain stands.
    public var verdicts: [Verdict]
    /// Whether the mapping that all else rests on agrees with the cluster's own.
    public var selfCheck: SelfCheck
    /// What counts, worst first.
    public var findings: [Finding]
    /// What was found and accepted.
    public var accepted: [Finding]
    /// Storage and pods together, a row a machine.
    public var machines: JointMatrix
    /// The losses of all failure domains; nil when Ceph was not asked.
    public var losses: LossMatrix?
    /// The tree of failure domains; nil when Ceph was not asked.
    public var tree: DomainTree?
    /// How PGs are spread; nil when Ceph was not asked.
    public var heatMap: HeatMap?
    /// What a check stands for in a few words, by id.
    public var titles: [String: String]
    /// What could not be read.
    public var missing: [MissingPart]
    /// Checks that were not made.
    public var notExamined: [NotExamined]

    /// A report of a capture and of what the checks made of it.
    public init(
        of capture: ClusterCapture, profile: String, findings: [Finding], losses: LossMatrix?, machines: JointMatrix,
        selfCheck: SelfCheck, titles: [String: String] = [:], notExamined: [NotExamined] = []
    ) {
        header = Header(of: capture, profile: profile)
        verdicts = Self.verdicts(losses, machines, capture)
        self.selfCheck = selfCheck
        let sorted = findings.sorted { ($1.severity, $0.check, $0.subject) < ($0.severity, $1.check, $1.subject) }
        self.findings = sorted.filter { $0.acceptance == nil }
        accepted = sorted.filter { $0.acceptance != nil }
        self.machines = machines
        self.losses = losses
        tree = capture.ceph.map { DomainTree(of: $0, losses: losses) }
        heatMap = capture.ceph.map(HeatMap.init(of:))
        self.titles = titles
        missing = capture.missing
        self.notExamined = notExamined
    }

    /// How many findings count, by severity.
    public func count(_ severity: Severity) -> Int { findings.reduce(0) { $0 + ($1.severity == severity ? 1 : 0) } }

    /// `2 critical, 5 warning, 1 info; 3 accepted`.
    public var totals: String {
        let counts = Severity.allCases.reversed().map { "\(count($0)) \($0.rawValue)" }
        return counts.joined(separator: ", ") + "; \(accepted.count) accepted"
    }

    private static func verdicts(_ losses: LossMatrix?, _ machines: JointMatrix, _ capture: ClusterCapture) -> [Verdict]
    {
        var result: [Verdict] = []
        if capture.kubernetes != nil {
            result.append(
                Verdict(
                    domain: "machine", grade: machines.fatal.isEmpty ? .survives : .stops, sentence: machines.verdict))
        }
        let levels = losses?.levels ?? []
        let order = levels.filter { $0.type == "host" } + levels.filter { $0.type != "host" }.reversed()
        for level in order {
            let verdict = level.verdict
            let grade: Verdict.Grade =
                if !verdict.losingData.isEmpty {
                    .loses
                } else if !verdict.stopping.isEmpty {
                    .stops
                } else {
                    verdict.alwaysHeals ? .survives : .limited
                }
            result.append(Verdict(domain: level.type, grade: grade, sentence: verdict.description))
        }
        return result
    }
}

extension Report.Header {
    init(of capture: ClusterCapture, profile: String) {
        takenAt = capture.takenAt.rfc3339
        holdfast = capture.holdfastVersion
        self.profile = profile
        kubernetes = capture.kubernetes?.serverVersion
        guard let ceph = capture.ceph else { return }
        let map = ceph.osdMap
        fsid = ceph.fsid
        epoch = map.epoch
        release = "\(map.requireOSDRelease)"
        hosts = FailureDomains(of: map).all("host").count
        osds = map.states.existing.count
        pools = map.pools.count
        pgs = map.pools.values.reduce(0) { $0 + Int($1.pgCount) }
    }
}
