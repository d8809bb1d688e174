import KubernetesModel
import Logging
import Synchronization
import TestSupport
import Testing
import Volumes

@testable import Provisioner

/// Single paths through the controllers, without faults.
@Suite struct ControllerTests {
    /// The key in the world's Secret.
    private static let key = "AQCeTz1ncoS2HhAAm0XjTXe0YcQmR1Zb0vPn3w=="

    /// Runs a process in `world` until nothing is left to do; `between` acts once it is idle, and it runs on then.
    private func run(
        _ world: World, logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        then between: ((inout World) -> Void)? = nil
    ) async -> World {
        var random = SeededGenerator(seed: 1)
        let clock = SimulatedClock()
        let process = SimulatedProcess(world, clock: clock, seed: 1, logger: logger)
        await process.runUntilQuiet(using: &random)
        if let between {
            process.door.world.withLock { between(&$0) }
            await process.runUntilQuiet(using: &random)
        }
        return process.door.world.withLock { $0 }
    }

    @Test func aClaimTakesTwoWritesAndItsDeletionTwo() async {
        var world = World()
        world.addClaim(1)
        let made = await run(world)
        #expect(made.writes == ["create pvc-00000000-0000-4000-8000-000000000001"])
        #expect(made.events.map(\.reason) == ["ProvisioningSucceeded"])
        let gone = await run(world) { $0.claims = [:] }
        #expect(
            gone.writes == [
                "create pvc-00000000-0000-4000-8000-000000000001", "delete pvc-00000000-0000-4000-8000-000000000001",
                "finalizer pvc-00000000-0000-4000-8000-000000000001",
            ])
        #expect(gone.volumes.isEmpty && gone.disk.volumes.isEmpty && gone.disk.records.isEmpty)
    }

    @Test func whatCannotBeSatisfiedIsToldOnceAndTriedAgainWithAnotherClass() async {
        var world = World()
        world.addClaim(1)
        let good = world.storageClass
        world.storageClass.json["parameters", "imageFeature"] = "layering"
        let refused = await run(world)
        #expect(refused.events.map(\.reason) == ["ProvisioningFailed"])
        #expect(refused.events.first?.message.contains("imageFeature") == true)
        #expect(refused.disk.volumes.isEmpty && refused.disk.records.isEmpty, "nothing is left behind")
        let mended = await run(world) { world in
            world.storageClass = good
            world.storageClass.metadata.uid = ObjectUID("class-2")
            world.touchClaims()
        }
        #expect(mended.events.map(\.reason) == ["ProvisioningFailed", "ProvisioningSucceeded"])
    }

    @Test func aForeignSourceIsSteppedOver() async {
        var world = World()
        world.addClaim(1)
        for uid in world.claims.keys {
            world.claims[uid]?.json["spec", "dataSourceRef"] = ["apiGroup": "x.io", "kind": "Backup", "name": "monday"]
        }
        let after = await run(world) { $0.touchClaims() }
        #expect(after.events.map(\.reason) == ["Provisioning"], "once, however often the claim is looked at")
        #expect(after.disk.volumes.isEmpty)
    }

    @Test func aMissingClassIsWaitedFor() async {
        var world = World()
        world.addClaim(1)
        let storageClass = world.storageClass
        world.storageClass.metadata.name = "other"
        let after = await run(world) { $0.storageClass = storageClass }
        #expect(after.events.map(\.reason) == ["ProvisioningFailed", "ProvisioningSucceeded"])
        #expect(after.events.first?.message.contains("fast") == true)
    }

    @Test func aVolumeIsDeletedWithOurOwnCredentialsWhenClassAndSecretAreGone() async {
        var world = World()
        world.addClaim(1)
        world = await run(world)
        world.storageClass.metadata.name = "other"
        world.hasSecrets = false
        world.claims = [:]
        // Another process, which has never read the Secret.
        let after = await run(world)
        #expect(after.disk.volumes.isEmpty && after.volumes.isEmpty)
        #expect(after.deletedWith == [nil], "nil stands for the provisioner's own credentials")
    }

    @Test func aVolumeThatIsAttachedIsNotDeleted() async {
        var world = World()
        world.addClaim(1)
        let after = await run(world) { world in
            world.attachedNodes = ["node-7"]
            world.claims = [:]
        }
        #expect(after.events.last?.reason == "VolumeFailedDelete")
        #expect(after.events.last?.message.contains("node-7") == true)
        #expect(after.disk.volumes.count == 1 && after.volumes.count == 1, "nothing was changed")
    }

    @Test func noSecretReachesALogOrAnEvent() async {
        let log = CapturedLog()
        var world = World()
        world.addClaim(1)
        world.storageClass.json["parameters", "clusterID"] = "c1"
        var logger = Logger(label: "test", factory: { _ in CapturingHandler(log: log) })
        logger.logLevel = .trace
        let after = await run(world, logger: logger) { $0.claims = [:] }
        let lines = log.lines.withLock { $0 }
        #expect(!lines.isEmpty)
        for text in lines + after.events.map(\.message) + after.volumes.values.map({ "\($0.json)" }) {
            #expect(!text.contains(Self.key), "\(text)")
        }
    }
}

/// Every line that was logged, with its metadata.
private final class CapturedLog: Sendable {
    let lines = Mutex<[String]>([])
}

private struct CapturingHandler: LogHandler {
    let log: CapturedLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.lines.withLock {
            $0.append("\(event.message) \(event.metadata ?? [:]) \(event.error.map { "\($0)" } ?? "")")
        }
    }
}
