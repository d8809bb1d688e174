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

    enum Limit: Sendable, CaseIterable {
        case quota
        case fullCluster

        func reach(_ bench: VolumesBench) async throws {
            switch self {
            case .quota: try await bench.lab.ceph(["osd", "pool", "set-quota", bench.pool, "max_objects", "1"])
            case .fullCluster: try await bench.lab.ceph(["osd", "set", "full"])
            }
            let context = try await bench.context()
            try await eventually("the pool is full", deadline: .in(.seconds(90))) {
                do throws(CephError) {
                    try await context.writeFull([1], to: "filler-\(UInt32.random(in: .min ... .max))")
                    return false
                } catch {
                    return error.code == .quotaExceeded || error.code == .outOfSpace
                }
            }
        }

        func lift(_ bench: VolumesBench) async throws {
            switch self {
            case .quota: try await bench.lab.ceph(["osd", "pool", "set-quota", bench.pool, "max_objects", "0"])
            case .fullCluster: try await bench.lab.ceph(["osd", "unset", "full"])
            }
        }
    }

    @Test(arguments: Limit.allCases)
    func createsFailAndDeletesWork(limit: Limit) async throws {
        try await CephLab.withCluster(Self.lab()) { lab in
            for wasPrepared in [true, false] {
                try await VolumesBench.with(lab) { bench in
                    try await Self.check(bench, limit, wasPrepared: wasPrepared)
                }
            }
        }
    }

    private static func check(_ bench: VolumesBench, _ limit: Limit, wasPrepared: Bool) async throws {
        let service = try bench.service()
        let old = try await bench.create(try bench.request(), with: service)
        try await service.settle(old.intent, in: old.location, deadline: .in(.seconds(30)))
        if !wasPrepared {
            // As ceph-csi leaves a pool that never had a deletion: without the trash's object, and without ours.
            try await bench.context().remove("rbd_trash")
            try await bench.context().remove(Intent.object(for: bench.kubernetesCluster))
        }
        try await limit.reach(bench)
        let later = try bench.service()
        let refused = try bench.request()
        let error = await #expect(throws: VolumeError.self) { try await bench.create(refused, with: later) }
        #expect(error?.code == .quotaExceeded || error?.code == .outOfSpace, "\(error?.message ?? "")")
        #expect(error?.mayBeRunning == false)

        try await later.delete(bench.deletion(old), deadline: .in(.seconds(30)))
        try await later.settle(old.id, deadline: .in(.seconds(30)))
        #expect(try await bench.context().images().isEmpty)
        #expect(try await bench.omapText("csi.volumes.default").isEmpty)

        try await limit.lift(bench)
        try await eventually("the pool takes writes again") {
            do {
                _ = try await bench.create(refused, with: later)
                return true
            } catch let error as VolumeError {
                #expect(error.code == .quotaExceeded || error.code == .outOfSpace, "\(error)")
                return false
            }
        }
    }
}
