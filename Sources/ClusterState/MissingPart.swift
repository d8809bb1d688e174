/// A part of a capture that is read, and may be refused, on its own.
public enum CapturePart: String, Hashable, Comparable, Sendable, CaseIterable, Codable {
    /// Pools, OSDs, CRUSH map and upmaps: `osd getmap`. Without it there is no ``CephCapture`` at all.
    case osdMap = "ceph/osdmap"
    /// State, sets and contents of every PG: `pg dump`.
    case pgs = "ceph/pgs"
    /// How full each OSD is: `osd df`.
    case osdUsage = "ceph/osd-usage"
    /// Host, device and version of each OSD: `osd metadata`.
    case osdMetadata = "ceph/osd-metadata"
    /// How full each pool is: `df detail`.
    case poolUsage = "ceph/pool-usage"
    /// The central configuration: `config dump`.
    case configuration = "ceph/configuration"
    /// Options as the daemons run with them: `config show`.
    case runningOptions = "ceph/running-options"
    /// Health checks: `health detail`.
    case health = "ceph/health"
    /// The monitors and who is in quorum: `quorum_status`.
    case monitors = "ceph/monitors"
    /// Host and version of each monitor: `mon metadata`.
    case monitorMetadata = "ceph/monitor-metadata"
    /// The managers: `mgr dump`.
    case managers = "ceph/managers"
    /// Host and version of each manager: `mgr metadata`.
    case managerMetadata = "ceph/manager-metadata"
    /// The file systems and their MDS daemons: `fs dump`.
    case filesystems = "ceph/filesystems"
    /// Host and version of each MDS daemon: `mds metadata`.
    case mdsMetadata = "ceph/mds-metadata"
    /// Gateways that report to the manager: `service dump`.
    case serviceDaemons = "ceph/service-daemons"
    /// How many daemons run which version: `versions`.
    case versions = "ceph/versions"

    /// Kubernetes' objects, by their plural.
    case nodes = "kubernetes/nodes"
    case namespaces = "kubernetes/namespaces"
    case pods = "kubernetes/pods"
    case deployments = "kubernetes/deployments"
    case statefulSets = "kubernetes/statefulsets"
    case daemonSets = "kubernetes/daemonsets"
    case replicaSets = "kubernetes/replicasets"
    case podDisruptionBudgets = "kubernetes/poddisruptionbudgets"
    case persistentVolumes = "kubernetes/persistentvolumes"
    case persistentVolumeClaims = "kubernetes/persistentvolumeclaims"
    case storageClasses = "kubernetes/storageclasses"
    case volumeAttachments = "kubernetes/volumeattachments"
    case leases = "kubernetes/leases"
    case validatingWebhooks = "kubernetes/validatingwebhookconfigurations"
    case mutatingWebhooks = "kubernetes/mutatingwebhookconfigurations"
    case services = "kubernetes/services"
    case endpointSlices = "kubernetes/endpointslices"
    case priorityClasses = "kubernetes/priorityclasses"
    case customResourceDefinitions = "kubernetes/customresourcedefinitions"
    case configMaps = "kubernetes/configmaps"

    /// In the order of declaration: Ceph's parts before Kubernetes'.
    public static func < (left: CapturePart, right: CapturePart) -> Bool {
        left.position < right.position
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// A part that could not be read, and what would make it readable.
public struct MissingPart: Hashable, Sendable, Codable {
    /// Why a part could not be read.
    public enum Reason: String, Hashable, Sendable, Codable {
        /// The client lacks a capability, the account a rule.
        case permission
        /// There was no answer in time.
        case timeout
        /// This release of the cluster does not know the question.
        case unsupported
    }

    /// The part.
    public var part: CapturePart
    /// Why it could not be read.
    public var reason: Reason
    /// What the cluster answered, in its own words.
    public var detail: String
    /// What to do about it: for a permission the exact capability or rule to grant.
    public var remedy: String

    /// A part that could not be read.
    public init(part: CapturePart, reason: Reason, detail: String, remedy: String) {
        self.part = part
        self.reason = reason
        self.detail = detail
        self.remedy = remedy
    }
}
