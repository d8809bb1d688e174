import Ceph
import LabSupport
import Logging
import Testing
import Vocabulary

@testable import Volumes

/// Pools and clients that cannot serve: a clear error, nothing left behind, and the next good request is served.
@Suite(.needsCeph) struct RefusalTests {
    @Test func aPoolThatDoesNotExist() async throws {
        try await VolumesBench.with { bench in
            var request = try bench.request()
            request.location = PoolLocation(pool: "no-such-pool")
            let service = try bench.service()
            let error = await #expect(throws: VolumeError.self) { try await bench.create(request, with: service) }
            #expect(error?.code == .poolMissing && error?.key == "pool")
            #expect(error?.message.contains("no-such-pool") == true)
            _ = try await bench.create(try bench.request(), with: service)
        }
    }

    @Test func aPoolForSomethingElse() async throws {
        try await VolumesBench.with { bench in
            try await bench.lab.ceph(["osd", "pool", "application", "enable", bench.pool, "rgw"])
            let service = try bench.service()
            let error = await #expect(throws: VolumeError.self) {
                try await bench.create(try bench.request(), with: service)
            }
            #expect(error?.code == .invalidArgument && error?.key == "pool")
            #expect(error?.message.contains("rgw") == true)
            try await bench.lab.ceph([
                "osd", "pool", "application", "disable", bench.pool, "rgw", "--yes-i-really-mean-it",
            ])
            _ = try await bench.create(try bench.request(), with: service)
            let applications = try await bench.lab.ceph(["osd", "pool", "application", "get", bench.pool])
            #expect(applications.contains("rbd"))
        }
    }

    @Test func aDataPoolThatDoesNotExist() async throws {
        try await VolumesBench.with { bench in
            var request = try bench.request()
            request.recipe.dataPool = "no-such-pool"
            let service = try bench.service()
            let error = await #expect(throws: VolumeError.self) { try await bench.create(request, with: service) }
            #expect(error?.code == .poolMissing && error?.key == "dataPool", "\(error?.message ?? "")")
            #expect(error?.message.contains("dataPool") == true && error?.message.contains("no-such-pool") == true)
            // Refused before any write: not even an intent is there to be finished.
            #expect(try await service.pendingIntents(in: bench.location).intents.isEmpty)
            let inventory = try await PoolInventory(of: bench)
            #expect(AllowList(kubernetesCluster: bench.kubernetesCluster).excess(in: inventory) == [])
            request.recipe.dataPool = bench.pool
            _ = try await bench.create(request, with: service)
        }
    }

    /// The lab's restricted client has the profile `rbd` for the pool `rbd` alone.
    @Test func aClientWithoutCaps() async throws {
        try await VolumesBench.with { bench in
            let restricted = try await Cluster.connect(
                ClusterConfiguration(confFile: bench.lab.conf, id: CephLab.Client.holdfast.rawValue),
                logger: Logger(label: "volumes tests"))
            do {
                let service = try VolumeService(
                    cluster: restricted,
                    options: .init(clusterID: "lab", kubernetesCluster: bench.kubernetesCluster),
                    logger: Logger(label: "volumes tests"))
                let error = await #expect(throws: VolumeError.self) {
                    try await bench.create(try bench.request(), with: service)
                }
                #expect(error?.code == .permissionDenied, "\(error?.message ?? "")")
                #expect(error?.message.contains("ceph auth caps") == true)
            }
            await restricted.close()
        }
    }
}
