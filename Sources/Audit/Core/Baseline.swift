import Resilience

/// Findings that somebody has looked at and accepted, with the reason and for how long.
public struct Baseline: Hashable, Sendable {
    /// One accepted finding.
    public struct Entry: Hashable, Sendable {
        /// The check's id.
        public var check: String
        /// The subject as a finding prints it; `*` accepts the check for every subject.
        public var subject: String
        /// Why it is accepted.
        public var reason: String
        /// The last day on which it is, as `2027-01-31`; nil for ever.
        public var until: String?

        /// An accepted finding.
        public init(check: String, subject: String, reason: String, until: String? = nil) {
            self.check = check
            self.subject = subject
            self.reason = reason
            self.until = until
        }
    }

    /// What the baseline is called in what it accepts: its file's name.
    public var name: String
    /// What it accepts.
    public var entries: [Entry]

    /// A baseline of entries.
    public init(name: String, entries: [Entry]) {
        self.name = name
        self.entries = entries
    }

    /// The acceptance of a finding; nil if no entry that is still in force means it.
    ///
    /// - Parameter today: the day as `2026-11-30`; days compare as text.
    func acceptance(of finding: Finding, today: String) -> Finding.Acceptance? {
        let entry = entries.first {
            $0.check == finding.check && ($0.subject == "*" || $0.subject == finding.subject.description)
                && ($0.until ?? today) >= today
        }
        return entry.map { Finding.Acceptance(source: "baseline \(name)", reason: $0.reason) }
    }
}
