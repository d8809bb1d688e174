import Ceph
import FoundationEssentials
public import Logging
import Vocabulary
import Volumes

/// How to reach one Ceph cluster.
struct ClusterTarget: Hashable, Sendable {
    /// The clusterID of handles; nil where the cluster's own fsid is to be used.
    var clusterID: String?
    /// Its monitors; empty where `ceph.conf` names them.
    var monitors: [String]
    /// The RADOS namespace of classes that name none.
    var radosNamespace = ""
    /// Whether `ceph.conf` alone leads there, so that the cluster's fsid has to prove the clusterID.
    var isFromConf = false

    /// What messages call it.
    var label: String { clusterID ?? monitors.joined(separator: ",") }
}

/// Which Ceph clusters there are, and the provisioner's own way into them.
///
/// Clusters are found by clusterID in ceph-csi's `config.json`, which is read again when the file changes; by the
/// monitors that a class of the old family lists; or, as the last resort, in `ceph.conf`, whose cluster answers to its
/// fsid. Safe to use from any task.
public actor ClusterDirectory {
    /// The files and credentials that a directory works with.
    public struct Sources: Hashable, Sendable {
        /// Path of ceph-csi's `config.json`, if there is one.
        public var configFile: String?
        /// Path of a `ceph.conf`, if there is one.
        public var confFile: String?
        /// The provisioner's own user, without `client.`; nil if it has none.
        public var user: String?
        /// Path of that user's keyring.
        public var keyring: String?
        /// Path of a file with that user's key alone.
        public var keyFile: String?

        /// Files and credentials.
        public init(
            configFile: String?, confFile: String? = nil, user: String? = nil, keyring: String? = nil,
            keyFile: String? = nil
        ) {
            self.configFile = configFile
            self.confFile = confFile
            self.user = user
            self.keyring = keyring
            self.keyFile = keyFile
        }
    }

    /// What tells one version of a file from another; a ConfigMap's files are swapped by a symbolic link.
    private struct Version: Equatable {
        var modified: Date
        var inode: UInt64
        var size: UInt64
    }

    private let sources: Sources
    private let logger: Logger
    private var version: Version?
    private var file: CephConfigFile?

    /// A directory over these sources; nothing is read yet.
    public init(_ sources: Sources, logger: Logger) {
        self.sources = sources
        self.logger = logger
    }

    /// Reads `config.json` if it is given, so that a mistake in it shows at the start.
    ///
    /// - Throws: ``ProvisionFailure`` naming the file, the entry and the field.
    public func check() throws(ProvisionFailure) {
        _ = try current()
    }

    /// The cluster that a class or a handle means.
    ///
    /// - Throws: ``ProvisionFailure`` when nothing leads there; it names the clusterIDs that are known.
    func target(_ cluster: VolumeParameters.Cluster) throws(ProvisionFailure) -> ClusterTarget {
        let clusters = try current()?.clusters ?? []
        switch cluster {
        case .monitors(let monitors, _):
            // Handles of an old class carry a clusterID that the nodes' config.json knows, if there is one.
            let known = clusters.first { !Set($0.monitors).isDisjoint(with: monitors) }
            return ClusterTarget(
                clusterID: known?.clusterID, monitors: monitors, radosNamespace: known?.radosNamespace ?? "")
        case .id(let clusterID):
            if let entry = clusters.first(where: { $0.clusterID == clusterID }) {
                return ClusterTarget(
                    clusterID: clusterID, monitors: entry.monitors, radosNamespace: entry.radosNamespace)
            }
            if sources.confFile != nil { return ClusterTarget(clusterID: clusterID, monitors: [], isFromConf: true) }
            let known = clusters.map(\.clusterID).joined(separator: ", ")
            throw .notReady(
                "clusterID \(clusterID) is not in \(sources.configFile ?? "any config.json"), which has "
                    + (known.isEmpty ? "none" : known) + ": correct the class, or add the cluster there",
                cause: "unknown clusterID \(clusterID)")
        }
    }

    /// How to connect to a cluster with these credentials, or with the provisioner's own.
    ///
    /// - Throws: ``ProvisionFailure`` when there are no credentials, or the key file cannot be read.
    func configuration(
        _ target: ClusterTarget, credentials: CephCredentials?
    ) throws(ProvisionFailure) -> ClusterConfiguration {
        var configuration = ClusterConfiguration(confFile: sources.confFile, monitors: target.monitors)
        if let credentials {
            configuration.id = credentials.user
            configuration.key = credentials.key
            return configuration
        }
        guard sources.user != nil || sources.confFile != nil else {
            throw .notReady(
                "no credentials for Ceph cluster \(target.label): name a provisioner Secret in the class, or give the "
                    + "provisioner its own (--ceph-id with --ceph-keyring or --ceph-key-file)",
                cause: "no credentials")
        }
        configuration.id = sources.user ?? configuration.id
        configuration.keyring = sources.keyring
        if let path = sources.keyFile { configuration.key = try readKey(path) }
        return configuration
    }

    private func readKey(_ path: String) throws(ProvisionFailure) -> Redacted<String> {
        do {
            return Redacted(try String(contentsOfFile: path, encoding: .utf8).trimmed)
        } catch {
            throw .notReady("cannot read the key file \(path): \(error)", cause: "key file")
        }
    }

    /// The file's contents; read again only when it has changed.
    private func current() throws(ProvisionFailure) -> CephConfigFile? {
        guard let path = sources.configFile else { return nil }
        do {
            let found = try Self.version(of: path)
            if let file, found == version { return file }
            let read = try CephConfigFile(json: Array(try Data(contentsOf: URL(filePath: path))))
            if file != nil { logger.info("config.json was read again", metadata: ["file": "\(path)"]) }
            (file, version) = (read, found)
            return read
        } catch {
            // A file that is being replaced, or was replaced by nonsense, must not stop volumes of known clusters.
            guard let file else { throw .notReady("\(path): \(error)", cause: "config.json") }
            logger.error("config.json cannot be used; going on with what it was", metadata: ["error": "\(error)"])
            return file
        }
    }

    private static func version(of path: String) throws -> Version {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        return Version(
            modified: attributes[.modificationDate] as? Date ?? .distantPast,
            inode: attributes[.systemFileNumber] as? UInt64 ?? 0, size: attributes[.size] as? UInt64 ?? 0)
    }
}
