import ClusterState
import KubernetesModel
import Resilience
import Vocabulary

extension DaemonChecks {
    static let clients: [Check] = [
        Check(
            "M07", "clients are told of fewer monitors than there are", .daemons, .warning,
            needs: [.monitors, .kubernetes],
            meaning: """
                A ConfigMap that tells CSI drivers where Ceph is (`ceph-csi-config`, `rook-ceph-csi-config`,
                `rook-ceph-mon-endpoints`) lists only some of the monitors, or none that still exist.
                """,
            reason: """
                A client that starts asks the monitors of its list only. When the hosts of those are lost, running clients go on, but
                no volume can be mounted, though Ceph has its quorum.
                """,
            remedy: "List every monitor."
        ) { context in
            incompleteLists(context)
        }
    ]

    /// The key of the list of clusters in a ConfigMap of ceph-csi, and in Rook's.
    private static let clusterKeys = ["config.json", "csi-cluster-config-json"]

    private static func incompleteLists(_ context: AuditContext) -> [Finding] {
        guard let ceph = context.ceph, let map = ceph.monitors, !map.monitors.isEmpty else { return [] }
        return (context.capture.kubernetes?.configMaps ?? []).sorted { $0.key < $1.key }.flatMap { config in
            clusters(in: config).compactMap { cluster in
                incomplete(cluster, of: config, map, fsid: ceph.fsid)
            }
        }
    }

    /// A cluster as clients are told of it.
    private struct Told {
        /// Its name in the list; nil where the ConfigMap is about one cluster.
        var id: String?
        var monitors: [String]
    }

    private static func incomplete(_ cluster: Told, of config: ConfigMap, _ map: MonitorMap, fsid: String) -> Finding? {
        let told = Set(cluster.monitors.compactMap(Address.first))
        let missing = map.monitors.filter { monitor in
            told.isDisjoint(with: monitor.addresses.compactMap(Address.first))
        }
        guard !missing.isEmpty else { return nil }
        // A list without any of our monitors is another cluster's, unless its name is our fsid.
        guard missing.count < map.monitors.count || cluster.id == fsid else { return nil }
        let listed = map.monitors.count - missing.count
        let name = cluster.id.map { "\(config.key) cluster \($0)" } ?? "\(config.key)"
        return finding(
            "M07", .warning, .init("configmap", name),
            "ConfigMap \(name) lists \(listed) of \(map.monitors.count) monitors: "
                + missing.map { "mon.\($0.name)" }.joined(separator: ", ")
                + " \(missing.count == 1 ? "is" : "are") missing",
            [
                ("listed", cluster.monitors.joined(separator: ", ")),
                (
                    "missing",
                    missing.map { "mon.\($0.name) \($0.addresses.joined(separator: ","))" }.joined(separator: "; ")
                ),
            ],
            completing(cluster, of: config, map))
    }

    /// Rook writes its ConfigMaps itself; ceph-csi's is replaced with all monitors in it.
    private static func completing(_ cluster: Told, of config: ConfigMap, _ map: MonitorMap) -> [String] {
        let namespace = config.metadata.namespace ?? "default"
        guard let key = clusterKeys.first(where: { config.data[$0] != nil }), key == "config.json",
            var list = entries(of: config, key),
            let place = list.firstIndex(where: { $0["clusterID"]?.stringValue == cluster.id })
        else {
            return [
                "# Rook's operator writes it:", "kubectl -n \(namespace) rollout restart deployment rook-ceph-operator",
            ]
        }
        let usesOldPort = cluster.monitors.contains { $0.hasSuffix(":6789") || $0.hasPrefix("v1:") }
        let port = usesOldPort ? 6789 : 3300
        let monitors = map.monitors.compactMap { $0.addresses.first.flatMap(Address.first) }.map { address in
            JSONValue.string(address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)")
        }
        list[place]["monitors"] = .array(monitors)
        let data: JSONObject = [key: .string(JSONValue.array(list.map { .object($0) }).description)]
        let patch: JSONObject = ["data": .object(data)]
        let name = config.metadata.name
        return ["kubectl -n \(namespace) patch configmap \(name) --type merge -p '\(patch.description)'"]
    }

    private static func clusters(in config: ConfigMap) -> [Told] {
        if let endpoints = config.data["data"], config.metadata.name == "rook-ceph-mon-endpoints" {
            let addresses = endpoints.split(separator: ",").map { String($0.split(separator: "=").last ?? $0) }
            return [Told(id: nil, monitors: addresses)]
        }
        return clusterKeys.flatMap { entries(of: config, $0) ?? [] }.map { entry in
            Told(id: entry["clusterID"]?.stringValue, monitors: entry["monitors"]?.stringsValue ?? [])
        }
    }

    /// The clusters of a list; nil for what is none: its reader tells the owner of the ConfigMap, not this audit.
    private static func entries(of config: ConfigMap, _ key: String) -> [JSONObject]? {
        guard let text = config.data[key] else { return nil }
        do {
            return try JSONValue(json: text).arrayValue?.compactMap(\.objectValue)
        } catch {
            return nil
        }
    }
}
