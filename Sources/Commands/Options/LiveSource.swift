import ArgumentParser
import Ceph
import ClusterState
import Console
import Foundation
import KubernetesClient
import KubernetesModel
import Live
import Logging
import Provisioner
import Vocabulary

/// The options by which a command is told what to read from running clusters, and how long that may take.
struct LiveSource: ParsableArguments {
    @Flag(help: "Ask Kubernetes too: nodes, pods, workloads, claims, webhooks. Never Secrets.")
    var kube = false

    @Option(help: ArgumentHelp("How long one command or list may take, in seconds.", valueName: "seconds"))
    var timeout = 60

    @OptionGroup(title: "Ceph options") var ceph: CephOptions
    @OptionGroup(title: "Kubernetes options") var kubernetes: KubernetesOptions

    mutating func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout must be from 1 to 3600 seconds") }
        if ceph.cephConfig != nil {
            throw ValidationError("--ceph-config belongs to StorageClasses; name the cluster with --conf")
        }
    }

    /// Refuses options that would be without effect beside a state file.
    func validateUnused() throws {
        if kube { throw ValidationError("--kube asks a running cluster; a state file has what it has") }
        if ceph.conf != nil || ceph.namesCredentials {
            throw ValidationError("a state file needs no cluster; leave out --conf, --id, --name and --keyring")
        }
        if kubernetes.kubeconfig != nil || kubernetes.context != nil {
            throw ValidationError("a state file needs no cluster; leave out --kubeconfig and --context")
        }
    }

    /// Reads the clusters. What is being read goes to stderr, and so does what may not be read.
    ///
    /// - Throws: ``Failure`` when a cluster cannot be reached, and for what makes a capture impossible.
    func capture(in session: Session) async throws -> ClusterCapture {
        var capture = ClusterCapture(takenAt: .now(), holdfastVersion: HoldfastVersion.current)
        let read = try await readCeph(session)
        capture.ceph = read.capture
        capture.missing = read.missing
        if kube {
            let read = try await readKubernetes(session)
            capture.kubernetes = read.capture
            capture.missing += read.missing
        }
        for part in capture.missing {
            try session.streams.warn("\(part.part.rawValue) could not be read (\(part.detail)): \(part.remedy)")
        }
        return capture
    }

    private func readCeph(_ session: Session) async throws -> (capture: CephCapture, missing: [MissingPart]) {
        let sources = CephAccess(options: ceph, environment: session.environment).sources
        guard let conf = sources.confFile else {
            throw Failure(
                .failure, code: "NoCluster", "no Ceph cluster is known: there is no ceph.conf",
                hint: "give --conf FILE, or --state FILE for a saved capture")
        }
        let limit = Duration.seconds(timeout)
        let user = sources.user ?? "admin"
        let configuration = ClusterConfiguration(
            confFile: conf, clusterName: ceph.cluster, id: user, keyring: sources.keyring,
            timeouts: CephTimeouts(mount: min(limit, .seconds(15)), monOp: limit))
        let cluster: Cluster
        do throws(CephError) {
            cluster = try await Cluster.connect(configuration, logger: Self.silent)
        } catch {
            throw Failure(connecting: error, as: user)
        }
        let result: Result<(capture: CephCapture, missing: [MissingPart]), CaptureFailure>
        do throws(CaptureFailure) {
            result = .success(try await CephReader(cluster, progress: progress(session)).read())
        } catch {
            result = .failure(error)
        }
        await cluster.close()
        return try Self.value(of: result)
    }

    private func readKubernetes(
        _ session: Session
    ) async throws -> (capture: KubernetesCapture, missing: [MissingPart]) {
        let client = try KubernetesClient(
            KubernetesConfiguration.load(
                kubeconfig: kubernetes.kubeconfig, context: kubernetes.context, environment: session.environment),
            logger: Self.silent)
        let reader = KubernetesReader(client, limit: .seconds(timeout), progress: progress(session))
        let result: Result<(capture: KubernetesCapture, missing: [MissingPart]), CaptureFailure>
        do throws(CaptureFailure) {
            result = .success(try await reader.read())
        } catch {
            result = .failure(error)
        }
        await client.shutDown()
        return try Self.value(of: result)
    }

    private func progress(_ session: Session) -> @Sendable (String) -> Void {
        { text in
            do {
                try session.streams.note(text)
            } catch {
                // Nobody can read stderr; the capture is taken all the same.
            }
        }
    }

    private static func value<Value>(of result: Result<Value, CaptureFailure>) throws -> Value {
        do {
            return try result.get()
        } catch {
            throw Failure(capturing: error)
        }
    }

    /// What matters comes back as errors; stderr is the command's own.
    private static var silent: Logger { Logger(label: "holdfast", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

extension Failure {
    fileprivate init(connecting error: CephError, as user: String) {
        switch error.code {
        case .permissionDenied, .notFound:
            self.init(
                .denied, code: "Denied", "\(error)",
                hint: "see that client.\(user) exists and that its key is where the configuration says")
        default: self.init(.unreachable, code: "Unreachable", "\(error)", hint: "see --conf, --id and --keyring")
        }
    }

    fileprivate init(capturing failure: CaptureFailure) {
        switch failure {
        case .noOSDMap(let missing) where missing.reason == .permission:
            self.init(.denied, code: "Denied", failure.description, hint: missing.remedy)
        case .noOSDMap(let missing):
            self.init(.unreachable, code: "Unreachable", failure.description, hint: missing.remedy)
        case .kubernetes(_, let error) where error.isUnauthorized || error.isForbidden:
            self.init(.denied, code: "Denied", failure.description)
        case .ceph, .kubernetes: self.init(.unreachable, code: "Unreachable", failure.description)
        case .answer, .osdMap:
            self.init(
                .failure, code: "NotUnderstood", failure.description,
                hint: "holdfast knows Ceph 16 to 20; see whether a newer release of it is there")
        }
    }
}
