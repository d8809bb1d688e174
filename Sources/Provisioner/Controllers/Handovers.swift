import KubernetesModel

/// Saves the PVs of volumes that have been made, and settles the work then. A PV that cannot be saved is tried for
/// ever: its volume is never deleted for it.
struct Handovers: Sendable {
    let context: ControllerContext

    /// Tries at once, without a detour through the queue; what fails goes there.
    func begin(_ name: String) async {
        let result = await complete(name)
        if result.outcome != .done || context.binder != nil { await context.enqueue(.volume(name), .kubernetes) }
    }

    /// Takes the next steps of a PV on its way, if there is one.
    func complete(_ name: String) async -> WorkResult {
        let taken: ControllerMemory.Handover?? = context.memory.with { memory in
            guard let handover = memory.handovers[name] else { return .some(nil) }
            if handover.isRunning { return nil }
            memory.handovers[name]?.isRunning = true
            return handover
        }
        guard let taken else { return WorkResult(outcome: .retryAfter(.milliseconds(200))) }
        guard let handover = taken else { return WorkResult(outcome: .done) }
        let result = await take(handover, name)
        context.memory.with { memory in
            memory.handovers[name]?.isRunning = false
            if result.outcome == .done { memory.handovers[name] = nil }
        }
        return result
    }

    private func take(_ handover: ControllerMemory.Handover, _ name: String) async -> WorkResult {
        if let volume = handover.volume {
            do {
                try await context.kubernetes.save(volume)
            } catch {
                await saveFailed(volume, error)
                return WorkResult(outcome: error.retryAfter.map(WorkOutcome.retryAfter) ?? .retry)
            }
            context.memory.with { memory in
                memory.handovers[name]?.volume = nil
                if let uid = volume.claim?.uid { memory.saved[uid] = context.now() }
            }
            await context.binder?.begin(name)
            await tellSuccess(volume)
        }
        do {
            try await context.backend.settle(handover.work, deadline: context.deadline)
            return WorkResult(outcome: .done)
        } catch {
            return WorkResult(outcome: .retry)
        }
    }

    private func tellSuccess(_ volume: PersistentVolume) async {
        guard let uid = volume.claim?.uid, let claim = await context.kubernetes.claim(uid) else { return }
        await context.reporter.tell(
            claim, .provisioningSucceeded, "Successfully provisioned volume \(volume.metadata.name)")
    }

    private func saveFailed(_ volume: PersistentVolume, _ failure: APIFailure) async {
        guard let uid = volume.claim?.uid, let claim = await context.kubernetes.claim(uid) else { return }
        await context.reporter.tell(
            claim, .provisioningFailed,
            "the volume is made, but its PersistentVolume \(volume.metadata.name) cannot be saved yet: \(failure.message)",
            cause: "cannot save the PersistentVolume")
    }
}
