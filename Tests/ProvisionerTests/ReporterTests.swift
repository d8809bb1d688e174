import KubernetesModel
import Logging
import Synchronization
import Testing

@testable import Provisioner

/// What users are told, and what not.
@Suite struct ReporterTests {
    @Test("a process that is ending does not call what it had to leave a failure", arguments: [false, true])
    func ending(isEnding: Bool) async {
        var world = World()
        world.addClaim(1)
        let claims = Array(world.claims.values)
        let door = WorldDoor(world, turnstile: Turnstile())
        let reporter = Reporter(
            kubernetes: door, memory: SharedMemory(ControllerMemory(infeasibleInterval: .seconds(60))),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let work = Task {
            if isEnding { withUnsafeCurrentTask { $0?.cancel() } }
            for claim in claims {
                await reporter.tell(claim, .provisioningFailed, "cancelled")
                await reporter.tell(claim, .provisioningSucceeded, "made")
            }
        }
        await work.value
        let reasons = door.world.withLock { $0.events.map(\.reason) }
        #expect(reasons == (isEnding ? [] : ["ProvisioningFailed"]) + ["ProvisioningSucceeded"])
    }
}
