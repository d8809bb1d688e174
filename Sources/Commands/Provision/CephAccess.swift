import Console
import Foundation
import Logging
import Provisioner
import Volumes

/// Which Ceph clusters `holdfast provision` works on and as whom, from its options and the environment that Ceph's own
/// tools read.
struct CephAccess: Sendable {
    /// Where the monitors and the credentials are to be found.
    let sources: ClusterDirectory.Sources

    /// Options go before `CEPH_ARGS`, that before `CEPH_CONF` and `CEPH_KEYRING`, those before Ceph's usual files, which
    /// count if `fileExists` says that they are there.
    init(
        options: CephOptions, environment: [String: String],
        fileExists: (String) -> Bool = FileManager.default.fileExists(atPath:)
    ) {
        let arguments = CephArguments(environment["CEPH_ARGS"] ?? "")
        let user = options.user ?? arguments.user ?? "admin"
        let usual = "/etc/ceph/\(options.cluster).conf"
        let usualKeyring = "/etc/ceph/\(options.cluster).client.\(user).keyring"
        func filled(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        sources = ClusterDirectory.Sources(
            configFile: options.cephConfig,
            confFile: options.conf ?? arguments.conf ?? filled("CEPH_CONF") ?? (fileExists(usual) ? usual : nil),
            user: user,
            keyring: options.keyring ?? arguments.keyring ?? filled("CEPH_KEYRING")
                ?? (fileExists(usualKeyring) ? usualKeyring : nil))
    }

    /// Opens a backend, runs `body` with it, and closes its connections.
    ///
    /// - Throws: ``Failure`` when neither a `ceph.conf` nor a `config.json` is known; what `body` throws.
    func withBackend(
        settings: ProvisionerSettings, instance: String, _ body: @Sendable (any VolumeBackend) async throws -> Void
    ) async throws {
        guard sources.confFile != nil || sources.configFile != nil else {
            throw Failure(
                .failure, code: "NoCluster", "no Ceph cluster is known: there is no ceph.conf and no config.json",
                hint: "give --conf FILE or --ceph-config FILE")
        }
        // What matters comes back as errors; stderr is the command's own.
        let logger = Logger(label: "holdfast", factory: { _ in SwiftLogNoOpLogHandler() })
        let connections = CephConnections(
            ClusterDirectory(sources, logger: logger),
            options: .init(
                kubernetesCluster: try KubernetesClusterID(Self.identity), instance: instance,
                clusterName: settings.setsMetadata ? settings.clusterName : nil),
            logger: logger)
        // Without an API nobody knows whether a PV has a volume that another provisioner made, so none is taken over.
        let backend = CephVolumeBackend(connections, logger: logger) { _ in true }
        do {
            try await body(backend)
        } catch {
            await connections.close()
            throw error
        }
        await connections.close()
    }

    /// Stands for a Kubernetes cluster where work under way is recorded. It is no cluster's, so that no provisioner takes
    /// up, or takes back, what a run of this command has begun.
    private static let identity = "holdfast-provision"
}

/// The options in `CEPH_ARGS` that say where the cluster is and as whom to go there; the others are left to Ceph.
struct CephArguments: Equatable {
    private(set) var conf: String?
    private(set) var user: String?
    private(set) var keyring: String?

    /// Reads `--name value` and `--name=value`, with Ceph's short forms. Quotes have no meaning, as in Ceph itself.
    init(_ text: String) {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, let set = Self.setters[name] else { continue }
            guard let value = parts.count == 2 ? parts[1] : words.popFirst() else { return }
            set(&self, value)
        }
    }

    private static let setters: [String: @Sendable (inout CephArguments, String) -> Void] = {
        let conf: @Sendable (inout CephArguments, String) -> Void = { $0.conf = $1 }
        let id: @Sendable (inout CephArguments, String) -> Void = { $0.user = $1 }
        let name: @Sendable (inout CephArguments, String) -> Void = { arguments, value in
            if value.hasPrefix("client.") { arguments.user = String(value.dropFirst("client.".count)) }
        }
        let keyring: @Sendable (inout CephArguments, String) -> Void = { $0.keyring = $1 }
        return [
            "-c": conf, "--conf": conf, "-i": id, "--id": id, "--user": id, "-n": name, "--name": name, "-k": keyring,
            "--keyring": keyring,
        ]
    }()
}
