import KubernetesModel
import TestSupport
import Testing

@testable import Provisioner

/// Whole controllers against a world in memory: claims come and go, calls fail or lose their answers, watches lag, and
/// the process is killed at any call. Every run follows from its seed.
@Suite struct SimulationTests {
    @Test(arguments: [UInt64](1...150))
    func everyClaimEndsWithOneVolumeAndNothingIsLeft(seed: UInt64) async {
        let simulation = Simulation(seed: seed)
        await simulation.run(steps: 700)
        let world = await simulation.finish()
        #expect(world.violations.isEmpty, "seed \(seed): \(world.violations)")
        let wanted = Set(world.claims.values.compactMap(\.provisionedVolumeName))
        #expect(Set(world.volumes.keys) == wanted, "seed \(seed): a PV for each claim, and no other")
        #expect(Set(world.disk.volumes.keys) == wanted, "seed \(seed): a volume for each claim, and no other")
        #expect(world.disk.volumes.values.allSatisfy { $0 }, "seed \(seed): no half-made volume")
        #expect(world.disk.records.isEmpty, "seed \(seed): unsettled \(world.disk.records)")
        for claim in world.claims.values {
            #expect(claim.volumeName == claim.provisionedVolumeName, "seed \(seed): \(claim.key) is bound")
        }
        #expect(simulation.repeatedEvents.isEmpty, "seed \(seed): told twice in a row: \(simulation.repeatedEvents)")
    }
}
