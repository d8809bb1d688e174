import KubernetesClient
import KubernetesModel
import Vocabulary

/// Kubernetes through its API: lookups in what is watched, requests through the client.
struct LiveKubernetes: KubernetesAccess {
    let client: KubernetesClient
    let stores: ClusterStores
    let events: EventRecorder

    /// How long one request may take.
    private static let requestLimit = Duration.seconds(30)
    var deadline: Deadline { .in(Self.requestLimit) }

    func claim(_ uid: ObjectUID) async -> PersistentVolumeClaim? { stores.claims.object(uid: uid) }
    func claims() async -> [PersistentVolumeClaim] { stores.claims.objects }
    func volume(_ name: String) async -> PersistentVolume? { stores.volumes[ObjectKey(name: name)] }
    func volumes() async -> [PersistentVolume] { stores.volumes.objects }
    func storageClass(_ name: String) async -> StorageClass? { stores.classes[ObjectKey(name: name)] }
    func storageClasses() async -> [StorageClass] { stores.classes.objects }

    func nodes(attachedTo volumeName: String) async -> [String] {
        stores.attachments.filter { $0.volumeName == volumeName }.map(\.nodeName)
    }

    func readSecret(_ reference: SecretReference) async throws(APIFailure) -> Secret? {
        try await found { () async throws(KubernetesError) in
            try await client.get(Secret.self, reference.key, deadline: deadline)
        }
    }

    func readVolume(_ name: String) async throws(APIFailure) -> PersistentVolume? {
        try await found { () async throws(KubernetesError) in
            try await client.get(PersistentVolume.self, ObjectKey(name: name), deadline: deadline)
        }
    }

    func save(_ volume: PersistentVolume) async throws(APIFailure) {
        do {
            stores.volumes.remember(try await client.create(volume, deadline: deadline).trimmed())
            return
        } catch {
            guard error.isAlreadyExists else { throw APIFailure(error) }
        }
        let existing = try await readVolume(volume.metadata.name)
        guard let existing, existing.holdfastHandle == volume.holdfastHandle, existing.claim?.uid == volume.claim?.uid
        else {
            throw APIFailure(
                message: "a PersistentVolume \(volume.metadata.name) of another claim or with another handle is there")
        }
    }

    func remove(_ volume: PersistentVolume) async throws(APIFailure) {
        do {
            try await client.delete(
                PersistentVolume.self, volume.key, Deletion(uid: volume.uid), deadline: deadline)
        } catch {
            // Gone, or another one has the name by now.
            if error.isNotFound || error.isConflict { return }
            throw APIFailure(error)
        }
        try await setFinalizer(on: volume, present: false)
    }

    /// The list of finalizers is patched by position, with a test: other controllers take theirs away at the same
    /// moment, and a list that is replaced whole would bring those back.
    func setFinalizer(on volume: PersistentVolume, present: Bool) async throws(APIFailure) {
        var current = volume
        for attempt in 1... {
            guard let patch = Self.finalizerPatch(current.metadata.finalizers, present: present) else { return }
            do {
                stores.volumes.remember(
                    try await client.patch(PersistentVolume.self, volume.key, patch, deadline: deadline).trimmed())
                return
            } catch {
                if error.isNotFound { return }
                guard error.isInvalid || error.isConflict, attempt < 4 else { throw APIFailure(error) }
            }
            guard let read = try await readVolume(volume.metadata.name), read.uid == volume.uid else { return }
            current = read
        }
    }

    /// The patch that brings our finalizer in or out; nil when nothing is to be done.
    static func finalizerPatch(_ finalizers: [String], present: Bool) -> Patch? {
        let path = "/metadata/finalizers"
        let ours = JSONValue.string(WellKnown.volumeFinalizer)
        let place = finalizers.firstIndex(of: WellKnown.volumeFinalizer)
        switch (present, place) {
        case (true, nil) where finalizers.isEmpty: return .json([.add(path, .array([ours]))])
        case (true, nil): return .json([.add("\(path)/-", ours)])
        case (false, let place?): return .json([.test("\(path)/\(place)", ours), .remove("\(path)/\(place)")])
        case (true, _?), (false, nil): return nil
        }
    }

    func report(_ report: Report) async {
        events.record(
            report.reason.severity, about: report.about, reason: report.reason.rawValue, message: report.message)
    }

    func found<Object>(
        _ request: () async throws(KubernetesError) -> Object
    ) async throws(APIFailure) -> Object? {
        do {
            return try await request()
        } catch {
            if error.isNotFound { return nil }
            throw APIFailure(error)
        }
    }
}

extension APIFailure {
    /// A failed request.
    init(_ error: KubernetesError) {
        self.init(message: "\(error)", retryAfter: error.retryAfter)
    }
}
