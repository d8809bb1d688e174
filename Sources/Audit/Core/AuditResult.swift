public import Resilience

/// What an audit found.
public struct AuditResult: Sendable {
    /// A check that was not made.
    public struct Skipped: Hashable, Sendable {
        /// The check's id.
        public var check: String
        /// What was missing.
        public var why: String

        /// A check that was not made.
        public init(check: String, why: String) {
            self.check = check
            self.why = why
        }
    }

    /// What was audited.
    public var context: AuditContext
    /// The profile that it was held to.
    public var profile: Profile
    /// Everything found, worst first; accepted findings among them, marked.
    public var findings: [Finding]
    /// What could not be looked at.
    public var skipped: [Skipped]
    /// The verdict in plain words, a line for each type of failure domain and what else comes first.
    public var verdict: [String]

    /// The findings that count.
    public var open: [Finding] { findings.filter { $0.acceptance == nil } }
    /// The findings that were accepted.
    public var accepted: [Finding] { findings.filter { $0.acceptance != nil } }
    /// The worst of what counts; nil if nothing does.
    public var worst: Severity? { open.map(\.severity).max() }
}
