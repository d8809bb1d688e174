import Ceph
import LabSupport
import Testing
import Vocabulary

@testable import Volumes

/// A pool without room takes no new volume and gives every old one up; the space serves the next.
///
/// The monitors learn from a mgr what pools hold, so these tests run a cluster with one.
@Suite(.startsCeph, .serialized) struct FullPoolTests {
    private static func lab() -> CephLab.Options {
        var options = CephLab.Options()
        (options.hosts, options.osdsPerHost, options.size, options.minSize) = (1, 1, 1, 1)
        options.hasManager = true
        return options
    }

    @Test func createsFailAndDeletesWork() async throws {
        try await CephLab.with(Self.lab()) { lab in
            try await VolumesBench.with(lab) { bench in
                let service = try bench.service()
                let old = try await Self.fill(bench, service)
                let refused = try bench.request()
                let error = await #expect(throws: VolumeError.self) { try await bench.create(refused, with: service) }
                #expect(error?.code == .quotaExceeded || error?.code == .outOfSpace, "\(error?.message ?? "")")

                try await service.delete(bench.deletion(old), deadline: .in(.seconds(30)))
                try await service.settle(old.id, deadline: .in(.seconds(30)))
                #expect(try await bench.context().images().isEmpty)
                #expect(try await bench.omapText("csi.volumes.default").isEmpty)

                try await Self.lift(bench)
                try await eventually("the pool takes writes again") {
                    do {
                        _ = try await bench.create(refused, with: service)
                        return true
                    } catch let error as VolumeError {
                        #expect(error.code == .quotaExceeded || error.code == .outOfSpace, "\(error)")
                        return false
                    }
                }
            }
        }
    }

    /// As ceph-csi leaves a pool that never had a deletion: without the trash's object, and without ours. librbd cannot
    /// make them on a full pool; they are made by force, for what frees space has to begin somewhere.
    @Test(arguments: [[.layering], [.layering, .exclusiveLock, .objectMap]] as [ImageFeatures])
    func theFirstDeleteEverWorks(features: ImageFeatures) async throws {
        try await CephLab.with(Self.lab()) { lab in
            try await VolumesBench.with(lab) { bench in
                let maker = try bench.service()
                let old = try await Self.fill(bench, maker, features) { context in
                    try await context.remove("rbd_trash")
                    try await context.remove(Intent.object(for: bench.kubernetesCluster))
                }
                let service = try bench.service()
                try await service.delete(bench.deletion(old), deadline: .in(.seconds(30)))
                try await service.settle(old.id, deadline: .in(.seconds(30)))
                #expect(try await bench.context().images().isEmpty)
                #expect(try await bench.omapText("csi.volumes.default").isEmpty)
                #expect(try await bench.context().trash().map(\.id) == [old.imageID])
                #expect(try await bench.purger(service).pass(over: bench.location) == Purger.Report(removed: 1))
                #expect(try await bench.context().trash().isEmpty)
            }
        }
    }

    /// Makes a volume, and then the pool full.
    private static func fill(
        _ bench: VolumesBench, _ service: VolumeService, _ features: ImageFeatures = [.layering],
        before: (IOContext) async throws -> Void = { _ in }
    ) async throws -> Volume {
        let volume = try await bench.create(try bench.request(features: features), with: service)
        try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
        let context = try await bench.context()
        try await before(context)
        try await bench.lab.ceph(["osd", "pool", "set-quota", bench.pool, "max_objects", "1"])
        try await eventually("the quota is reached", deadline: .in(.seconds(90))) {
            do throws(CephError) {
                try await context.writeFull([1], to: "filler-\(UInt32.random(in: .min ... .max))")
                return false
            } catch {
                return error.code == .quotaExceeded || error.code == .outOfSpace
            }
        }
        return volume
    }

    private static func lift(_ bench: VolumesBench) async throws {
        try await bench.lab.ceph(["osd", "pool", "set-quota", bench.pool, "max_objects", "0"])
    }
}
