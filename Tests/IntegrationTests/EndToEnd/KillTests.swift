import LabSupport
import TestSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("SIGKILL")
    struct KillTests {
        /// A Lease that expires soon: who follows a killed leader has to wait for that.
        static let shortLease = [
            "--lease-duration", "2s", "--lease-renew-deadline", "1500ms", "--lease-retry-period", "200ms",
        ]

        private static let rounds = 200

        @Test("a leader killed 200 times at random moments of 2,000 creates and 800 deletes", .timeLimit(.minutes(30)))
        func kills() async throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the kills: \(seed)")
            var random = SeededGenerator(seed: seed)
            try await Stage.with("kills") { stage in
                var waiting: [String] = []
                var inFlight: [Int] = []
                for round in 0..<Self.rounds {
                    let provisioner = try await stage.startProvisioner(Self.shortLease)
                    try await provisioner.leads()
                    let fresh = (0..<10).map { "claim-\(round)-\($0)" }
                    // Some are deleted while they are being made, some long after.
                    let doomed = (waiting + fresh).shuffled(using: &random).prefix(4 + waiting.count / 20)
                    let moment = Duration.milliseconds(Int.random(in: 0...300, using: &random))
                    async let made: Void = stage.apply(fresh.map { stage.claim($0) })
                    try await made
                    async let deleted: String = stage.kube.kubectl(
                        ["delete", "pvc", "-n", stage.name, "--wait=false"] + doomed)
                    try await Task.sleep(for: moment)
                    try await provisioner.child.kill()
                    _ = try await deleted
                    waiting = (waiting + fresh).filter { !doomed.contains($0) }
                    inFlight.append(try await stage.openIntents().count)
                }
                let provisioner = try await stage.startProvisioner()
                try await expectBound(waiting.count, on: stage)
                print("work under way at the kills: median \(inFlight.sorted()[inFlight.count / 2]), \(inFlight)")
                try await stage.deleteClaims()
                try await eventually(
                    "nothing is left in the pool; seed \(seed)", deadline: .in(.seconds(180)), every: .seconds(1)
                ) {
                    try await stage.leftovers()
                } until: {
                    $0.isEmpty
                }
                try await eventually("no PV is left; seed \(seed)") { try await stage.volumes().isEmpty }
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }
    }
}
