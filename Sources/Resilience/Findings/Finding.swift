/// One thing that a check found, with what it rests on and how it is mended.
public struct Finding: Hashable, Sendable {
    /// What a finding rests on.
    public enum Basis: String, Hashable, Sendable, CaseIterable, Codable {
        /// Every PG was mapped, every pod was read: this is so.
        case exact
        /// As ``exact``, but the native mapping could not be confirmed against the cluster's own.
        case estimated
        /// A rule of thumb about a configuration.
        case heuristic
    }

    /// What a finding is about: `pool rbd`, `host node-3`, `pod openstack/mariadb-0`.
    public struct Subject: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The kind in the field's own term, lower case: pool, rule, host, rack, osd, pg, mon, node, pod, statefulset.
        public var kind: String
        /// Its name as its own tool prints it, with the namespace before a slash where it has one; empty for the
        /// cluster as a whole.
        public var name: String

        /// A subject of a kind.
        public init(_ kind: String, _ name: String) {
            self.kind = kind
            self.name = name
        }

        /// The cluster as a whole.
        public static let cluster = Subject("cluster", "")

        /// `pool rbd`.
        public var description: String { name.isEmpty ? kind : "\(kind) \(name)" }

        /// By kind, then by name.
        public static func < (left: Subject, right: Subject) -> Bool {
            (left.kind, left.name) < (right.kind, right.name)
        }
    }

    /// One fact behind a finding: `size` is `3`.
    public struct Evidence: Hashable, Sendable {
        /// What was looked at.
        public var name: String
        /// What it was.
        public var value: String

        /// A fact.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Why a finding does not count against the verdict.
    public struct Acceptance: Hashable, Sendable {
        /// Who accepted it: `profile three-node`, `baseline accepted.yaml`.
        public var source: String
        /// The reason that was given.
        public var reason: String

        /// An acceptance.
        public init(source: String, reason: String) {
            self.source = source
            self.reason = reason
        }
    }

    /// The check's stable id in the catalogue: `P01`.
    public var check: String
    /// How bad it is.
    public var severity: Severity
    /// What it is about.
    public var subject: Subject
    /// One sentence with the numbers.
    public var message: String
    /// The facts behind it, most telling first.
    public var evidence: [Evidence]
    /// Commands that mend it, as they are typed; with a comment line where a choice is the reader's.
    public var remedy: [String]
    /// What it rests on.
    public var basis: Basis
    /// Why it is accepted; nil if it counts. An accepted finding is shown, never dropped.
    public var acceptance: Acceptance?

    /// A finding of these parts.
    public init(
        check: String, severity: Severity, subject: Subject, message: String, evidence: [Evidence] = [],
        remedy: [String] = [], basis: Basis, acceptance: Acceptance? = nil
    ) {
        self.check = check
        self.severity = severity
        self.subject = subject
        self.message = message
        self.evidence = evidence
        self.remedy = remedy
        self.basis = basis
        self.acceptance = acceptance
    }

    /// What stays the same from run to run, for baselines and for counting what is new: check and subject.
    public var key: String { "\(check) \(subject)" }
}
