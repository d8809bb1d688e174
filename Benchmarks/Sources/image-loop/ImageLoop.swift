import Ceph
import Foundation
import Logging
import Vocabulary
import Volumes

/// Makes, or deletes, volumes through `Volumes` with so many operations in flight.
///
///     image-loop create|delete CONF ID POOL COUNT IN_FLIGHT PREFIX SIZE_MIB
///
/// Takes what `thread-loop` takes and prints what it prints: one line of JSON with count, seconds and cpuSeconds.
@main
struct ImageLoop {
    let service: VolumeService
    let pool: PoolLocation
    let poolID: PoolID
    let prefix: String
    let size: ByteCount

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 9, ["create", "delete"].contains(words[1]), words[7].utf8.count == 23,
            let count = Int(words[5]), let inFlight = Int(words[6]), let size = UInt64(words[8])
        else {
            FileHandle.standardError.write(
                Data(
                    "usage: image-loop create|delete CONF ID POOL COUNT IN_FLIGHT PREFIX(23 characters) SIZE_MIB\n".utf8
                ))
            exit(64)
        }
        let logger = Logger(label: "image-loop")
        let cluster = try await Cluster.connect(
            ClusterConfiguration(confFile: words[2], id: words[3]), logger: logger)
        let service = try VolumeService(
            cluster: cluster,
            options: .init(clusterID: "benchmark", kubernetesCluster: try KubernetesClusterID("benchmark")),
            logger: logger)
        let loop = ImageLoop(
            service: service, pool: PoolLocation(pool: words[4]), poolID: try await cluster.poolID(named: words[4]),
            prefix: words[7], size: .mib(size))
        let began = ContinuousClock.now
        let cpu = cpuSeconds()
        try await loop.run(count, inFlight: inFlight, words[1] == "create" ? loop.create : loop.delete)
        let took = began.duration(to: .now)
        let used = cpuSeconds() - cpu
        print("{\"count\":\(count),\"seconds\":\(took / .seconds(1)),\"cpuSeconds\":\(used)}")
        await cluster.close()
    }

    /// Does `work` for each number, with at most `inFlight` at a time.
    func run(_ count: Int, inFlight: Int, _ work: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            while next < min(inFlight, count) {
                let number = next
                group.addTask { try await work(number) }
                next += 1
            }
            while try await group.next() != nil {
                guard next < count else { continue }
                let number = next
                group.addTask { try await work(number) }
                next += 1
            }
        }
    }

    private func uuid(_ number: Int) throws -> VolumeUUID {
        let digits = String(number)
        let text = "\(prefix)-\(String(repeating: "0", count: 12 - digits.count))\(digits)"
        guard let uuid = VolumeUUID(text) else { throw CocoaError(.formatting) }
        return uuid
    }

    @Sendable func create(_ number: Int) async throws {
        let name = try VolumeName("pvc-\(uuid(number))")
        let request = VolumeRequest(
            name: name, location: pool, size: size, recipe: ImageRecipe(features: [.layering]),
            claimNamespace: "default")
        let volume = try await service.create(request, deadline: .in(.seconds(60))) { _ in false }
        try await service.settle(volume.intent, in: pool, deadline: .in(.seconds(60)))
    }

    @Sendable func delete(_ number: Int) async throws {
        let uuid = try uuid(number)
        let id = try VolumeID(clusterID: "benchmark", pool: poolID, uuid: uuid)
        try await service.delete(
            VolumeDeletion(id: id, name: try VolumeName("pvc-\(uuid)")), deadline: .in(.seconds(60)))
        try await service.settle(uuid, in: pool, deadline: .in(.seconds(60)))
    }

    /// User and system seconds of this process.
    static func cpuSeconds() -> Double {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return Double(used.tv_sec) + Double(used.tv_nsec) / 1e9
    }
}
