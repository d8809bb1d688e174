import KubernetesModel
import Logging
import Metrics

/// Binds claims to the PVs that were made for them, without the controller-manager: at its default limits that binds
/// four claims a second, whoever provisions.
///
/// Order of the writes, each of which may be the last one of a killed process, after which the controller-manager or the
/// next leader goes on: the PV with its `claimRef` (``Handovers``), the PV's phase, then, when the controller-manager
/// knows the PV (``KnownVolumes``), the claim's `volumeName` and annotations on the condition that the claim has not
/// changed, the claim's status.
actor Binder {
    private let kubernetes: LiveKubernetes
    private let probe: ProbeVolume
    private let logger: Logger
    private let enqueue: @Sendable (WorkKey, WorkGroup) async -> Void
    private var known = KnownVolumes()
    /// PVs whose claims are not bound yet; true when the controller-manager knows them.
    private var unbound: [String: Bool] = [:]
    /// The round under way, and since when.
    private var asked: (round: Int, since: ContinuousClock.Instant)?
    private let events: AsyncStream<KnownVolumes.Event>
    private let continuation: AsyncStream<KnownVolumes.Event>.Continuation

    /// After what time a round is given up and another one begun.
    private static let patience = Duration.seconds(5)

    /// A binder; it does nothing before ``run()``.
    init(
        kubernetes: LiveKubernetes, probe: ProbeVolume, logger: Logger,
        enqueue: @escaping @Sendable (WorkKey, WorkGroup) async -> Void
    ) {
        self.kubernetes = kubernetes
        self.probe = probe
        self.logger = logger
        self.enqueue = enqueue
        (events, continuation) = AsyncStream.makeStream()
    }

    /// A PV has been saved, or was found without its claim bound.
    func begin(_ name: String) {
        guard unbound[name] == nil else { return }
        unbound[name] = false
        take(.saved(name))
    }

    /// A PV has changed: it may be the probe.
    func saw(_ volume: PersistentVolume) {
        guard let round = probe.answer(in: volume) else { return }
        if let asked, asked.round == round {
            Timer(label: "holdfast_binding_probe_seconds").record(duration: asked.since.duration(to: .now))
            self.asked = nil
        }
        take(.answered(round: round))
    }

    /// Writes what is due for a PV. Called for one PV at a time.
    func complete(_ name: String) async -> WorkResult {
        guard let isKnown = unbound[name] else { return WorkResult(outcome: .done) }
        guard let volume = await kubernetes.volume(name), let uid = volume.claim?.uid else {
            forget(name)
            return WorkResult(outcome: .done)
        }
        do throws(APIFailure) {
            if volume.phase == nil || volume.phase == "Pending" { try await kubernetes.markBound(volume) }
            guard isKnown else { return WorkResult(outcome: .done) }
            // Two writes, and a change by somebody else in between.
            for _ in 0..<4 {
                switch ClaimBinding(of: await kubernetes.claim(uid), to: volume) {
                case .name: try await kubernetes.name(volume, for: uid)
                case .status: try await kubernetes.markBound(claim: uid, volume)
                case .done:
                    forget(name)
                    return WorkResult(outcome: .done)
                }
            }
            return WorkResult(outcome: .retry)
        } catch {
            logger.debug("a claim cannot be bound yet", metadata: ["volume": "\(name)", "error": "\(error.message)"])
            return WorkResult(outcome: error.retryAfter.map(WorkOutcome.retryAfter) ?? .retry)
        }
    }

    /// Asks the controller-manager, round after round while PVs wait, until the task is cancelled; then the probe is
    /// removed. What was lost of it is made anew.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await event in events { follow(known.handle(event), in: &group) }
            group.cancelAll()
        }
        // The task has been cancelled; the probe is to go all the same.
        await Task { await kubernetes.removeProbe(probe, logger) }.value
    }

    private func take(_ event: KnownVolumes.Event) {
        continuation.yield(event)
    }

    private func forget(_ name: String) {
        unbound[name] = nil
        take(.forgotten(name))
    }

    private func follow(_ actions: [KnownVolumes.Action], in group: inout DiscardingTaskGroup) {
        for action in actions {
            switch action {
            case .probe(let round):
                group.addTask { await self.ask(round) }
            case .known(let names):
                for name in names where unbound[name] != nil {
                    unbound[name] = true
                    group.addTask { await self.enqueue(.volume(name), .kubernetes) }
                }
            case .silent(let rounds):
                // Told after ten seconds, and every two minutes from then on.
                guard rounds == 2 || rounds % 24 == 0 else { continue }
                logger.warning(
                    "the controller-manager does not get to new volumes; claims wait for it",
                    metadata: ["for": "\(Self.patience * rounds)", "claims": "\(known.count)"])
            }
        }
    }

    /// Begins a round and watches over it.
    private func ask(_ round: Int) async {
        asked = (round, .now)
        do {
            try await kubernetes.write(probe, round: round)
        } catch {
            logger.warning("the binding probe cannot be written", metadata: ["error": "\(error.message)"])
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            take(.failed(round: round))
            return
        }
        do { try await Task.sleep(for: Self.patience) } catch { return }
        take(.overdue(round: round))
    }
}
