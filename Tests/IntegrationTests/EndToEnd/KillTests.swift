import LabSupport
import TestSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("SIGKILL")
    struct KillTests {
        /// Half a lease's worth of seconds each: a provisioner that follows a killed one waits for its Lease to expire.
        static let shortLease = [
            "--lease-duration", "2s", "--lease-renew-deadline", "1s", "--lease-retry-period", "200ms",
        ]

        @Test("killed 50 times at random moments of 200 creates and 100 deletes", .timeLimit(.minutes(15)))
        func kills() async throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the kills: \(seed)")
            var random = SeededGenerator(seed: seed)
            try await Stage.with("kills") { stage in
                var waiting: [String] = []
                var alive = 0
                for round in 0..<50 {
                    let provisioner = try await stage.startProvisioner(Self.shortLease)
                    let fresh = (0..<4).map { "claim-\(round)-\($0)" }
                    try await stage.apply(fresh.map { stage.claim($0) })
                    waiting += fresh
                    alive += fresh.count
                    // Some are deleted while they are being made, some long after.
                    waiting.shuffle(using: &random)
                    let doomed = waiting.prefix(2)
                    waiting.removeFirst(2)
                    alive -= 2
                    try await stage.kube.kubectl(
                        ["delete", "pvc", "-n", stage.name, "--wait=false"] + doomed)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...2_500, using: &random)))
                    try await provisioner.child.kill()
                }
                let provisioner = try await stage.startProvisioner(Self.shortLease)
                try await expectBound(alive, on: stage)
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
