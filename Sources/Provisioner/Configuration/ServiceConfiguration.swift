/// Everything that `holdfast-provisioner` is told from outside, checked.
public struct ServiceConfiguration: Hashable, Sendable {
    /// How logs are written.
    public enum LogFormat: String, CaseIterable, Hashable, Sendable {
        /// One JSON object a line.
        case json
        /// Text for people.
        case text
    }

    /// The severities that logging knows, from the most to the least talkative.
    public enum LogLevel: String, CaseIterable, Hashable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// What PVs look like and which claims are ours.
    public var provisioner = ProvisionerSettings()
    /// The instance in ceph-csi's journal (`csi.volumes.<instance>`).
    public var instanceID = "default"
    /// Path of ceph-csi's `config.json`; nil for none.
    public var cephConfig: String?
    /// Path of a `ceph.conf` for clusters that `config.json` does not name; nil for none.
    public var cephConf: String?
    /// The provisioner's own cephx user, without `client.`; nil when it has none.
    public var cephID: String?
    /// Path of that user's keyring.
    public var cephKeyring: String?
    /// Path of a file with that user's key alone.
    public var cephKeyFile: String?
    /// Path of a kubeconfig; nil for `$KUBECONFIG`, then the pod's own account.
    public var kubeconfig: String?
    /// The context in the kubeconfig; nil for its current one.
    public var context: String?
    /// The ceiling of requests a second to the API.
    public var kubeAPIQPS = 500
    /// Whether replicas elect a leader.
    public var leaderElect = true
    /// The namespace of the Lease; nil for the pod's own.
    public var leaseNamespace: String?
    /// The name of the Lease; nil for one made of the provisioner's name.
    public var leaseName: String?
    /// How long the Lease is good for after its last renewal.
    public var leaseDuration = Duration.seconds(15)
    /// How long the leader goes on trying to renew before it gives up.
    public var leaseRenewDeadline = Duration.seconds(10)
    /// How often the Lease is looked at.
    public var leaseRetryPeriod = Duration.seconds(2)
    /// How many operations may run at a time in all.
    public var workers = 24
    /// How long one create or delete may take.
    public var operationTimeout = Duration.seconds(120)
    /// The first wait of a retry, and the longest.
    public var backoff = Backoff()
    /// How long work under way gets to finish when the process is told to end.
    public var gracePeriod = Duration.seconds(30)
    /// `host:port` of the health server; `0` or empty for none.
    public var healthAddress = "0.0.0.0:8080"
    /// The least severity that is logged.
    public var logLevel = LogLevel.info
    /// How logs are written.
    public var logFormat = LogFormat.json

    /// The defaults.
    public init() {}
}

extension ServiceConfiguration {
    /// The configuration that flags, environment and file make together: a flag goes before the environment, the
    /// environment before the file, the file before the default.
    ///
    /// - Parameters:
    ///   - flags: what the command line sets, already split into values.
    ///   - environment: the process's environment; variables begin with `HOLDFAST_`.
    ///   - file: the configuration file's keys in their order, each with its line.
    /// - Throws: ``SettingsError`` with every problem, each naming its flag, variable or line.
    public init(
        flags: [SettingKey: [String]], environment: [String: String], file: [(key: String, value: SettingValue)] = []
    ) throws(SettingsError) {
        var reader = SettingReader(flags: flags, environment: environment, file: file)
        self.init()
        readProvisioner(&reader)
        readCeph(&reader)
        readKubernetes(&reader)
        readWork(&reader)
        guard reader.problems.isEmpty else { throw SettingsError(reader.problems) }
    }

    private mutating func readProvisioner(_ reader: inout SettingReader) {
        let names = reader.list(.provisionerName)
        if !names.isEmpty { provisioner.names = names }
        for name in names where !isQualifiedName(name) {
            reader.refuse(
                .provisionerName,
                "\"\(name)\" is no provisioner's name: use a DNS name such as rbd.holdfast.io, "
                    + "which may have a part behind a slash")
        }
        for name in names where name.hasPrefix("kubernetes.io/") {
            reader.refuse(.provisionerName, "\"\(name)\": names in kubernetes.io belong to Kubernetes itself")
        }
        provisioner.driverName = reader.text(.driverName) ?? provisioner.driverName
        provisioner.source = reader.choice(.pvSource, ProvisionerSettings.Source.self) ?? provisioner.source
        provisioner.defaultFileSystem = reader.text(.defaultFSType) ?? provisioner.defaultFileSystem
        provisioner.binding = reader.choice(.bind, ProvisionerSettings.Binding.self) ?? provisioner.binding
        provisioner.setsMetadata = reader.flag(.setMetadata) ?? provisioner.setsMetadata
        provisioner.clusterName = reader.text(.clusterName) ?? provisioner.clusterName
        instanceID = reader.text(.instanceID) ?? instanceID
    }

    private mutating func readCeph(_ reader: inout SettingReader) {
        cephConfig = reader.text(.cephConfig)
        cephConf = reader.text(.cephConf)
        cephID = reader.text(.cephID)
        cephKeyring = reader.text(.cephKeyring)
        cephKeyFile = reader.text(.cephKeyFile)
        if cephConfig == nil, cephConf == nil {
            reader.refuse(
                .cephConfig, "no Ceph cluster is known: give --ceph-config (ceph-csi's config.json) or --ceph-conf")
        }
        if cephKeyring != nil, cephKeyFile != nil {
            reader.refuse(.cephKeyFile, "--ceph-keyring is given as well: keep one of them")
        }
        if let id = cephID, id.hasPrefix("client.") {
            reader.refuse(.cephID, "write the user without \"client.\": \(id.dropFirst(7))")
        }
        if cephID == nil, cephKeyring != nil || cephKeyFile != nil {
            reader.refuse(.cephID, "it is missing: a key is given, but not whose")
        }
    }

    private mutating func readKubernetes(_ reader: inout SettingReader) {
        kubeconfig = reader.text(.kubeconfig)
        context = reader.text(.context)
        kubeAPIQPS = reader.count(.kubeAPIQPS, in: 1...100_000) ?? kubeAPIQPS
        leaderElect = reader.flag(.leaderElect) ?? leaderElect
        leaseNamespace = reader.text(.leaseNamespace)
        leaseName = reader.text(.leaseName)
        let range = Duration.seconds(1)...Duration.seconds(3600)
        leaseDuration = reader.duration(.leaseDuration, in: range) ?? leaseDuration
        let retryRange = Duration.milliseconds(100)...range.upperBound
        leaseRenewDeadline = reader.duration(.leaseRenewDeadline, in: retryRange) ?? leaseRenewDeadline
        leaseRetryPeriod = reader.duration(.leaseRetryPeriod, in: retryRange) ?? leaseRetryPeriod
        if leaseRenewDeadline >= leaseDuration {
            reader.refuse(.leaseRenewDeadline, "it has to be shorter than lease-duration (\(leaseDuration))")
        }
        if leaseRetryPeriod >= leaseRenewDeadline {
            reader.refuse(.leaseRetryPeriod, "it has to be shorter than lease-renew-deadline (\(leaseRenewDeadline))")
        }
    }

    private mutating func readWork(_ reader: inout SettingReader) {
        workers = reader.count(.workers, in: 1...1024) ?? workers
        let timeoutRange = Duration.seconds(1)...Duration.seconds(3600)
        operationTimeout = reader.duration(.operationTimeout, in: timeoutRange) ?? operationTimeout
        let range = Duration.milliseconds(1)...Duration.seconds(86_400)
        let start = reader.duration(.retryIntervalStart, in: range) ?? backoff.initial
        let longest = reader.duration(.retryIntervalMax, in: range) ?? backoff.maximum
        if longest < start {
            reader.refuse(.retryIntervalMax, "it is shorter than retry-interval-start (\(start))")
        }
        backoff = Backoff(initial: start, maximum: longest)
        gracePeriod = reader.duration(.gracePeriod, in: .zero...(.seconds(3600))) ?? gracePeriod
        healthAddress = reader.text(.healthAddress) ?? healthAddress
        logLevel = reader.choice(.logLevel, LogLevel.self) ?? logLevel
        logFormat = reader.choice(.logFormat, LogFormat.self) ?? logFormat
    }
}

/// Whether `name` is a qualified name as provisioners have it: DNS labels with dots, and maybe a part behind a slash.
private func isQualifiedName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), name.utf8.count <= 253 else { return false }
    return parts.allSatisfy { part in
        guard let first = part.first, let last = part.last else { return false }
        let allowed: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return allowed(first) && allowed(last) && part.allSatisfy { allowed($0) || "-._".contains($0) }
    }
}
