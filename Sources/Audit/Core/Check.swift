public import Resilience

/// One question that the audit asks: an entry of the catalogue with the function that answers it.
public struct Check: Sendable {
    /// What a check is about.
    public enum Family: String, Hashable, Sendable, CaseIterable, Codable {
        /// Pools and their sizes.
        case pools
        /// The CRUSH map and its rules.
        case crush
        /// Where PGs and bytes lie, and whether they find room.
        case distribution
        /// Monitors, managers and the other daemons.
        case daemons
        /// Any workload on Kubernetes.
        case kubernetes
        /// The systems that an OpenStack on Kubernetes leans on.
        case services
        /// Ceph and Kubernetes together, host by host.
        case joint

        /// What its page is headed with.
        public var title: String {
            switch self {
            case .pools: "Pools"
            case .crush: "CRUSH map and rules"
            case .distribution: "Distribution, capacity and recovery"
            case .daemons: "Ceph daemons"
            case .kubernetes: "Kubernetes workloads"
            case .services: "Named systems"
            case .joint: "Losing a host"
            }
        }
    }

    /// A part of a capture that a check cannot do without.
    public enum Input: String, Hashable, Sendable, CaseIterable, Codable {
        case osdMap, pgs, osdUsage, osdMetadata, poolUsage, configuration, health, monitors, managers, filesystems
        case services, versions, kubernetes
    }

    /// The stable id: `P01`.
    public let id: String
    /// The question in a few words.
    public let title: String
    /// What it is about.
    public let family: Family
    /// How bad a finding usually is; single findings may be milder or worse.
    public let severity: Severity
    /// What its findings rest on.
    public let basis: Finding.Basis
    /// What it cannot do without.
    public let inputs: [Input]
    /// What a finding means.
    public let meaning: String
    /// Why it matters, and how it is found out.
    public let reason: String
    /// What to do about it.
    public let remedy: String
    let find: @Sendable (AuditContext) -> [Finding]

    init(
        _ id: String, _ title: String, _ family: Family, _ severity: Severity, _ basis: Finding.Basis = .exact,
        needs inputs: [Input] = [.osdMap], meaning: String, reason: String, remedy: String,
        find: @escaping @Sendable (AuditContext) -> [Finding]
    ) {
        self.id = id
        self.title = title
        self.family = family
        self.severity = severity
        self.basis = basis
        self.inputs = inputs
        self.meaning = meaning
        self.reason = reason
        self.remedy = remedy
        self.find = find
    }
}

extension Check {
    /// The check's page, as `holdfast audit explain` prints it and as it stands in `docs/checks`.
    public var page: String {
        """
        # \(id): \(title)

        | | |
        |---|---|
        | family | \(family.title) |
        | severity | \(severity.rawValue) |
        | basis | \(basis.rawValue) |
        | needs | \(inputs.map(\.rawValue).joined(separator: ", ")) |
        | accepted by | \(Profile.accepting(id)) |

        ## What it means

        \(meaning)

        ## Why it matters, and how it is found

        \(reason)

        ## What to do

        \(remedy)

        """
    }
}
