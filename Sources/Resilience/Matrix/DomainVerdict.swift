/// What the losses of all domains of one type come to, in one sentence.
public struct DomainVerdict: Hashable, Sendable, CustomStringConvertible {
    /// The type: `host`.
    public var type: String
    /// How many domains of it there are.
    public var domains: Int
    /// The domains whose loss loses data.
    public var losingData: [FailureDomain]
    /// The domains whose loss stops PGs or the monitors; those that lose data are not among them.
    public var stopping: [FailureDomain]
    /// The domains whose loss loses no data, but is not healed: PGs stay short of a copy or shard.
    public var notHealing: [FailureDomain]
    /// The domains whose loss loses no data, but fills an OSD above backfillfull, or gives one more PGs than it may have.
    public var overfilling: [FailureDomain]

    /// The verdict of reports, each of the loss of one domain of the type.
    public init(type: String, reports: [LossReport]) {
        func domains(_ isMeant: (LossReport) -> Bool) -> [FailureDomain] {
            reports.filter(isMeant).flatMap(\.scenario.domains)
        }
        self.type = type
        self.domains = reports.count
        losingData = domains(\.losesData)
        stopping = domains { !$0.losesData && $0.stopsService }
        notHealing = domains { !$0.losesData && $0.total.homeless.pgs > 0 }
        overfilling = domains {
            !$0.losesData && !($0.load.aboveBackfillFull.isEmpty && $0.load.abovePGLimit.isEmpty)
        }
    }

    /// Whether any one of the domains can be lost without loss of data or service.
    public var anyCanBeLost: Bool { losingData.isEmpty && stopping.isEmpty }
    /// Whether what any one of them held is whole again by itself.
    public var alwaysHeals: Bool { anyCanBeLost && notHealing.isEmpty && overfilling.isEmpty }

    /// The sentence: `any one host can be lost; no spare host for self-healing`.
    public var description: String {
        var parts: [String] = []
        if anyCanBeLost {
            parts.append("any one \(type) can be lost")
        } else {
            if !losingData.isEmpty { parts.append("data are lost with \(some(losingData))") }
            if !stopping.isEmpty { parts.append("I/O or the monitors stop with \(some(stopping))") }
        }
        if !notHealing.isEmpty {
            parts.append(
                notHealing.count == domains
                    ? "no spare \(type) for self-healing" : "no self-healing after the loss of \(some(notHealing))")
        }
        if !overfilling.isEmpty { parts.append("recovery overfills OSDs after the loss of \(some(overfilling))") }
        if alwaysHeals { parts.append("the cluster heals itself") }
        return parts.joined(separator: "; ")
    }

    /// `any one host`, `host a`, `hosts a, b and 3 more`.
    private func some(_ list: [FailureDomain]) -> String {
        if list.count == domains, domains > 1 { return "any one \(type)" }
        let names = list.prefix(3).map(\.name).joined(separator: ", ")
        let more = list.count > 3 ? " and \(list.count - 3) more" : ""
        return type == "osd" ? names + more : "\(type)\(list.count == 1 ? "" : "s") \(names)\(more)"
    }
}
