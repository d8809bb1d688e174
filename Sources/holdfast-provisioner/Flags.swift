import ArgumentParser
import Provisioner

/// What volumes look like, and whose claims are answered.
struct VolumeFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The name that StorageClasses give as their provisioner. May be repeated: the first is our own, the others "
                + "are served as well. (default: rbd.holdfast.io)", valueName: "name"))
    var provisionerName: [String] = []

    @Option(
        help: ArgumentHelp("The CSI driver that mounts the volumes. (default: rbd.csi.ceph.com)", valueName: "name"))
    var driverName: String?

    @Option(
        help: ArgumentHelp(
            "The source of PVs: csi, or rbd for the in-tree plugin of Kubernetes up to 1.30. (default: csi)",
            valueName: "csi|rbd"))
    var pvSource: String?

    @Option(
        name: .customLong("default-fstype"),
        help: ArgumentHelp("The file system where a class names none. (default: ext4)", valueName: "type"))
    var defaultFSType: String?

    @Option(
        help: ArgumentHelp(
            "Who binds claims to their volumes: the controller-manager, at its own limits some four a second, or Holdfast "
                + "itself, which needs more rights. (default: controller-manager)",
            valueName: "controller-manager|direct"))
    var bind: String?

    @Option(
        help: ArgumentHelp(
            "Whether claim, volume and cluster are noted in the image's metadata, as ceph-csi's --setmetadata does; it "
                + "costs each create an image open. (default: false)", valueName: "true|false"))
    var setMetadata: String?

    @Option(help: ArgumentHelp("The Kubernetes cluster's name in the image's metadata.", valueName: "name"))
    var clusterName: String?

    @Option(
        name: .customLong("instance-id"),
        help: ArgumentHelp(
            "The instance in ceph-csi's journal, as its --instanceid. (default: default)", valueName: "id"))
    var instanceID: String?

    var values: [SettingKey: [String]] {
        texts([
            .driverName: driverName, .pvSource: pvSource, .defaultFSType: defaultFSType, .bind: bind,
            .setMetadata: setMetadata, .clusterName: clusterName, .instanceID: instanceID,
        ]).merging([.provisionerName: provisionerName]) { $1 }
    }
}

/// Which Ceph clusters there are, and who we are to them.
struct CephFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "ceph-csi's config.json with the clusters by clusterID; read again when it changes.", valueName: "file"))
    var cephConfig: String?

    @Option(
        help: ArgumentHelp(
            "A ceph.conf. Its cluster answers to its fsid as clusterID; its options hold for all clusters.",
            valueName: "file"))
    var cephConf: String?

    @Option(
        name: .customLong("ceph-id"),
        help: ArgumentHelp(
            "The provisioner's own cephx user, without \"client.\". Used where a class names no Secret, and for deletes "
                + "whose class or Secret is gone.", valueName: "id"))
    var cephID: String?

    @Option(help: ArgumentHelp("That user's keyring.", valueName: "file"))
    var cephKeyring: String?

    @Option(help: ArgumentHelp("A file with that user's key alone.", valueName: "file"))
    var cephKeyFile: String?

    var values: [SettingKey: [String]] {
        texts([
            .cephConfig: cephConfig, .cephConf: cephConf, .cephID: cephID, .cephKeyring: cephKeyring,
            .cephKeyFile: cephKeyFile,
        ])
    }
}

/// Where the API is, and who leads.
struct KubernetesFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A kubeconfig. (default: $KUBECONFIG, ~/.kube/config, then the pod's service account)", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context in the kubeconfig. (default: its current one)", valueName: "name"))
    var context: String?

    @Option(
        name: .customLong("kube-api-qps"),
        help: ArgumentHelp(
            "The most requests a second to the API; below it the rate follows the server. (default: 500)",
            valueName: "number"))
    var kubeAPIQPS: String?

    @Option(help: ArgumentHelp("Whether replicas elect a leader. (default: true)", valueName: "true|false"))
    var leaderElect: String?

    @Option(
        help: ArgumentHelp(
            "The namespace of the Lease. (default: $POD_NAMESPACE, then the pod's or the context's)", valueName: "name")
    )
    var leaseNamespace: String?

    @Option(
        help: ArgumentHelp(
            "The name of the Lease. (default: the provisioner's name, \"/\" as \"-\")", valueName: "name"))
    var leaseName: String?

    @Option(help: ArgumentHelp("How long a Lease is good for after its renewal. (default: 15s)", valueName: "time"))
    var leaseDuration: String?

    @Option(
        help: ArgumentHelp("How long a leader tries to renew before it gives up. (default: 10s)", valueName: "time"))
    var leaseRenewDeadline: String?

    @Option(help: ArgumentHelp("How often the Lease is looked at. (default: 2s)", valueName: "time"))
    var leaseRetryPeriod: String?

    var values: [SettingKey: [String]] {
        texts([
            .kubeconfig: kubeconfig, .context: context, .kubeAPIQPS: kubeAPIQPS, .leaderElect: leaderElect,
            .leaseNamespace: leaseNamespace, .leaseName: leaseName, .leaseDuration: leaseDuration,
            .leaseRenewDeadline: leaseRenewDeadline, .leaseRetryPeriod: leaseRetryPeriod,
        ])
    }
}

/// How much at a time, and how long.
struct WorkFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp("The most operations at a time, over all Ceph clusters. (default: 24)", valueName: "number"))
    var workers: String?

    @Option(help: ArgumentHelp("How long one create or delete may take. (default: 2m)", valueName: "time"))
    var operationTimeout: String?

    @Option(
        help: ArgumentHelp("The wait before the first retry; it doubles with each. (default: 1s)", valueName: "time"))
    var retryIntervalStart: String?

    @Option(
        help: ArgumentHelp(
            "The longest wait between retries, and the wait of claims that cannot be satisfied as they are. (default: 5m)",
            valueName: "time"))
    var retryIntervalMax: String?

    @Option(
        help: ArgumentHelp(
            "How long what was started may take to finish after SIGTERM; shorter than the pod's "
                + "terminationGracePeriodSeconds. (default: 30s)", valueName: "time"))
    var gracePeriod: String?

    var values: [SettingKey: [String]] {
        texts([
            .workers: workers, .operationTimeout: operationTimeout, .retryIntervalStart: retryIntervalStart,
            .retryIntervalMax: retryIntervalMax, .gracePeriod: gracePeriod,
        ])
    }
}

/// What can be seen of the process.
struct ObservationFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where /healthz, /healthz/leader-election, /readyz and /metrics are served; 0 for nowhere. "
                + "(default: 0.0.0.0:8080)", valueName: "host:port"))
    var healthAddress: String?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical. (default: info)", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How logs are written, to stderr. (default: json)", valueName: "json|text"))
    var logFormat: String?

    var values: [SettingKey: [String]] {
        texts([.healthAddress: healthAddress, .logLevel: logLevel, .logFormat: logFormat])
    }
}

/// The settings that are set.
private func texts(_ values: [SettingKey: String?]) -> [SettingKey: [String]] {
    values.compactMapValues { $0.map { [$0] } }
}
