import KubernetesModel
import Logging
import Volumes

/// Takes up what an earlier run, or the leader before, began and did not settle.
///
/// It only reads the records and puts their keys into the queue: the controllers do the work, each key serially, so
/// that it cannot meet the same work of this run.
struct Replay: Sendable {
    let context: ControllerContext

    /// What a record calls for, seen beside the PV that is there or not.
    enum Step: Hashable {
        /// The PV is saved: the record is settled.
        case settleCreate
        /// There is no PV: the claim is made to look, which finishes the volume or takes it back.
        case lookAtClaim(ObjectUID)
        /// No claim belongs to the volume's name: it is taken back.
        case takeBack
        /// The PV is there still: it is made to look.
        case lookAtVolume
        /// The PV is gone: the delete is completed.
        case finishDelete

        init(_ kind: PendingWork.Kind, volumeName: String, hasVolume: Bool) {
            switch (kind, hasVolume) {
            case (.create, true): self = .settleCreate
            case (.create, false):
                self = Self.claim(ofVolume: volumeName).map(Step.lookAtClaim) ?? .takeBack
            case (.delete, true): self = .lookAtVolume
            case (.delete, false): self = .finishDelete
            }
        }

        private static func claim(ofVolume name: String) -> ObjectUID? {
            guard name.hasPrefix("pvc-"), name.count > 4 else { return nil }
            return ObjectUID(String(name.dropFirst(4)))
        }
    }

    /// Takes up what is on record at a place.
    func run(at place: StoragePlace) async -> WorkResult {
        let start = context.now()
        do {
            let pending = try await context.backend.pendingWork(at: place, deadline: context.deadline)
            for work in pending { try await takeUp(work) }
            context.reporter.logger.info(
                "looked for work of an earlier run",
                metadata: ["cluster": "\(place.clusterLabel)", "pool": "\(place.pool)", "found": "\(pending.count)"])
            return WorkResult(outcome: .done, sample: .answered(context.elapsed(since: start)))
        } catch {
            context.reporter.logger.warning(
                "cannot look for work of an earlier run yet",
                metadata: ["cluster": "\(place.clusterLabel)", "pool": "\(place.pool)", "error": "\(error)"])
            return WorkResult(error, after: context.elapsed(since: start))
        }
    }

    private func takeUp(_ pending: PendingWork) async throws(ProvisionFailure) {
        let name = pending.work.volumeName
        let volume: PersistentVolume?
        do {
            volume = try await context.kubernetes.readVolume(name)
        } catch {
            throw .notReady("cannot read PersistentVolume \(name): \(error.message)")
        }
        let group = WorkGroup.ceph(pending.work.place.clusterLabel)
        switch Step(pending.kind, volumeName: name, hasVolume: volume != nil) {
        case .settleCreate:
            try await context.backend.settle(pending.work, deadline: context.deadline)
        case .lookAtClaim(let uid):
            let isKnown = context.memory.with { memory in
                if memory.handovers[name] != nil || memory.begun[uid] != nil { return true }
                memory.begun[uid] = pending.work
                return false
            }
            if !isKnown { await context.enqueue(.claim(uid), group) }
        case .takeBack:
            try await context.backend.finish(pending.work, deadline: context.deadline)
        case .lookAtVolume:
            await context.enqueue(.volume(name), group)
        case .finishDelete:
            context.memory.with { $0.deletes[name] = .unfinished(pending.work) }
            await context.enqueue(.volume(name), group)
        }
    }

    /// The places where this Kubernetes cluster may have left work: those of its classes, of its claims without a
    /// volume and of its PVs.
    func places() async -> Set<StoragePlace> {
        var places: [String: StoragePlace] = [:]
        func note(_ place: StoragePlace) {
            let key = "\(place.cluster) \(place.pool) \(place.radosNamespace ?? "")"
            if places[key]?.credentials == nil { places[key] = place }
        }
        for storageClass in await context.kubernetes.storageClasses()
        where context.settings.names.contains(storageClass.provisioner) {
            if let place = await place(of: storageClass) { note(place) }
        }
        for claim in await context.kubernetes.claims() where claim.volumeName == nil {
            if let place = await place(of: claim) { note(place) }
        }
        for volume in await context.kubernetes.volumes()
        where VolumeDecision.isOurs(volume, settings: context.settings) {
            do {
                note(try await RemovalPlanner(context: context).removal(of: volume).place)
            } catch {
                continue  // A PV without a readable handle or Secret tells no place that another one does not.
            }
        }
        return Set(places.values)
    }

    /// The place of a class whose Secret is the same for all its claims.
    private func place(of storageClass: StorageClass) async -> StoragePlace? {
        do {
            let parameters = try VolumeParameters(parsing: storageClass.parameters)
            let secrets = try PlannedSecrets(parameters, in: SecretContext(volumeName: ""))
            var credentials: CephCredentials?
            if let reference = secrets.provisioner {
                credentials = try await context.secrets.credentials(reference, defaultUser: secrets.provisionerUser)
            }
            return StoragePlace(parameters, credentials: credentials)
        } catch {
            return nil  // Its claims and PVs tell the place.
        }
    }

    private func place(of claim: PersistentVolumeClaim) async -> StoragePlace? {
        let storageClass = await context.kubernetes.storageClass(claim.storageClassName ?? "")
        guard let storageClass, context.settings.names.contains(storageClass.provisioner) else { return nil }
        do {
            let plan = try ProvisioningPlan(claim: claim, storageClass: storageClass, settings: context.settings)
            var credentials: CephCredentials?
            if let reference = plan.secrets.provisioner {
                credentials = try await context.secrets.credentials(
                    reference, defaultUser: plan.secrets.provisionerUser)
            }
            return StoragePlace(plan.parameters, credentials: credentials)
        } catch {
            return nil  // What cannot be planned was never begun.
        }
    }
}
