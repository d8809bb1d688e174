import Console
import Foundation
import KubernetesModel
import Synchronization
import Vocabulary
import Volumes

@testable import Commands
@testable import Provisioner

/// Manifests and sessions that the tests of this target share.
enum Samples {
    static let classYAML = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: fast
        provisioner: rbd.holdfast.io
        parameters:
          clusterID: ceph
          pool: kube
          imageFeatures: layering
          csi.storage.k8s.io/provisioner-secret-name: key
          csi.storage.k8s.io/provisioner-secret-namespace: holdfast
          csi.storage.k8s.io/node-stage-secret-name: key
          csi.storage.k8s.io/node-stage-secret-namespace: holdfast
        """

    /// A key in cephx's form that opens nothing.
    static let secretYAML = """
        apiVersion: v1
        kind: Secret
        metadata: {name: key, namespace: holdfast}
        stringData:
          userID: kube
          userKey: AQAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAA==
        """

    static func claimYAML(_ name: String, size: String = "1Gi", more: String = "") -> String {
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: \(name)}
        spec:
          storageClassName: fast
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: \(size)}}
        \(more)
        """
    }

    static func documents(_ texts: String...) -> String { texts.joined(separator: "\n---\n") }

    static func catalogue(_ text: String) throws -> ManifestCatalogue {
        try ManifestCatalogue(try ManifestReader.read(text, file: "f"), namespace: "default")
    }

    static func session(input: String = "", isQuiet: Bool = false) -> Session {
        Session(
            streams: StandardStreams(output: .memory(), story: .memory(), environment: [:], isQuiet: isQuiet),
            environment: [:],
            standardInput: { Data(input.utf8) })
    }
}

/// A backend that keeps volumes in memory: what `holdfast provision` asks of it, and how it answers.
final class MemoryBackend: VolumeBackend {
    struct State {
        var volumes: [String: ProvisionedVolume] = [:]
        var creations: [VolumeCreation] = []
        var settled: [String] = []
        var running = 0
        var mostRunning = 0
    }

    private let state = Mutex(State())
    /// What was asked of it so far.
    var recorded: State { state.withLock { $0 } }
    /// The failure of a claim, by name.
    let failures: [String: ProvisionFailure]
    /// Whether creations wait until they are cancelled.
    let hangs: Bool

    init(failures: [String: ProvisionFailure] = [:], hangs: Bool = false) {
        self.failures = failures
        self.hangs = hangs
    }

    func create(_ creation: VolumeCreation, deadline: Deadline) async throws(ProvisionFailure) -> ProvisionedVolume {
        state.withLock {
            $0.creations.append(creation)
            $0.running += 1
            $0.mostRunning = max($0.mostRunning, $0.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        if hangs { await Self.untilCancelled() }
        if Task.isCancelled { throw ProvisionFailure(.inBackground, .retry, "cancelled") }
        await Task.yield()
        if let failure = failures[creation.claimName] { throw failure }
        return state.withLock { state in
            if let known = state.volumes[creation.volumeName] { return known }
            let volume = ProvisionedVolume(
                handle: "0001-0004-ceph-0000000000000001-\(creation.volumeName.dropFirst(4))", size: creation.size,
                attributes: ["clusterID": "ceph", "pool": creation.parameters.pool], pool: creation.parameters.pool,
                imageName: "csi-vol-\(creation.volumeName.dropFirst(4))", monitors: [],
                work: WorkReference(place: creation.place, volumeName: creation.volumeName))
            state.volumes[creation.volumeName] = volume
            return volume
        }
    }

    func settle(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        state.withLock { $0.settled.append(work.volumeName) }
    }

    func delete(_ removal: VolumeRemoval, deadline: Deadline) async throws(ProvisionFailure) {
        throw .infeasible("holdfast provision deletes nothing")
    }

    func finish(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure) {
        throw .infeasible("holdfast provision takes nothing back")
    }

    func pendingWork(at place: StoragePlace, deadline: Deadline) async throws(ProvisionFailure) -> [PendingWork] {
        throw .infeasible("holdfast provision replays nothing")
    }

    func purge(_ place: StoragePlace) async throws(ProvisionFailure) -> PurgeOutcome {
        throw .infeasible("holdfast provision purges nothing")
    }

    private static func untilCancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            continuation.finish()
        }
    }
}
