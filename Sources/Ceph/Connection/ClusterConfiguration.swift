public import Vocabulary

/// How to reach a Ceph cluster and as whom.
public struct ClusterConfiguration: Hashable, Sendable {
    /// A `ceph.conf` to read. Nil reads Ceph's usual places (`$CEPH_CONF`, `/etc/ceph/<cluster>.conf`) unless
    /// ``monitors`` are given; with those alone no file is needed.
    public var confFile: String?
    /// The cluster's name, which Ceph's usual file names begin with.
    public var clusterName: String
    /// The client's name without `client.`: `admin` is `client.admin`.
    public var id: String
    /// A keyring file; nil leaves the choice to the configuration.
    public var keyring: String?
    /// The client's key itself (base64), which wins over any keyring.
    public var key: Redacted<String>?
    /// Monitor addresses, each in Ceph's spelling: `10.0.0.1:6789`, `[v2:10.0.0.1:3300,v1:10.0.0.1:6789]`. They win
    /// over the file's. Give the second protocol's address where there is one: over the first protocol alone, a wrong
    /// key is not refused but goes unanswered, and connecting times out.
    public var monitors: [String]
    /// Limits for every call; see ``CephTimeouts``.
    public var timeouts: CephTimeouts
    /// Further Ceph options by name. Those that this type has a field for, and logging, are refused here.
    public var options: [String: String]

    /// A configuration; by default the machine's own, as `client.admin`.
    public init(
        confFile: String? = nil, clusterName: String = "ceph", id: String = "admin", keyring: String? = nil,
        key: Redacted<String>? = nil, monitors: [String] = [], timeouts: CephTimeouts = CephTimeouts(),
        options: [String: String] = [:]
    ) {
        self.confFile = confFile
        self.clusterName = clusterName
        self.id = id
        self.keyring = keyring
        self.key = key
        self.monitors = monitors
        self.timeouts = timeouts
        self.options = options
    }
}

/// How long the libraries wait. Ceph's own defaults are 300 s for connecting and *for ever* for everything else;
/// nothing can free a thread that waits in C for ever, so these are set before connecting. Whole seconds, rounded up.
public struct CephTimeouts: Hashable, Sendable {
    /// Connecting (`client_mount_timeout`).
    public var mount: Duration
    /// A command to a mon or mgr (`rados_mon_op_timeout`).
    public var monOp: Duration
    /// An operation on an OSD (`rados_osd_op_timeout`).
    public var osdOp: Duration

    /// Timeouts; by default 15 s, 15 s and 30 s.
    public init(mount: Duration = .seconds(15), monOp: Duration = .seconds(15), osdOp: Duration = .seconds(30)) {
        self.mount = mount
        self.monOp = monOp
        self.osdOp = osdOp
    }

    /// How much later this module gives up on a call than the library should have.
    static let grace = Duration.seconds(5)

    var mountLimit: Duration { mount + Self.grace }
    var commandLimit: Duration { monOp + Self.grace }
    var objectLimit: Duration { osdOp + Self.grace }
}

extension ClusterConfiguration {
    /// The options to set, in order; throws for what contradicts itself.
    func settings() throws(CephError) -> [(name: String, value: String)] {
        let call = Call(function: "rados_conf_set")
        try check(call)
        var settings = options.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        if !monitors.isEmpty { settings.append(("mon_host", monitors.joined(separator: ","))) }
        if let keyring { settings.append(("keyring", keyring)) }
        if let key { settings.append(("key", key.reveal())) }
        settings.append(("client_mount_timeout", timeouts.mount.wholeSeconds))
        settings.append(("rados_mon_op_timeout", timeouts.monOp.wholeSeconds))
        settings.append(("rados_osd_op_timeout", timeouts.osdOp.wholeSeconds))
        // The libraries would write to stderr and to files of their own; what matters comes back as errors.
        settings.append(("log_to_stderr", "false"))
        settings.append(("err_to_stderr", "false"))
        settings.append(("log_file", ""))
        settings.append(("admin_socket", ""))
        return settings
    }

    private static let reserved: [String: String] = [
        "mon_host": "monitors", "keyring": "keyring", "key": "key",
        "client_mount_timeout": "timeouts.mount", "rados_mon_op_timeout": "timeouts.monOp",
        "rados_osd_op_timeout": "timeouts.osdOp",
    ]

    private func check(_ call: Call) throws(CephError) {
        guard !id.isEmpty else { throw call.refused("id is empty; the administrator's is \"admin\"") }
        guard !id.hasPrefix("client.") else {
            throw call.refused("id \"\(id)\" must be given without its prefix \"client.\"")
        }
        guard !clusterName.isEmpty else { throw call.refused("clusterName is empty; Ceph's default is \"ceph\"") }
        for (name, limit) in [
            ("mount", timeouts.mount), ("monOp", timeouts.monOp), ("osdOp", timeouts.osdOp),
        ] where limit <= .zero || limit > .seconds(86_400) {
            throw call.refused("timeouts.\(name) must be more than 0 s and at most a day, not \(limit)")
        }
        if let monitor = monitors.first(where: { $0.isEmpty || $0.contains(where: \.isWhitespace) }) {
            throw call.refused("monitors holds \"\(monitor)\", which is no address")
        }
        for name in options.keys.sorted() {
            let spelling = name.replacing(" ", with: "_")
            if let field = Self.reserved[spelling] {
                throw call.refused("options must not set \"\(name)\": use \(field)")
            }
        }
        let texts = [id, clusterName, confFile ?? "", keyring ?? "", key?.reveal() ?? ""]
        guard !(texts + monitors + options.flatMap { [$0.key, $0.value] }).contains(where: { $0.utf8.contains(0) })
        else { throw call.refused("a value holds a NUL byte") }
    }
}

extension Duration {
    /// The seconds, rounded up, as a Ceph option takes them.
    var wholeSeconds: String {
        let (seconds, attoseconds) = components
        return String(attoseconds > 0 ? seconds + 1 : seconds)
    }
}
