import KubernetesModel
import Synchronization
import Vocabulary
import Volumes

@testable import Provisioner

/// One process's way to the world: the API and the backend as it sees them. When the process is killed the door shuts.
final class WorldDoor: KubernetesAccess, VolumeBackend {
    let world: Mutex<World>
    let turnstile: Turnstile

    init(_ world: World, turnstile: Turnstile) {
        self.world = Mutex(world)
        self.turnstile = turnstile
    }

    // MARK: What the watches have brought

    func claim(_ uid: ObjectUID) async -> PersistentVolumeClaim? { world.withLock { $0.seenClaims[uid] } }
    func claims() async -> [PersistentVolumeClaim] { world.withLock { Array($0.seenClaims.values) } }
    func volume(_ name: String) async -> PersistentVolume? { world.withLock { $0.seenVolumes[name] } }
    func volumes() async -> [PersistentVolume] { world.withLock { Array($0.seenVolumes.values) } }
    func storageClass(_ name: String) async -> StorageClass? {
        world.withLock { $0.storageClass.metadata.name == name ? $0.storageClass : nil }
    }
    func storageClasses() async -> [StorageClass] { world.withLock { [$0.storageClass] } }
    func nodes(attachedTo volumeName: String) async -> [String] { world.withLock { $0.attachedNodes } }

    // MARK: Requests to the API

    func readSecret(_ reference: KubernetesModel.SecretReference) async throws(APIFailure) -> Secret? {
        guard world.withLock({ $0.hasSecrets }) else { return nil }
        var secret = Secret(name: reference.name, namespace: reference.namespace)
        secret.json["stringData"] = ["userID": "kube", "userKey": "AQCeTz1ncoS2HhAAm0XjTXe0YcQmR1Zb0vPn3w=="]
        return secret
    }

    func readVolume(_ name: String) async throws(APIFailure) -> PersistentVolume? {
        try await request { $0.volumes[name] }
    }

    func save(_ volume: PersistentVolume) async throws(APIFailure) {
        try await request { world in
            let name = volume.metadata.name
            guard world.volumes[name] == nil else { return }
            if world.disk.volumes[name] != true { world.violations.append("PV \(name) saved without its volume") }
            var saved = volume
            saved.metadata.uid = ObjectUID("pv-\(name)")
            world.writes.append("create \(name)")
            world.volumes[name] = saved
        }
    }

    func remove(_ volume: PersistentVolume) async throws(APIFailure) {
        let name = volume.metadata.name
        try await request { world in
            world.writes.append("delete \(name)")
            world.deleteVolume(name)
        }
        try await request { world in
            world.writes.append("finalizer \(name)")
            world.removeFinalizer(WellKnown.volumeFinalizer, of: name)
        }
    }

    func setFinalizer(on volume: PersistentVolume, present: Bool) async throws(APIFailure) {
        try await request { world in world.violations.append("the finalizer of \(volume.metadata.name) was missing") }
    }

    func report(_ report: Report) async {
        world.withLock { world in
            world.events.append((report.about.name, report.reason.rawValue, report.message))
        }
    }

    private func request<Value: Sendable>(
        _ effect: (inout World) -> Value
    ) async throws(APIFailure) -> Value {
        switch await turnstile.turn() {
        case .pass:
            return world.withLock { effect(&$0) }
        case .loseAnswer:
            _ = world.withLock { effect(&$0) }
            throw APIFailure(message: "timed out")
        case .refuse, .dead:
            throw APIFailure(message: "connection refused")
        }
    }

    // MARK: The backend

    func create(_ creation: VolumeCreation, deadline: Deadline) async throws(ProvisionFailure) -> ProvisionedVolume {
        let name = creation.volumeName
        // Three writes, each of which may be the last: the record, the half-made image, the whole one.
        try await operation { $0.disk.records[name] = .create }
        try await operation { if $0.disk.volumes[name] == nil { $0.disk.volumes[name] = false } }
        try await operation { $0.disk.volumes[name] = true }
        return ProvisionedVolume(
            handle: "0001-0002-c1-0000000000000001-\(name.dropFirst(4))", size: creation.size,
            attributes: ["clusterID": "c1", "pool": "rbd", "imageName": "csi-vol-\(name.dropFirst(4))"], pool: "rbd",
            imageName: "csi-vol-\(name.dropFirst(4))", monitors: [],
            work: WorkReference(place: creation.place, volumeName: name))
    }

    func delete(_ removal: VolumeRemoval, deadline: Deadline) async throws(ProvisionFailure) {
        let name = removal.volumeName
        try await operation { $0.disk.records[name] = .delete }
        try await operation { world in
            world.deletedWith.append(removal.place.credentials?.user)
            world.takeImage(name)
        }
    }

    func finish(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        try await operation { world in
            if world.volumes[work.volumeName] != nil {
                world.violations.append("\(work.volumeName): a PV's volume taken back")
            }
            world.takeImage(work.volumeName)
        }
        try await operation { $0.disk.records[work.volumeName] = nil }
    }

    func settle(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        try await operation { $0.disk.records[work.volumeName] = nil }
    }

    func pendingWork(at place: StoragePlace, deadline: Deadline) async throws(ProvisionFailure) -> [PendingWork] {
        try await operation { world in
            world.disk.records.sorted { $0.key < $1.key }.map { name, kind in
                PendingWork(kind, WorkReference(place: place, volumeName: name))
            }
        }
    }

    func purge(_ place: StoragePlace) async throws(ProvisionFailure) -> PurgeOutcome { .clean }

    private func operation<Value: Sendable>(
        _ effect: (inout World) -> Value
    ) async throws(ProvisionFailure) -> Value {
        switch await turnstile.turn() {
        case .pass:
            return world.withLock { effect(&$0) }
        case .loseAnswer:
            _ = world.withLock { effect(&$0) }
            throw ProvisionFailure(.inBackground, .lessLoad, "no answer in time")
        case .refuse, .dead:
            throw ProvisionFailure(.finished, .retry, "refused")
        }
    }
}

extension World {
    /// Removes a volume's image; while a Bound PV names it that is data loss.
    fileprivate mutating func takeImage(_ name: String) {
        if volumes[name]?.phase == "Bound" { violations.append("\(name): image deleted under a bound PV") }
        disk.volumes[name] = nil
    }
}
