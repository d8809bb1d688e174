import ClusterState

/// A command whose answer is a part of a capture, and what a client must be granted for it.
struct CephQuestion: Sendable {
    /// Who answers.
    enum Answerer: String, Sendable {
        case mon, mgr
    }

    let part: CapturePart
    let answerer: Answerer
    /// The command as `ceph` would take it: `pg dump`.
    let prefix: String
    /// Further arguments, as JSON members.
    var arguments = ""
    /// The capability that is enough, in the words of `ceph auth caps`.
    let capability: String

    /// The command as librados takes it.
    var json: String { #"{"prefix": "\#(prefix)"\#(arguments), "format": "json"}"# }

    /// What to do when it was refused.
    var remedy: String { "add to the client's caps: \(answerer.rawValue) '\(capability)'" }

    /// Whether a client that may not ask this does not learn where the manager is either: monitors tell that only to a
    /// client with this capability, and commands to the manager then stay unanswered.
    var findsManager: Bool { capability == Self.readsMonitors }

    private static let readsMonitors = "allow service mon r"

    private static func command(
        _ part: CapturePart, _ answerer: Answerer, _ prefix: String, _ arguments: String = ""
    ) -> CephQuestion {
        CephQuestion(
            part: part, answerer: answerer, prefix: prefix, arguments: arguments,
            capability: "allow command \"\(prefix)\"")
    }

    static let osdMap = command(.osdMap, .mon, "osd getmap")
    static let pgs = command(.pgs, .mgr, "pg dump", #", "dumpcontents": ["pgs"]"#)
    static let osdUsage = command(.osdUsage, .mgr, "osd df")
    static let osdMetadata = command(.osdMetadata, .mon, "osd metadata")
    static let managers = command(.managers, .mon, "mgr dump")
    static let managerMetadata = command(.managerMetadata, .mon, "mgr metadata")
    static let filesystems = command(.filesystems, .mon, "fs dump")
    static let mdsMetadata = command(.mdsMetadata, .mon, "mds metadata")
    static let services = command(.serviceDaemons, .mgr, "service dump")
    static let configuration = CephQuestion(
        part: .configuration, answerer: .mon, prefix: "config dump", capability: readsMonitors)
    static let poolUsage = CephQuestion(
        part: .poolUsage, answerer: .mon, prefix: "df", arguments: #", "detail": "detail""#, capability: readsMonitors)
    static let health = CephQuestion(
        part: .health, answerer: .mon, prefix: "health", arguments: #", "detail": "detail""#,
        capability: readsMonitors)
    static let monitors = CephQuestion(
        part: .monitors, answerer: .mon, prefix: "quorum_status", capability: readsMonitors)
    static let monitorMetadata = CephQuestion(
        part: .monitorMetadata, answerer: .mon, prefix: "mon metadata", capability: readsMonitors)
    static let versions = CephQuestion(
        part: .versions, answerer: .mon, prefix: "versions", capability: readsMonitors)

    /// What a daemon runs with. The name comes from Ceph and is one of a daemon, so it needs no escaping.
    static func runningOptions(of daemon: String) -> CephQuestion {
        command(.runningOptions, .mgr, "config show", #", "who": "\#(daemon)""#)
    }

    /// What the monitors are always asked, beside the map.
    static let toMonitors: [CephQuestion] = [
        osdMetadata, poolUsage, configuration, health, monitors, monitorMetadata, managers, managerMetadata,
        filesystems, mdsMetadata, versions,
    ]

    /// What the manager is always asked.
    static let toManager: [CephQuestion] = [pgs, osdUsage, services]
}
