/// A setting by its name, which is the flag without its dashes and the key of the configuration file. The environment
/// variable is the name in capitals behind `HOLDFAST_`: `HOLDFAST_DRIVER_NAME`.
public enum SettingKey: String, CaseIterable, Hashable, Sendable {
    case provisionerName = "provisioner-name"
    case driverName = "driver-name"
    case pvSource = "pv-source"
    case defaultFSType = "default-fstype"
    case bind = "bind"
    case setMetadata = "set-metadata"
    case clusterName = "cluster-name"
    case instanceID = "instance-id"
    case cephConfig = "ceph-config"
    case cephConf = "ceph-conf"
    case cephID = "ceph-id"
    case cephKeyring = "ceph-keyring"
    case cephKeyFile = "ceph-key-file"
    case kubeconfig = "kubeconfig"
    case context = "context"
    case kubeAPIQPS = "kube-api-qps"
    case leaderElect = "leader-elect"
    case leaseNamespace = "lease-namespace"
    case leaseName = "lease-name"
    case leaseDuration = "lease-duration"
    case leaseRenewDeadline = "lease-renew-deadline"
    case leaseRetryPeriod = "lease-retry-period"
    case workers = "workers"
    case operationTimeout = "operation-timeout"
    case retryIntervalStart = "retry-interval-start"
    case retryIntervalMax = "retry-interval-max"
    case gracePeriod = "grace-period"
    case healthAddress = "health-address"
    case logLevel = "log-level"
    case logFormat = "log-format"

    /// The environment variable of this setting.
    public var environmentVariable: String {
        "HOLDFAST_" + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}

/// Where a setting's value came from, for messages.
public enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    /// The command line.
    case flag(SettingKey)
    /// An environment variable.
    case environment(String)
    /// A line of the configuration file.
    case file(path: String, line: Int)

    /// The place, as messages name it.
    public var description: String {
        switch self {
        case .flag(let key): "flag --\(key.rawValue)"
        case .environment(let name): "environment variable \(name)"
        case .file(let path, let line): "\(path) line \(line)"
        }
    }
}

/// A value as somebody wrote it: one text, or several for settings that take a list.
public struct SettingValue: Hashable, Sendable {
    /// The texts.
    public var texts: [String]
    /// Where they came from.
    public var origin: SettingOrigin

    /// A value and its origin.
    public init(_ texts: [String], from origin: SettingOrigin) {
        self.texts = texts
        self.origin = origin
    }
}

/// Every problem of a configuration, each naming its place.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems, in the order in which they were found.
    public var problems: [String]

    /// An error of these problems.
    public init(_ problems: [String]) {
        self.problems = problems
    }

    /// The problems, one a line.
    public var description: String { problems.joined(separator: "\n") }
}
