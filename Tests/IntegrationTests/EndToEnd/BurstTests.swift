import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("A burst of claims")
    struct BurstTests {
        @Test("1,000 claims applied at once are all Bound; deleted, they leave nothing", .timeLimit(.minutes(15)))
        func burst() async throws {
            let count = 1_000
            try await Stage.with("burst") { stage in
                let provisioner = try await stage.startProvisioner()
                try await stage.apply((0..<count).map { stage.claim("claim-\($0)") })
                try await expectBound(count, on: stage)
                try await #expect(stage.warnings().map(\.message) == [])

                try await stage.deleteClaims()
                try await eventually("no PV is left", deadline: .in(.seconds(300)), every: .seconds(1)) {
                    try await stage.volumes().count
                } until: {
                    $0 == 0
                }
                try await eventually("nothing is left in the pool", deadline: .in(.seconds(180)), every: .seconds(1)) {
                    try await stage.leftovers()
                } until: {
                    $0.isEmpty
                }
                try await #expect(stage.warnings().map(\.message) == [])
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }
    }
}

/// Waits until the stage has `count` claims and all are Bound, and checks that each has its own PV, image and journal
/// entry, and that there is nothing beside them.
func expectBound(_ count: Int, on stage: Stage) async throws {
    let claims = try await eventually(
        "\(count) claims are Bound", deadline: .in(.seconds(300)), every: .seconds(1)
    ) {
        try await stage.claims()
    } until: { claims in
        claims.count == count && claims.allSatisfy { $0.phase == "Bound" }
    }
    // A claim that was deleted a moment ago may still have its volume.
    let volumes = try await eventually("there are \(count) volumes", deadline: .in(.seconds(60)), every: .seconds(1)) {
        try await stage.volumes()
    } until: {
        $0.count == count
    }
    // Volumes that were begun for claims which are gone are being taken back.
    try await eventually("no intent is open", every: .milliseconds(500)) {
        try await stage.openIntents()
    } until: {
        $0.isEmpty
    }
    let names = Set(volumes.map(\.metadata.name))
    #expect(names.count == count)
    #expect(Set(claims.compactMap(\.volumeName)) == names)
    #expect(Set(claims.map { "pvc-\($0.metadata.uid?.value ?? "")" }) == names)
    try await #expect(stage.images() == Set(claims.map { "csi-vol-\($0.metadata.uid?.value ?? "")" }))
    try await #expect(stage.omapKeys("csi.volumes.default") == Set(names.map { "csi.volume.\($0)" }))
    let journal = try await stage.objects().filter { $0.contains("csi.volume.") }
    #expect(journal.count == count)
}
