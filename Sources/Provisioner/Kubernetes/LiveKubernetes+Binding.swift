import KubernetesClient
import KubernetesModel
import Logging
import Vocabulary

// The writes of direct binding. Each is conditional on the state that it was decided on; one that fails for that is no
// failure: the watches bring what is new, and the decision is taken again.
extension LiveKubernetes {
    /// Sets the phase of a new PV.
    func markBound(_ volume: PersistentVolume) async throws(APIFailure) {
        let status: JSONObject = ["status": ["phase": "Bound"]]
        let written = try await unlessChanged { () async throws(KubernetesError) in
            try await client.patch(
                PersistentVolume.self, volume.key, .merge(status), subresource: "status",
                resourceVersion: volume.metadata.resourceVersion, deadline: deadline)
        }
        if let written { stores.volumes.remember(written.trimmed()) }
    }

    /// Has a claim name its PV.
    func name(_ volume: PersistentVolume, for uid: ObjectUID) async throws(APIFailure) {
        try await change(uid, .merge(ClaimBinding.naming(volume)), subresource: nil)
    }

    /// Has a claim's status say that it is bound.
    func markBound(claim uid: ObjectUID, _ volume: PersistentVolume) async throws(APIFailure) {
        try await change(uid, .merge(ClaimBinding.status(volume)), subresource: "status")
    }

    /// Begins a round of the probe, which is made if it is not there.
    func write(_ probe: ProbeVolume, round: Int) async throws(APIFailure) {
        let key = ObjectKey(name: probe.name)
        for _ in 0..<2 {
            do {
                _ = try await client.patch(
                    PersistentVolume.self, key, .merge(probe.status(round: round)), subresource: "status",
                    deadline: deadline)
                return
            } catch {
                guard error.isNotFound else { throw APIFailure(error) }
            }
            do {
                _ = try await client.create(probe.object, deadline: deadline)
            } catch {
                guard error.isAlreadyExists else { throw APIFailure(error) }
            }
        }
        throw APIFailure(message: "PersistentVolume \(probe.name) is removed as often as it is made")
    }

    /// Removes the probe. One that stays behind does no harm.
    func removeProbe(_ probe: ProbeVolume, _ logger: Logger) async {
        do {
            try await client.delete(PersistentVolume.self, ObjectKey(name: probe.name), deadline: .in(.seconds(5)))
        } catch  where error.isNotFound {
            return  // It was never needed.
        } catch {
            logger.debug("the binding probe stays", metadata: ["volume": "\(probe.name)", "error": "\(error)"])
        }
    }

    private func change(_ uid: ObjectUID, _ patch: Patch, subresource: String?) async throws(APIFailure) {
        guard let claim = stores.claims.object(uid: uid) else { return }
        let written = try await unlessChanged { () async throws(KubernetesError) in
            try await client.patch(
                PersistentVolumeClaim.self, claim.key, patch, subresource: subresource,
                resourceVersion: claim.metadata.resourceVersion, deadline: deadline)
        }
        if let written {
            stores.claims.remember(written.trimmed())
            return
        }
        // The watch will tell, but not at once: what is there now is asked for.
        let current = try await found { () async throws(KubernetesError) in
            try await client.get(PersistentVolumeClaim.self, claim.key, deadline: deadline)
        }
        if let current, current.uid == uid { stores.claims.remember(current.trimmed()) }
    }

    private func unlessChanged<Object>(
        _ request: () async throws(KubernetesError) -> Object
    ) async throws(APIFailure) -> Object? {
        do {
            return try await request()
        } catch {
            if error.isConflict || error.isNotFound { return nil }
            throw APIFailure(error)
        }
    }
}
