public import KubernetesModel

/// What Kubernetes said at one moment. A list is nil when the account was not allowed to read it, and
/// ``ClusterCapture/missing`` says so; an empty list means that there is no such object.
///
/// Objects are trimmed (``KubernetesTrim``): no managed fields, no environment, commands and arguments of containers, no
/// annotations with whole manifests. Secrets are not read at all.
public struct KubernetesCapture: Hashable, Sendable {
    /// The server's version: `v1.33.1`.
    public var serverVersion: String
    /// The cluster's machines.
    public var nodes: [Node]?
    /// The namespaces; the UID of `kube-system` is the cluster's identity.
    public var namespaces: [Namespace]?
    /// The pods.
    public var pods: [Pod]?
    /// The Deployments.
    public var deployments: [Deployment]?
    /// The StatefulSets.
    public var statefulSets: [StatefulSet]?
    /// The DaemonSets.
    public var daemonSets: [DaemonSet]?
    /// The ReplicaSets, which stand between a Deployment and its pods.
    public var replicaSets: [ReplicaSet]?
    /// The PodDisruptionBudgets.
    public var podDisruptionBudgets: [PodDisruptionBudget]?
    /// The volumes.
    public var persistentVolumes: [PersistentVolume]?
    /// The claims.
    public var persistentVolumeClaims: [PersistentVolumeClaim]?
    /// The classes of storage.
    public var storageClasses: [StorageClass]?
    /// Which volume is attached where.
    public var volumeAttachments: [VolumeAttachment]?
    /// Who leads what.
    public var leases: [Lease]?
    /// Webhooks that may refuse an object.
    public var validatingWebhooks: [ValidatingWebhookConfiguration]?
    /// Webhooks that may change an object.
    public var mutatingWebhooks: [MutatingWebhookConfiguration]?
    /// The Services.
    public var services: [KubernetesService]?
    /// Who answers for which Service.
    public var endpointSlices: [EndpointSlice]?
    /// The priorities of pods.
    public var priorityClasses: [PriorityClass]?
    /// The custom resources that have a conversion webhook; others are left out.
    public var customResourceDefinitions: [CustomResourceDefinition]?
    /// ConfigMaps that tell clients where Ceph is: those named ``clientConfigMaps``.
    public var configMaps: [ConfigMap]?

    /// The names of the ConfigMaps that are read, in any namespace: ceph-csi's list of clusters, and Rook's list of
    /// monitors.
    public static let clientConfigMaps = ["ceph-csi-config", "rook-ceph-csi-config", "rook-ceph-mon-endpoints"]

    /// A capture in which nothing has been read yet.
    public init(serverVersion: String) {
        self.serverVersion = serverVersion
    }
}
