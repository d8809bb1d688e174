/// A system that an OpenStack or Kubernetes cluster hangs on, recognised by the labels that its usual charts and
/// operators give its pods.
///
/// Known are openstack-helm (`application`, `component`), the recommended labels (`app.kubernetes.io/...`) of Bitnami's
/// charts and of the operators, kubeadm's static pods (`tier`, `component`), and plain `app` and `k8s-app`.
enum NamedSystem: String, Hashable, Sendable, CaseIterable {
    case etcd
    case galera
    case galeraArbitrator = "galera arbitrator"
    case rabbitMQ = "rabbitmq"
    case memcached
    case dns
    case nodeLocalDNS = "node-local dns"
    case apiServer = "kube-apiserver"
    case ingress
    case openStackAPI = "openstack api"
    case openStackWorker = "openstack worker"
    case hypervisor
    case provisioner = "volume provisioner"
    case cephMonitor = "ceph monitor"

    /// How many of its members must live for it to serve.
    enum Need: Hashable, Sendable {
        /// More than half of all members.
        case majority
        /// Any one.
        case one
    }

    /// How many members must live; nil for what dies with its node by design.
    var need: Need? {
        switch self {
        case .etcd, .galera, .rabbitMQ: .majority
        case .memcached, .dns, .apiServer, .ingress, .openStackAPI, .openStackWorker, .provisioner: .one
        case .galeraArbitrator, .nodeLocalDNS, .hypervisor, .cephMonitor: nil
        }
    }

    /// The system that a pod with these labels belongs to.
    init?(labels: [String: String]) {
        let names = ["application", "app.kubernetes.io/name", "app", "k8s-app"].compactMap { labels[$0] }
        let component = labels["component"] ?? labels["app.kubernetes.io/component"]
        if labels["tier"] == "control-plane" {
            switch component {
            case "etcd": self = .etcd
            case "kube-apiserver": self = .apiServer
            default: return nil
            }
            return
        }
        if component.map(Self.helpers.contains) ?? false { return nil }
        for name in names {
            if let system = Self.named(name, component) {
                self = system
                return
            }
        }
        switch component {
        case "pxc", "galera": self = .galera
        case "rabbitmq": self = .rabbitMQ
        default: return nil
        }
    }

    /// Parts of a chart that serve the system and are no member of it.
    private static let helpers: Set<String> = [
        "exporter", "metrics", "operator", "webhook", "backup", "cluster-wait", "test", "bootstrap", "db-init",
        "db-sync",
        "ks-user", "controller-backup",
    ]

    private static func named(_ name: String, _ component: String?) -> NamedSystem? {
        switch name {
        case "etcd": return .etcd
        case "garbd", "galera-arbitrator": return .galeraArbitrator
        case "mariadb", "mariadb-galera", "galera", "percona-xtradb-cluster":
            let members: Set<String> = ["server", "primary", "database", "pxc", "galera", "mariadb"]
            return component.map(members.contains) ?? true ? .galera : nil
        case "rabbitmq": return .rabbitMQ
        case "memcached": return .memcached
        case "kube-dns", "coredns": return .dns
        case "node-local-dns", "nodelocaldns": return .nodeLocalDNS
        case "ingress", "ingress-nginx", "nginx-ingress", "traefik", "haproxy-ingress":
            return component == "error-pages" || component == "default-backend" ? nil : .ingress
        case "libvirt", "nova-compute": return .hypervisor
        case "csi-rbdplugin-provisioner", "csi-cephfsplugin-provisioner": return .provisioner
        case "ceph-csi-rbd", "ceph-csi-cephfs", "holdfast", "holdfast-provisioner":
            return component == nil || component == "provisioner" ? .provisioner : nil
        case "rook-ceph-mon": return .cephMonitor
        case "ceph": return component == "mon" ? .cephMonitor : nil
        default: return openStack(name, component)
        }
    }

    /// Services of OpenStack as openstack-helm names them.
    private static let openStackServices: Set<String> = [
        "keystone", "glance", "nova", "neutron", "cinder", "placement", "heat", "horizon", "barbican", "designate",
        "octavia", "magnum", "manila", "ironic", "mistral", "senlin", "trove", "watcher", "aodh", "gnocchi",
        "ceilometer",
        "masakari", "tacker", "zaqar", "blazar", "cloudkitty", "skyline", "swift",
    ]
    private static let interfaces: Set<String> = [
        "api", "os-api", "api-proxy", "cfn", "server", "metadata", "novncproxy", "spiceproxy", "placement", "dashboard",
    ]
    private static let workers: Set<String> = [
        "scheduler", "conductor", "volume", "share", "engine", "worker", "central", "producer", "sink", "mdns",
        "health-manager", "housekeeping", "consoleauth", "executor", "evaluator", "listener", "notifier", "metricd",
    ]

    private static func openStack(_ name: String, _ component: String?) -> NamedSystem? {
        guard openStackServices.contains(name) else { return nil }
        guard let component else { return .openStackAPI }
        if name == "nova", component == "compute" { return .hypervisor }
        if interfaces.contains(component) || component.hasSuffix("-api") { return .openStackAPI }
        return workers.contains(component) ? .openStackWorker : nil
    }
}
