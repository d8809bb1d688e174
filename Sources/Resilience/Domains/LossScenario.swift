public import Vocabulary

/// What is lost together: some failure domains, and all OSDs and machines in them.
public struct LossScenario: Hashable, Sendable, CustomStringConvertible {
    /// The domains, in the order in which they were given.
    public var domains: [FailureDomain]
    /// The OSDs below them that exist, by number, each once.
    public var osds: [OSDID]
    /// The machines that are lost whole: host buckets, and the host names that their OSDs report. Empty where only single
    /// OSDs are lost. By name; what runs on them beside OSDs (monitors, pods) is lost too.
    public var hosts: [String]

    /// A loss of domains with what is in them. ``FailureDomains/scenario(losing:)`` looks that up.
    public init(domains: [FailureDomain], osds: [OSDID], hosts: [String]) {
        self.domains = domains
        self.osds = osds
        self.hosts = hosts
    }

    /// `host node-1 and rack r2`.
    public var description: String {
        domains.isEmpty ? "nothing" : domains.map(\.description).joined(separator: " and ")
    }
}

/// Why a loss cannot be looked at.
public enum LossScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A part of the text is not `type=name`.
    case malformed(String)
    /// The CRUSH map has no type of this name; the known ones follow.
    case unknownType(String, known: [String])
    /// There is no such domain; some of that type follow.
    case unknownDomain(FailureDomain, known: [String])

    /// The reason in words, with what to write instead.
    public var description: String {
        switch self {
        case .malformed(let part):
            "\"\(part)\" is not type=name; write host=node-1, rack=r1, osd=3, or several with commas"
        case .unknownType(let type, let known):
            "the CRUSH map has no type \"\(type)\"; it has \(known.joined(separator: ", "))"
        case .unknownDomain(let domain, let known):
            "there is no \(domain.type) \"\(domain.name)\""
                + (known.isEmpty ? "" : "; there are \(known.prefix(8).joined(separator: ", "))")
                + (known.count > 8 ? " and \(known.count - 8) more" : "")
        }
    }
}
