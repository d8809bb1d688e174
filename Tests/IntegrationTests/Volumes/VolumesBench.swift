import Ceph
import LabSupport
import Logging
import TestSupport
import Testing
import Vocabulary

@testable import Volumes

/// A pool of a test's own on the cluster that tests share, and what a test needs to work on it.
struct VolumesBench {
    let lab: CephLab
    let cluster: Cluster
    let pool: String
    let poolID: PoolID
    let kubernetesCluster: KubernetesClusterID

    static let clusterID = "lab"

    /// Runs `body` with a new pool, and removes the pool whatever comes of it.
    static func with(_ body: (VolumesBench) async throws -> Void) async throws {
        try await turnstile.run { try await with(CephLab.shared(), body) }
    }

    private static let turnstile = Turnstile(4)

    /// The same on a cluster of the test's own.
    static func with(_ lab: CephLab, _ body: (VolumesBench) async throws -> Void) async throws {
        let cluster = try await Cluster.connect(
            ClusterConfiguration(confFile: lab.conf), logger: Logger(label: "volumes tests"))
        let pool = "volumes-\(UInt32.random(in: .min ... .max))"
        do {
            try await cluster.createPool(pool)
            let bench = VolumesBench(
                lab: lab, cluster: cluster, pool: pool, poolID: try await cluster.poolID(named: pool),
                kubernetesCluster: try KubernetesClusterID("6cbd1f34-8d52-4c56-8f43-3a6b7a3b8c11"))
            try await body(bench)
        } catch {
            await remove(pool, cluster)
            throw error
        }
        await remove(pool, cluster)
    }

    private static func remove(_ pool: String, _ cluster: Cluster) async {
        do {
            try await cluster.deletePool(pool)
        } catch {
            Issue.record("the pool \(pool) stays: \(error)")
        }
        await cluster.close()
    }

    /// A service as after a start: it knows nothing of earlier ones.
    func service(clusterName: String? = nil, hook: CallHook? = nil) throws -> VolumeService {
        try VolumeService(
            cluster: cluster,
            options: VolumeService.Options(
                clusterID: Self.clusterID, kubernetesCluster: kubernetesCluster, clusterName: clusterName),
            logger: Logger(label: "volumes tests"), hook: hook)
    }

    func purger(_ service: VolumeService) -> Purger {
        Purger(service, logger: Logger(label: "volumes tests"))
    }

    var location: PoolLocation { PoolLocation(pool: pool) }

    func context(namespace: String = "") async throws -> IOContext {
        try await cluster.ioContext(pool: pool, namespace: namespace, allowsFullPool: true)
    }

    /// A request under a new name.
    func request(
        size: ByteCount = .mib(16), features: ImageFeatures? = [.layering], namespace: String = ""
    ) throws -> VolumeRequest {
        let uuid = VolumeUUID(named: "\(UInt64.random(in: .min ... .max))", in: [])
        return VolumeRequest(
            name: try VolumeName("pvc-\(uuid)"), location: PoolLocation(pool: pool, radosNamespace: namespace),
            size: size, recipe: ImageRecipe(features: features), claimNamespace: "team", claimName: "data")
    }

    func create(_ request: VolumeRequest, with service: VolumeService? = nil) async throws -> Volume {
        try await (try service ?? self.service()).create(request, deadline: .in(.seconds(60))) { _ in false }
    }

    func deletion(_ volume: Volume, retention: Duration = .zero) -> VolumeDeletion {
        VolumeDeletion(
            id: volume.id, name: volume.name, radosNamespace: volume.location.radosNamespace,
            imageName: volume.imageName, retention: retention, volumeManifest: #"{"kind":"PersistentVolume"}"#,
            claimManifest: #"{"kind":"PersistentVolumeClaim"}"#)
    }
}

/// Stops the work at the n-th moment around a call into Ceph, as a kill would.
final class Crash: Sendable {
    private let left: Counter

    /// - Parameter moment: 0 stops before the first call, 1 after it, 2 before the second, and so on.
    init(at moment: Int) {
        left = Counter(moment)
    }

    /// Whether the moment has come.
    var hasHappened: Bool { left.value < 0 }

    func hook(_ moment: CallMoment) throws(VolumeError) {
        if left.decrement() < 0 { throw Crash.error }
    }

    /// What a stopped call throws.
    static let error = VolumeError(.unavailable, "crash", because: "the test wants it", next: "start again")
}
