/// How bad a finding is.
public enum Severity: String, Hashable, Comparable, Sendable, CaseIterable, Codable {
    /// Worth knowing: hygiene, or a limit that is as it must be on a cluster of this size.
    case info
    /// Safety is reduced, one more event hurts, or nothing heals by itself.
    case warning
    /// Data or service is lost with one failure domain, or is lost already.
    case critical

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }

    /// The milder one comes first.
    public static func < (left: Severity, right: Severity) -> Bool {
        left.rank < right.rank
    }
}
