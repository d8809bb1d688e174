import Ceph
import LabSupport
import TestSupport
import Testing
import Vocabulary

@testable import Volumes

/// Stops before and after every call into Ceph, on a real cluster.
@Suite(.needsCeph) struct CrashTests {
    /// Creates with a stop at moment 0, 1, 2 … until one goes through, each followed by what a new start would do.
    private func forEveryMoment(
        _ operation: (Crash, Int) async throws -> Void
    ) async throws -> Int {
        for moment in 0..<60 {
            let crash = Crash(at: moment)
            try await operation(crash, moment)
            if !crash.hasHappened { return moment }
        }
        Issue.record("still stopped at the 60th moment")
        return 60
    }

    @Test(
        arguments: [[.layering], [.layering, .exclusiveLock, .objectMap, .fastDiff, .deepFlatten]] as [ImageFeatures])
    func aStoppedCreateIsFinishedByTheSameRequest(features: ImageFeatures) async throws {
        try await VolumesBench.with { bench in
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            let moments = try await forEveryMoment { crash, moment in
                let request = try bench.request(features: features)
                do {
                    _ = try await bench.create(request, with: bench.service(hook: crash.hook))
                } catch let error as VolumeError {
                    #expect(error.what == "crash", "\(error)")
                }
                let service = try bench.service()
                let volume = try await bench.create(request, with: service)
                #expect(volume.id.uuid == request.name.uuidInName)
                try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                allowed.add(volume, features: features)
                let inventory = try await PoolInventory(of: bench)
                #expect(allowed.excess(in: inventory) == [], "moment \(moment)")
                #expect(allowed.missing(in: inventory) == [], "moment \(moment)")
            }
            // Intent, object, key, image, id read, id written: each with a moment before and after.
            #expect(moments == 12)
        }
    }

    /// A leader dies in a create, and the next one while it removes what the first has left of the image. librbd's own way
    /// to remove it leaves, at some of these moments, an entry in the trash that it shows to nobody.
    @Test(arguments: [InterruptedStateTests.Damage.headerMissing, .headerAndIDMissing])
    func aStoppedRepairIsFinishedByTheSameRequest(damage: InterruptedStateTests.Damage) async throws {
        try await VolumesBench.with { bench in
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            let features: ImageFeatures = [.layering, .exclusiveLock, .objectMap]
            let moments = try await forEveryMoment { crash, moment in
                let request = try bench.request(features: features)
                let first = try await bench.create(request)
                try await bench.apply(damage, to: first)
                try await bench.apply(.imageIDKeyMissing, to: first)
                do {
                    _ = try await bench.create(request, with: bench.service(hook: crash.hook))
                } catch let error as VolumeError {
                    #expect(error.what == "crash", "\(error)")
                }
                let service = try bench.service()
                let volume = try await bench.create(request, with: service)
                try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                allowed.add(volume, features: features)
                let inventory = try await PoolInventory(of: bench)
                #expect(allowed.excess(in: inventory) == [], "moment \(moment)")
                #expect(allowed.missing(in: inventory) == [], "moment \(moment)")
            }
            // The repair's own steps among them: left to librbd, it would be one step, which no hook can stop in its middle.
            #expect(moments == (damage == .headerMissing ? 25 : 23))
        }
    }

    @Test func aStoppedCreateIsUndoneByItsIntent() async throws {
        try await VolumesBench.with { bench in
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            _ = try await forEveryMoment { crash, moment in
                let request = try bench.request()
                do {
                    let volume = try await bench.create(request, with: bench.service(hook: crash.hook))
                    allowed.addTrash(volume.imageID)
                } catch let error as VolumeError {
                    #expect(error.what == "crash", "\(error)")
                }
                let service = try bench.service()
                let pending = try await service.pendingIntents(in: bench.location)
                #expect(pending.unreadable.isEmpty)
                // Before the first write there is nothing to undo.
                #expect(pending.intents.map(\.name) == (moment == 0 ? [] : [request.name]), "moment \(moment)")
                for intent in pending.intents {
                    #expect(intent.kind == .create)
                    try await service.finish(intent, in: bench.location, deadline: .in(.seconds(30)))
                }
                for entry in try await bench.context().trash() { allowed.addTrash(entry.id) }
                let inventory = try await PoolInventory(of: bench)
                #expect(allowed.excess(in: inventory) == [], "moment \(moment)")
            }
            // The purger takes the trash away, and then nothing is left at all.
            let report = try await bench.purger(try bench.service()).pass(
                over: bench.location)
            #expect(report.failed == 0 && report.postponed == 0 && report.removed > 0)
            let inventory = try await PoolInventory(of: bench)
            #expect(AllowList(kubernetesCluster: bench.kubernetesCluster).excess(in: inventory) == [])
        }
    }

    @Test func aStoppedDeleteIsFinishedByTheSameRequestOrByItsIntent() async throws {
        try await VolumesBench.with { bench in
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            _ = try await forEveryMoment { crash, moment in
                let request = try bench.request()
                let maker = try bench.service()
                let volume = try await bench.create(request, with: maker)
                try await maker.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                do {
                    try await bench.service(hook: crash.hook).delete(
                        bench.deletion(volume), deadline: .in(.seconds(30)))
                } catch let error as VolumeError {
                    #expect(error.what == "crash", "\(error)")
                }
                let service = try bench.service()
                let pending = try await service.pendingIntents(in: bench.location)
                if moment % 2 == 0, let intent = pending.intents.first {
                    #expect(pending.intents.count == 1 && intent.kind == .delete && intent.uuid == volume.id.uuid)
                    try await service.finish(intent, in: bench.location, deadline: .in(.seconds(30)))
                } else {
                    try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
                    try await service.settle(volume.id, deadline: .in(.seconds(30)))
                }
                allowed.addTrash(volume.imageID)
                let inventory = try await PoolInventory(of: bench)
                #expect(allowed.excess(in: inventory) == [], "moment \(moment)")
            }
        }
    }

    /// Creates, deletes and undos of several volumes at once, each stopped somewhere: in the end only those are there
    /// that were asked for last.
    @Test func manyAtOnceStoppedAnywhere() async throws {
        let seed = UInt64.random(in: .min ... .max)
        try await VolumesBench.with { bench in
            var random = SeededGenerator(seed: seed)
            var plans: [(request: VolumeRequest, stops: [Int], isWanted: Bool)] = []
            for _ in 0..<24 {
                let stops = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    Int.random(in: 0..<14, using: &random)
                }
                plans.append((try bench.request(), stops, Bool.random(using: &random)))
            }
            let last = try bench.service()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for plan in plans {
                    group.addTask {
                        for stop in plan.stops {
                            do {
                                _ = try await bench.create(
                                    plan.request, with: bench.service(hook: Crash(at: stop).hook))
                            } catch let error as VolumeError {
                                #expect(error.what == "crash", "seed \(seed): \(error)")
                            }
                        }
                        guard plan.isWanted else { return }
                        let volume = try await bench.create(plan.request, with: last)
                        try await last.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                    }
                }
                try await group.waitForAll()
            }
            for intent in try await last.pendingIntents(in: bench.location).intents {
                try await last.finish(intent, in: bench.location, deadline: .in(.seconds(30)))
            }
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            for plan in plans where plan.isWanted {
                let volume = try await bench.create(plan.request, with: last)
                try await last.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                allowed.add(volume)
            }
            for entry in try await bench.context().trash() { allowed.addTrash(entry.id) }
            let inventory = try await PoolInventory(of: bench)
            #expect(allowed.excess(in: inventory) == [], "seed \(seed)")
            #expect(allowed.missing(in: inventory) == [], "seed \(seed)")
        }
    }
}
