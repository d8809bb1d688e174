public import ClusterState
import Resilience

/// Asks every question of the catalogue.
public struct AuditRunner: Sendable {
    /// The profile that findings are held to.
    public var profile: Profile
    /// What else is accepted.
    public var baseline: Baseline?
    /// The day, as `2026-11-30`: what a baseline's dates are compared with.
    public var today: String

    /// A runner for a profile.
    public init(profile: Profile = .production, baseline: Baseline? = nil, today: String) {
        self.profile = profile
        self.baseline = baseline
        self.today = today
    }

    /// Audits a capture, on all cores.
    ///
    /// Cancellation: between failure domains; the caller throws the value away.
    public func run(_ capture: ClusterCapture, workers: Int = 4) async -> AuditResult {
        run(await AuditContext(of: capture, workers: workers))
    }

    /// Audits what has been prepared.
    public func run(_ context: AuditContext) -> AuditResult {
        var findings: [Finding] = []
        var skipped: [AuditResult.Skipped] = []
        for check in Catalogue.checks {
            let missing = check.inputs.filter { !context.has($0) }
            if missing.isEmpty {
                findings += check.find(context).map { judged($0, context) }
            } else {
                let names = missing.map(\.rawValue).joined(separator: ", ")
                skipped.append(AuditResult.Skipped(check: check.id, why: "the capture has no \(names)"))
            }
        }
        findings.sort {
            ($1.severity, $0.check, $0.subject, $0.message) < ($0.severity, $1.check, $1.subject, $1.message)
        }
        return AuditResult(
            context: context, profile: profile, findings: findings, skipped: skipped,
            verdict: Verdict.lines(context, findings))
    }

    /// A finding with what is accepted of it, and as an estimate where the mapping could not be trusted.
    private func judged(_ finding: Finding, _ context: AuditContext) -> Finding {
        var finding = finding
        if context.selfCheck.result == .mismatch, finding.basis == .exact { finding.basis = .estimated }
        if let reason = profile.accepted[finding.check] {
            finding.acceptance = Finding.Acceptance(source: "profile \(profile.rawValue)", reason: reason)
        } else {
            finding.acceptance = baseline?.acceptance(of: finding, today: today)
        }
        return finding
    }
}
