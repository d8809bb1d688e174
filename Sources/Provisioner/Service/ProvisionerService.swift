import KubernetesClient
import KubernetesModel
public import Logging
public import ServiceLifecycle
import Vocabulary
import Volumes

/// The provisioner: watches the API, leads if it is its turn, and answers claims until it is told to stop.
///
/// A graceful shutdown stops the intake, lets what has been started finish, sends the last events and releases the
/// lease. Cancellation ends all of that at once; what is under way is on record and taken up by the next leader.
public struct ProvisionerService: Service {
    /// Leadership has been lost: somebody else may be at work, so this process has to end.
    public struct LeadershipLost: Error, CustomStringConvertible {
        /// Why.
        public var reason: String
        /// One line for the log.
        public var description: String { "leadership was lost: \(reason)" }
    }

    let configuration: ServiceConfiguration
    let client: KubernetesClient
    let identity: String
    let directory: ClusterDirectory
    let status: ProvisionerStatus
    let logger: Logger

    /// A provisioner. Reads the configuration of the API, and the files that it names; connects nowhere yet.
    ///
    /// - Parameters:
    ///   - identity: what tells this process from all others: host name and a random UUID.
    ///   - userAgent: who this is, in the API server's logs.
    ///   - status: where the probes look.
    /// - Throws: an error that names the file, context and field of the API's configuration that cannot be used.
    public init(
        _ configuration: ServiceConfiguration, identity: String, userAgent: String, status: ProvisionerStatus,
        logger: Logger
    ) throws {
        var options = KubernetesClient.Options()
        let ceiling = Double(configuration.kubeAPIQPS)
        options.budget = .init(initial: min(400, ceiling), ceiling: ceiling)
        options.userAgent = userAgent
        client = try KubernetesClient(
            KubernetesConfiguration.load(kubeconfig: configuration.kubeconfig, context: configuration.context),
            options: options, logger: logger)
        directory = ClusterDirectory(
            ClusterDirectory.Sources(
                configFile: configuration.cephConfig, confFile: configuration.cephConf, user: configuration.cephID,
                keyring: configuration.cephKeyring, keyFile: configuration.cephKeyFile),
            logger: logger)
        self.configuration = configuration
        self.identity = identity
        self.status = status
        self.logger = logger
    }

    /// Works until a graceful shutdown, cancellation or the loss of leadership.
    ///
    /// - Throws: ``LeadershipLost``; `CancellationError`; ``ProvisionFailure`` for a `config.json` that cannot be used.
    public func run() async throws {
        let ending: Ending?
        do {
            try await directory.check()
            logger.info("starting", metadata: ["api": "\(client.origin)", "identity": "\(identity)"])
            ending = await watchAndServe()
        } catch {
            await client.shutDown()
            throw error
        }
        await client.shutDown()
        switch ending {
        case .stopped: return
        case .failed(let error): throw error
        case .lostLeadership(let reason): throw LeadershipLost(reason: reason)
        case .cancelled, nil:
            status.cutOff()
            throw CancellationError()
        }
    }

    private func watchAndServe() async -> Ending? {
        let stores = ClusterStores()
        let events = EventRecorder(
            client, component: "\(configuration.provisioner.names.first ?? "")_\(identity)", host: identity,
            logger: logger)
        let ending = await withTaskGroup(of: Ending?.self) { group in
            group.addTask {
                await stores.follow(client)
                return nil
            }
            group.addTask {
                await events.run()
                return nil
            }
            group.addTask { await serve(stores, events) }
            let ending = await group.first { $0 != nil } ?? nil
            group.cancelAll()
            return ending
        }
        await events.drain(deadline: .in(.seconds(5)))
        return ending
    }

    /// Why the provisioner ended.
    enum Ending: Sendable {
        case stopped
        case lostLeadership(String)
        case failed(any Error)
        case cancelled
    }

    /// Something that decides about how to go on.
    private enum Signal: Sendable {
        case leadership(LeadershipChange)
        case stopRequested
        case ended(Ending)
    }

    /// Waits for what is needed, then for leadership, works while it lasts and gives it back.
    private func serve(_ stores: ClusterStores, _ events: EventRecorder) async -> Ending {
        let cluster: KubernetesClusterID
        do {
            cluster = try await cancelWhenGracefulShutdown {
                let cluster = try await kubernetesCluster()
                try await stores.waitUntilSynced(deadline: .in(.seconds(86_400)))
                return cluster
            }
        } catch {
            return Task.isCancelled ? .cancelled : .stopped
        }
        status.watching()
        let elector = configuration.leaderElect ? elector() : nil
        let fence = elector.map { elector in
            Fence(
                annotate: { elector.annotate(Lease.cephClientsAnnotation, $0) },
                publish: { try await elector.publish() })
        }
        let session = WorkSession(
            configuration: configuration, kubernetes: LiveKubernetes(client: client, stores: stores, events: events),
            connections: CephConnections(directory, options: options(cluster), fence: fence, logger: logger),
            status: status, logger: logger)
        guard let elector, let fence else { return await session.run() }
        return await lead(session, elector, fence)
    }

    private func elector() -> LeaderElector {
        LeaderElector(
            client, lease: leaseKey, identity: identity,
            timing: ElectionTiming(
                leaseDuration: configuration.leaseDuration, renewDeadline: configuration.leaseRenewDeadline,
                retryPeriod: configuration.leaseRetryPeriod),
            logger: logger)
    }

    private func options(_ cluster: KubernetesClusterID) -> CephConnections.Options {
        CephConnections.Options(
            kubernetesCluster: cluster, instance: configuration.instanceID,
            clusterName: configuration.provisioner.setsMetadata ? configuration.provisioner.clusterName : nil)
    }

    private func lead(_ session: WorkSession, _ elector: LeaderElector, _ fence: Fence) async -> Ending {
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        return await withDiscardingTaskGroup { group in
            // The end of this group cancels the elector, which then releases the lease.
            defer { group.cancelAll() }
            group.addTask { await elector.run() }
            group.addTask { for await change in elector.changes { signal.yield(.leadership(change)) } }
            group.addTask { if await isAskedToStop() { signal.yield(.stopRequested) } }
            var isWorking = false
            for await next in signals {
                switch next {
                case .leadership(.leading(let term)):
                    do {
                        try await fence.inherit(term.lease)
                    } catch {
                        return .failed(error)
                    }
                    isWorking = true
                    group.addTask { signal.yield(.ended(await session.run())) }
                case .leadership(.lost(let reason)):
                    status.lostLeadership(reason)
                    return .lostLeadership(reason)
                case .stopRequested where isWorking:
                    continue  // The session ends when it has finished what it began.
                case .stopRequested:
                    return .stopped
                case .ended(let ending):
                    return ending
                }
            }
            return .cancelled
        }
    }

    private var leaseKey: ObjectKey {
        let name = configuration.provisioner.names.first ?? "holdfast"
        return ObjectKey(
            namespace: configuration.leaseNamespace ?? client.namespace,
            name: configuration.leaseName ?? name.replacing("/", with: "-"))
    }

    /// This Kubernetes cluster's identity: the UID of `kube-system`. Tried until it is known.
    private func kubernetesCluster() async throws -> KubernetesClusterID {
        var generator = JitterGenerator(seed: .random(in: 0...(.max)))
        var failures = 0
        while true {
            do {
                let namespace = try await client.get(
                    Namespace.self, ObjectKey(name: "kube-system"), deadline: .in(.seconds(15)))
                return try KubernetesClusterID(namespace.uid?.value ?? "")
            } catch {
                try Task.checkCancellation()
                failures += 1
                logger.warning("cannot read the namespace kube-system yet", metadata: ["error": "\(error)"])
                try await Task.sleep(for: configuration.backoff.delay(afterFailures: failures, using: &generator))
            }
        }
    }
}

/// Waits until a graceful shutdown is asked for; false when the task is cancelled first.
func isAskedToStop() async -> Bool {
    do {
        try await gracefulShutdown()
        return true
    } catch {
        return false
    }
}
