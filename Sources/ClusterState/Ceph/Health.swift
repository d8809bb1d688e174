/// What Ceph itself complains about. Source: `ceph health detail`.
public struct Health: Hashable, Sendable, Codable {
    /// How bad a check is.
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        /// All is well.
        case ok = "HEALTH_OK"
        /// Something needs attention.
        case warning = "HEALTH_WARN"
        /// Something is broken.
        case error = "HEALTH_ERR"
    }

    /// One complaint.
    public struct Check: Hashable, Sendable, Codable {
        /// Its code, such as `OSD_DOWN`.
        public var code: String
        /// How bad it is.
        public var severity: Severity
        /// One sentence.
        public var summary: String
        /// How many things it is about, where Ceph counts them; otherwise 0.
        public var count: Int
        /// A line a thing.
        public var details: [String]
        /// Whether an operator silenced it.
        public var isMuted: Bool

        /// A complaint.
        public init(
            code: String, severity: Severity, summary: String, count: Int = 0, details: [String] = [],
            isMuted: Bool = false
        ) {
            self.code = code
            self.severity = severity
            self.summary = summary
            self.count = count
            self.details = details
            self.isMuted = isMuted
        }
    }

    /// The worst of the checks that are not muted.
    public var status: Severity
    /// The complaints by code.
    public var checks: [Check]

    /// What Ceph complains about.
    public init(status: Severity, checks: [Check] = []) {
        self.status = status
        self.checks = checks
    }

    /// The complaint of a code, if there is one.
    public func check(_ code: String) -> Check? {
        checks.first { $0.code == code }
    }
}
