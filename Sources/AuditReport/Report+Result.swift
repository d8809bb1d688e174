public import Audit
import Resilience

extension Report {
    /// The report of an audit.
    public init(of result: AuditResult) {
        let context = result.context
        self.init(
            of: context.capture, profile: result.profile.rawValue, findings: result.findings, losses: context.matrix,
            machines: context.machines, selfCheck: context.selfCheck,
            titles: Dictionary(Catalogue.checks.map { ($0.id, $0.title) }) { first, _ in first },
            notExamined: result.skipped.map { NotExamined(check: $0.check, reason: $0.why) })
        guard let before = context.snapshot?.before else { return }
        var now: [Verdict] = []
        if before.lost.pgs > 0 {
            now.append(
                Verdict(domain: "now", grade: .loses, sentence: "data are missing already, in \(before.lost.pgs) PGs"))
        }
        if before.belowMinSize.pgs > 0 {
            now.append(
                Verdict(domain: "now", grade: .stops, sentence: "\(before.belowMinSize.pgs) PGs do not serve already"))
        }
        if before.degraded.pgs > 0 {
            now.append(
                Verdict(
                    domain: "now", grade: .limited,
                    sentence: "\(before.degraded.pgs) PGs have too few copies before any loss"))
        }
        verdicts.insert(contentsOf: now, at: 0)
    }
}
