import KubernetesModel

/// A Ceph cluster as ceph-csi's `config.json` describes it.
public struct CephClusterEntry: Hashable, Sendable {
    /// The name by which classes and volume handles mean this cluster.
    public var clusterID: String
    /// Addresses of its monitors: `host`, `host:port` or a `v1:`/`v2:` form, as ceph.conf's `mon_host` takes them.
    public var monitors: [String]
    /// The RADOS namespace that images of this clusterID live in; empty for the pool's default one.
    public var radosNamespace: String

    /// A cluster.
    public init(clusterID: String, monitors: [String], radosNamespace: String = "") {
        self.clusterID = clusterID
        self.monitors = monitors
        self.radosNamespace = radosNamespace
    }
}

/// ceph-csi's `config.json`: a list of Ceph clusters by clusterID.
///
/// It is accepted as it is: what other parts of ceph-csi read (`cephFS`, `nfs`, `readAffinity`, `rbd.netNamespaceFilePath`
/// …) is left alone.
public struct CephConfigFile: Hashable, Sendable {
    /// Why a `config.json` was refused: the place in it and what is wrong there.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// The entry and field: `entry 2 (clusterID "east"), field monitors`; empty for the file as a whole.
        public var place: String
        /// What is wrong.
        public var problem: String

        /// Place and problem.
        public var description: String { place.isEmpty ? problem : "\(place): \(problem)" }
    }

    /// The clusters, in the file's order.
    public private(set) var clusters: [CephClusterEntry] = []

    /// Reads the file's contents.
    ///
    /// - Throws: ``Invalid`` for what is no JSON list, a clusterID that is missing, longer than 36 characters or named
    ///   twice, an entry without monitors, and a field of the wrong type.
    public init(json bytes: [UInt8]) throws(Invalid) {
        let document: JSONValue
        do {
            document = try JSONValue(json: bytes)
        } catch {
            throw Invalid(place: "", problem: "\(error)")
        }
        guard let entries = document.arrayValue else {
            throw Invalid(place: "", problem: "the file holds no list: [{\"clusterID\": …, \"monitors\": […]}]")
        }
        var seen: [String: Int] = [:]
        for (index, entry) in entries.enumerated() {
            let cluster = try Self.cluster(entry, number: index + 1)
            if let earlier = seen.updateValue(index + 1, forKey: cluster.clusterID) {
                throw Invalid(
                    place: "entry \(index + 1), field clusterID",
                    problem: "\"\(cluster.clusterID)\" is already named by entry \(earlier)")
            }
            clusters.append(cluster)
        }
    }

    private static func cluster(_ entry: JSONValue, number: Int) throws(Invalid) -> CephClusterEntry {
        guard let object = entry.objectValue else {
            throw Invalid(place: "entry \(number)", problem: "this is no object")
        }
        guard let clusterID = object["clusterID"]?.stringValue, !clusterID.isEmpty else {
            throw Invalid(place: "entry \(number), field clusterID", problem: "a name is needed here")
        }
        let place = "entry \(number) (clusterID \"\(clusterID)\")"
        // The handle that carries it has 128 bytes in all; ceph-csi documents 36.
        guard clusterID.utf8.count <= 36 else {
            throw Invalid(place: "\(place), field clusterID", problem: "longer than 36 characters")
        }
        let monitors = try monitors(of: object, place: "\(place), field monitors")
        var namespace = ""
        if let rbd = object["rbd"], !rbd.isNull {
            guard let rbd = rbd.objectValue else { throw Invalid(place: "\(place), field rbd", problem: "no object") }
            if let value = rbd["radosNamespace"], !value.isNull {
                guard let text = value.stringValue else {
                    throw Invalid(place: "\(place), field rbd.radosNamespace", problem: "no string")
                }
                namespace = text
            }
        }
        return CephClusterEntry(clusterID: clusterID, monitors: monitors, radosNamespace: namespace)
    }

    private static func monitors(of object: JSONObject, place: String) throws(Invalid) -> [String] {
        guard let list = object["monitors"]?.arrayValue, !list.isEmpty else {
            throw Invalid(place: place, problem: "a list of at least one address is needed here")
        }
        var monitors: [String] = []
        for (index, item) in list.enumerated() {
            guard let text = item.stringValue?.trimmed, !text.isEmpty else {
                throw Invalid(place: "\(place), item \(index + 1)", problem: "an address is needed here")
            }
            monitors.append(text)
        }
        return monitors
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        let head = drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
