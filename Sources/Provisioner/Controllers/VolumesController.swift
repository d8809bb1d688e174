import KubernetesModel
import Volumes

/// Deletes the volumes of released PVs, and keeps our finalizer on the PVs that need it.
///
/// Level-based: each look starts from what is there now and may be repeated at any time.
struct VolumesController: Sendable {
    let context: ControllerContext

    /// Looks at a PV and does what is due.
    ///
    /// Cancellation: ends as soon as the operation under way does; what it left is taken up by the next look.
    func sync(_ name: String) async -> WorkResult {
        // A PV on its way is saved under the same key: it cannot be deleted and saved at the same time.
        let handover = await Handovers(context: context).complete(name)
        guard handover.outcome == .done else { return handover }
        if let binding = await context.binder?.complete(name), binding.outcome != .done { return binding }
        guard let volume = await context.kubernetes.volume(name) else { return await settleDelete(name) }
        switch VolumeDecision(on: volume, settings: context.settings) {
        case .leave:
            return WorkResult(outcome: .done)
        case .addFinalizer:
            return await setFinalizer(on: volume, present: true)
        case .removeFinalizer:
            return await setFinalizer(on: volume, present: false)
        case .delete:
            return await delete(volume)
        }
    }

    private func setFinalizer(on volume: PersistentVolume, present: Bool) async -> WorkResult {
        do {
            try await context.kubernetes.setFinalizer(on: volume, present: present)
            return WorkResult(outcome: .done)
        } catch {
            return WorkResult(outcome: error.retryAfter.map(WorkOutcome.retryAfter) ?? .retry)
        }
    }

    private func delete(_ volume: PersistentVolume) async -> WorkResult {
        let start = context.now()
        let attempt = DeletionAttempt(class: volume.storageClassName ?? "")
        do {
            try await refuseAttached(volume)
            let removal = try await RemovalPlanner(context: context).removal(of: volume)
            context.memory.with { $0.deletes[volume.metadata.name] = .unfinished(removal.work) }
            try await context.backend.delete(removal, deadline: context.deadline)
            context.memory.with { $0.deletes[volume.metadata.name] = .unsettled(removal.work) }
            let elapsed = context.elapsed(since: start)
            try await context.kubernetes.remove(volume)
            attempt.succeeded(after: context.elapsed(since: start))
            await context.enqueue(.purge(removal.place), .background(removal.place.clusterLabel))
            var result = await settleDelete(volume.metadata.name)
            result.sample = .answered(elapsed)
            return result
        } catch let failure as ProvisionFailure {
            attempt.failed()
            await context.reporter.tell(volume, .volumeFailedDelete, failure.message, cause: failure.cause)
            return WorkResult(failure, after: context.elapsed(since: start))
        } catch let failure as APIFailure {
            attempt.failed()
            await context.reporter.tell(
                volume, .volumeFailedDelete,
                "the volume is deleted, but the PersistentVolume cannot be removed yet: \(failure.message)",
                cause: "cannot remove the PersistentVolume")
            return WorkResult(outcome: failure.retryAfter.map(WorkOutcome.retryAfter) ?? .retry)
        } catch {
            attempt.failed()
            return WorkResult(outcome: .retry)
        }
    }

    /// A read-only mapping leaves no trace in Ceph, so an attachment has to be asked for.
    private func refuseAttached(_ volume: PersistentVolume) async throws(ProvisionFailure) {
        let nodes = await context.kubernetes.nodes(attachedTo: volume.metadata.name)
        guard !nodes.isEmpty else { return }
        let list = nodes.sorted().joined(separator: ", ")
        throw ProvisionFailure(
            .finished, .retry,
            "the volume is still attached to \(list): it is deleted once its VolumeAttachment is gone",
            cause: "attached")
    }

    /// The PV is gone: what is on record of its deletion is brought to its end.
    private func settleDelete(_ name: String) async -> WorkResult {
        guard let delete = context.memory.with({ $0.deletes[name] }) else { return WorkResult(outcome: .done) }
        let start = context.now()
        do throws(ProvisionFailure) {
            switch delete {
            case .unsettled(let work): try await context.backend.settle(work, deadline: context.deadline)
            case .unfinished(let work): try await context.backend.finish(work, deadline: context.deadline)
            }
        } catch {
            return WorkResult(error, after: context.elapsed(since: start))
        }
        context.memory.with { $0.deletes[name] = nil }
        return WorkResult(outcome: .done)
    }
}
