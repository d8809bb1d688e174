import KubernetesModel
import Logging
import Vocabulary

/// What both controllers work with.
struct ControllerContext: Sendable {
    let settings: ProvisionerSettings
    let kubernetes: any KubernetesAccess
    let backend: any VolumeBackend
    let secrets: SecretCache
    let memory: SharedMemory
    let reporter: Reporter
    /// Binds claims; nil where the controller-manager does.
    let binder: Binder?
    /// How long one create or delete may take.
    let operationTimeout: Duration
    /// How often the deleted volumes of a place are looked at again, since some are kept for a time; nil for never.
    let purgeInterval: Duration?
    /// The clock.
    let now: @Sendable () -> ContinuousClock.Instant
    /// Hands a key to the queue.
    let enqueue: @Sendable (WorkKey, WorkGroup) async -> Void

    init(
        settings: ProvisionerSettings, kubernetes: any KubernetesAccess, backend: any VolumeBackend,
        infeasibleInterval: Duration, operationTimeout: Duration, logger: Logger,
        binder: Binder? = nil, purgeInterval: Duration? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        enqueue: @escaping @Sendable (WorkKey, WorkGroup) async -> Void
    ) {
        self.settings = settings
        self.kubernetes = kubernetes
        self.backend = backend
        self.operationTimeout = operationTimeout
        self.binder = binder
        self.purgeInterval = purgeInterval
        self.now = now
        self.enqueue = enqueue
        secrets = SecretCache { reference throws(APIFailure) in try await kubernetes.readSecret(reference) }
        memory = SharedMemory(ControllerMemory(infeasibleInterval: infeasibleInterval))
        reporter = Reporter(kubernetes: kubernetes, memory: memory, logger: logger)
    }

    /// A deadline for one operation on Ceph.
    var deadline: Deadline { .in(operationTimeout) }

    /// The time since `start`.
    func elapsed(since start: ContinuousClock.Instant) -> Duration {
        start.duration(to: now())
    }

    /// Does one piece of work.
    func perform(_ key: WorkKey) async -> WorkResult {
        switch key {
        case .claim(let uid): await ClaimsController(context: self).sync(uid)
        case .volume(let name): await VolumesController(context: self).sync(name)
        case .replay(let place): await Replay(context: self).run(at: place)
        case .purge(let place): await purge(place)
        }
    }

    /// Removes the data of deleted volumes, a bounded pass at a time.
    private func purge(_ place: StoragePlace) async -> WorkResult {
        do {
            switch try await backend.purge(place) {
            case .clean: return WorkResult(outcome: purgeInterval.map(WorkOutcome.retryAfter) ?? .done)
            case .hasMore: return WorkResult(outcome: .retryAfter(.milliseconds(100)))
            case .hasLater: return WorkResult(outcome: .retry)
            }
        } catch {
            reporter.logger.warning(
                "the data of deleted volumes cannot be removed yet",
                metadata: ["cluster": "\(place.clusterLabel)", "pool": "\(place.pool)", "error": "\(error)"])
            return WorkResult(outcome: .retry)
        }
    }
}

extension WorkResult {
    /// What the queue learns from a failed operation on Ceph.
    init(_ failure: ProvisionFailure, after elapsed: Duration) {
        let sample: ConcurrencyLimit.Sample
        switch (failure.remedy, failure.state) {
        case (.lessLoad, _): sample = .overloaded
        case (_, .noChange): sample = .none
        default: sample = .answered(elapsed)
        }
        self.init(outcome: .retry, sample: sample)
    }
}
