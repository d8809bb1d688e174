import KubernetesModel
import Logging
import Volumes

/// Makes the volume of a claim that is ours, and takes it back where the claim went before it had a PV.
///
/// Level-based: each look starts from what is there now and may be repeated at any time.
struct ClaimsController: Sendable {
    let context: ControllerContext

    /// Looks at a claim and does what is due.
    ///
    /// Cancellation: ends as soon as the operation under way does; what it left is taken up by the next look.
    func sync(_ uid: ObjectUID) async -> WorkResult {
        guard let claim = await context.kubernetes.claim(uid) else { return await leave(uid, claim: nil) }
        let named = await context.kubernetes.storageClass(claim.storageClassName ?? "")
        let isFreeToTake = await isFreeToTake(claim)
        switch ClaimOwnership(
            of: claim, names: context.settings.names, isFreeToTake: isFreeToTake, storageClass: { _ in named })
        {
        case .notOurs:
            return await leave(uid, claim: claim)
        case .waitsForNode:
            return WorkResult(outcome: .done)
        case .missingClass(let name):
            await context.reporter.tell(
                claim, .provisioningFailed,
                "StorageClass \(name) does not exist: create it, or make a claim of another one")
            return WorkResult(outcome: .retry)
        case .ours(let storageClass):
            return await consider(claim, uid, storageClass)
        }
    }

    /// Whether a claim that the controller-manager has not handed to anybody may be taken: only where this provisioner
    /// binds claims itself, and no PV is there that the controller-manager might choose for it instead.
    private func isFreeToTake(_ claim: PersistentVolumeClaim) async -> Bool {
        guard context.binder != nil, claim.metadata.firstAnnotation(WellKnown.storageProvisioner) == nil else {
            return false
        }
        for name in context.memory.with({ $0.choices }) {
            if let volume = await context.kubernetes.volume(name), volume.isCandidate(for: claim) { return false }
        }
        return true
    }

    /// Whether there is anything to do for a claim of ours.
    private func consider(
        _ claim: PersistentVolumeClaim, _ uid: ObjectUID, _ storageClass: StorageClass
    ) async -> WorkResult {
        let name = claim.provisionedVolumeName ?? ""
        if await context.kubernetes.volume(name) != nil {
            await context.binder?.begin(name)
            return WorkResult(outcome: .done)
        }
        if case .foreign(let kind, let source) = ClaimSource(of: claim) {
            await context.reporter.tell(
                claim, .provisioning, "waiting for the controller that fills volumes from \(kind) \(source)")
            return WorkResult(outcome: .done)
        }
        let wait: Duration? = context.memory.with { memory in
            if memory.handovers[name] != nil { return .seconds(10) }
            if let since = memory.saved[uid], context.elapsed(since: since) < .seconds(10) { return .seconds(10) }
            return memory.infeasible.wait(
                claim: uid.value, storageClass: storageClass.uid?.value ?? "", now: context.now())
        }
        if let wait { return WorkResult(outcome: .retryAfter(wait)) }
        return await provision(claim, uid, storageClass)
    }

    private func provision(
        _ claim: PersistentVolumeClaim, _ uid: ObjectUID, _ storageClass: StorageClass
    ) async -> WorkResult {
        let start = context.now()
        let attempt = ProvisionAttempt(class: storageClass.metadata.name, source: ClaimSource(of: claim).label)
        var asked: ContinuousClock.Instant?
        var secret: KubernetesModel.SecretReference?
        do throws(ProvisionFailure) {
            let plan = try ProvisioningPlan(claim: claim, storageClass: storageClass, settings: context.settings)
            let credentials = try await credentials(plan)
            secret = plan.secrets.provisioner
            let creation = plan.creation(credentials: credentials)
            let work = WorkReference(place: creation.place, volumeName: plan.volumeName)
            context.memory.with { $0.begun[uid] = work }
            asked = context.now()
            let volume = try await context.backend.create(creation, deadline: context.deadline)
            let elapsed = context.elapsed(since: asked ?? start)
            let saved = plan.persistentVolume(of: volume, settings: context.settings)
            context.memory.with { memory in
                memory.handovers[plan.volumeName] = .init(volume: saved, work: volume.work)
                memory.begun[uid] = nil
            }
            attempt.succeeded(after: context.elapsed(since: start))
            await Handovers(context: context).begin(plan.volumeName)
            return WorkResult(outcome: .done, sample: .answered(elapsed))
        } catch {
            attempt.failed()
            // The key may have been rotated since the Secret was read.
            if error.code == .permissionDenied, let secret { await context.secrets.forget(secret) }
            return await failed(claim, storageClass, error, after: context.elapsed(since: asked ?? start))
        }
    }

    private func credentials(_ plan: ProvisioningPlan) async throws(ProvisionFailure) -> CephCredentials? {
        guard let reference = plan.secrets.provisioner else { return nil }
        let found = try await context.secrets.credentials(reference, defaultUser: plan.secrets.provisionerUser)
        guard let found else {
            throw .notReady(
                "Secret \(reference.key), which class \(plan.storageClass.metadata.name) names, does not exist: create it"
            )
        }
        return found
    }

    private func failed(
        _ claim: PersistentVolumeClaim, _ storageClass: StorageClass, _ failure: ProvisionFailure,
        after elapsed: Duration
    ) async -> WorkResult {
        var result = WorkResult(failure, after: elapsed)
        if failure.remedy == .change, let uid = claim.uid {
            let wait = context.memory.with {
                $0.infeasible.remember(
                    claim: uid.value, storageClass: storageClass.uid?.value ?? "", now: context.now())
            }
            result.outcome = .retryAfter(wait)
        }
        await context.reporter.tell(claim, .provisioningFailed, failure.message, cause: failure.cause)
        return result
    }

    /// The claim is gone, bound or not ours any more: whatever was begun for it is taken back, unless its PV is there.
    private func leave(_ uid: ObjectUID, claim: PersistentVolumeClaim?) async -> WorkResult {
        // A claim that names its PV, but is not bound yet, or said to be lost.
        if let binder = context.binder, let claim, let name = claim.volumeName, claim.phase != "Bound",
            name == claim.provisionedVolumeName, await context.kubernetes.volume(name) != nil
        {
            await binder.begin(name)
        }
        let (work, isOnItsWay) = context.memory.with { memory in
            (memory.begun[uid], memory.handovers["pvc-\(uid)"] != nil)
        }
        guard let work else {
            if !isOnItsWay { context.memory.with { $0.forget(claim: uid) } }
            return WorkResult(outcome: .done)
        }
        let start = context.now()
        do {
            // Read anew: an image must never be taken back while a PV names it.
            if try await context.kubernetes.readVolume(work.volumeName) == nil {
                try await context.backend.finish(work, deadline: context.deadline)
            } else {
                try await context.backend.settle(work, deadline: context.deadline)
            }
            context.memory.with { $0.forget(claim: uid) }
            return WorkResult(outcome: .done, sample: .answered(context.elapsed(since: start)))
        } catch let failure as ProvisionFailure {
            if let claim {
                await context.reporter.tell(
                    claim, .provisioningCleanupFailed, failure.message, cause: failure.cause)
            }
            return WorkResult(failure, after: context.elapsed(since: start))
        } catch {
            context.reporter.logger.warning(
                "a volume that nobody wants any more cannot be taken back yet",
                metadata: ["volume": "\(work.volumeName)", "error": "\(error)"])
            return WorkResult(outcome: .retry)
        }
    }
}
