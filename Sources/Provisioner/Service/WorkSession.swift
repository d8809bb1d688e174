import KubernetesClient
import KubernetesModel
import Logging
import ServiceLifecycle
import Vocabulary
import Volumes

/// The work of a leader: takes up what an earlier run left and answers claims, until a graceful shutdown.
struct WorkSession: Sendable {
    let configuration: ServiceConfiguration
    let kubernetes: LiveKubernetes
    let connections: CephConnections
    let status: ProvisionerStatus
    let logger: Logger

    /// How often the deleted volumes of a place are looked at again.
    private static let purgeInterval = Duration.seconds(600)
    private static let probeInterval = Duration.seconds(10)
    private static let probeLimit = Duration.seconds(8)

    /// Works until a graceful shutdown, then finishes what was started; or until the task is cancelled.
    func run() async -> ProvisionerService.Ending {
        let runner = WorkRunner<WorkKey, WorkGroup>(
            WorkQueue(
                maximumRunning: configuration.workers, backoff: configuration.backoff,
                limits: .init(initial: min(32, configuration.workers), minimum: 1, maximum: configuration.workers),
                seed: .random(in: 0...(.max))),
            name: "provisioner")
        let enqueue: @Sendable (WorkKey, WorkGroup) async -> Void = { key, group in await runner.add(key, group: group)
        }
        let binder = configuration.provisioner.binding == .direct ? binder(enqueue) : nil
        let context = context(binder, enqueue)
        await withDiscardingTaskGroup { group in
            if let binder { group.addTask { await binder.run() } }
            group.addTask {
                await begin(context)
                await Intake(stores: kubernetes.stores, context: context).run()
            }
            group.addTask { await probe() }
            group.addTask { if await isAskedToStop() { await runner.close() } }
            logger.info("working")
            await runner.run { key in await context.perform(key) }
            group.cancelAll()
        }
        // Whose time is up does not wait for what hangs: the Lease goes on naming these connections, and they end with the
        // process.
        if Task.isCancelled { return .cancelled }
        await connections.close()
        return Task.isCancelled ? .cancelled : .stopped
    }

    /// Looks for what an earlier run left, at every place that is known.
    private func begin(_ context: ControllerContext) async {
        for place in await Replay(context: context).places() {
            await context.enqueue(.replay(place), .ceph(place.clusterLabel))
            await context.enqueue(.purge(place), .background(place.clusterLabel))
        }
    }

    private func binder(_ enqueue: @escaping @Sendable (WorkKey, WorkGroup) async -> Void) -> Binder {
        let name = configuration.provisioner.names.first ?? ""
        return Binder(
            kubernetes: kubernetes,
            probe: ProbeVolume(
                provisioner: name, namespace: configuration.leaseNamespace ?? kubernetes.client.namespace,
                nonce: "\(UInt32.random(in: 0...(.max)))"),
            logger: logger, enqueue: enqueue)
    }

    private func context(
        _ binder: Binder?, _ enqueue: @escaping @Sendable (WorkKey, WorkGroup) async -> Void
    ) -> ControllerContext {
        let volumes = kubernetes.stores.volumes
        let backend = CephVolumeBackend(connections, logger: logger) { id in
            !volumes.filter { $0.holdfastHandle == id.description }.isEmpty
        }
        return ControllerContext(
            settings: configuration.provisioner, kubernetes: kubernetes, backend: backend,
            infeasibleInterval: configuration.backoff.maximum, operationTimeout: configuration.operationTimeout,
            logger: logger, binder: binder, purgeInterval: Self.purgeInterval, enqueue: enqueue)
    }

    /// Asks the connected Ceph clusters at intervals how they are, for the readiness probe.
    private func probe() async {
        while !Task.isCancelled {
            for change in status.probed(await connections.probe(within: Self.probeLimit)) {
                if let trouble = change.trouble {
                    logger.error(
                        "a Ceph cluster does not answer",
                        metadata: ["cluster": "\(change.cluster)", "error": "\(trouble)"])
                } else {
                    logger.notice("a Ceph cluster answers again", metadata: ["cluster": "\(change.cluster)"])
                }
            }
            do {
                try await Task.sleep(for: Self.probeInterval)
            } catch {
                return  // Cancelled: the session ends.
            }
        }
    }
}
