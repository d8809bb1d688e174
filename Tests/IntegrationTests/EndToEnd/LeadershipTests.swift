import FaultSupport
import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("Leadership")
    struct LeadershipTests {
        /// The time from an event to the moment at which another process leads.
        private func time(until next: ProvisionerUnderTest) async throws -> Duration {
            let start = ContinuousClock.now
            try await next.leads()
            return start.duration(to: .now)
        }

        /// What `holdfast status` says of a stage's provisioner.
        private func status(_ stage: Stage, of name: String? = nil) async throws -> Command.Result {
            try await Command([
                Checkout.executable("holdfast"), "status", "--kubeconfig", stage.kube.kubeconfig, "-n", "default",
                "--provisioner-name", name ?? stage.provisionerName, "-o", "json",
            ]).result()
        }

        @Test("holdfast status tells who leads, that nobody does, and that nobody ever did")
        func told() async throws {
            try await Stage.with("told") { stage in
                try await #expect(status(stage, of: "nobody.holdfast.io").status == 2)
                let provisioner = try await stage.startProvisioner()
                try await provisioner.leads()
                try await stage.apply([stage.claim("data")])
                try await expectBound(1, on: stage)
                let leading = try await status(stage)
                let report = try JSONObject(json: leading.output)
                #expect(leading.status == 0 && report["state"] == "leading" && report["terms"] == 1)
                #expect(report["cephClients"]?.arrayValue?.count == 1, "\(leading.output)")
                let leader = try #require(report["leader"]?.stringValue)
                #expect(try provisioner.child.logText().contains(leader))
                try await stage.deleteClaims()
                try await stage.expectNothingLeft()
                try await #expect(provisioner.child.terminate() == .status(0))
                let released = try await status(stage)
                try #expect(released.status == 3 && JSONObject(json: released.output)["state"] == "released")
            }
        }

        /// The defaults: 15 s, 10 s and 2 s.
        @Test("asked to end, a leader hands over within 2 seconds; killed, within the lease's duration and 2 seconds")
        func handingOver() async throws {
            try await Stage.with("handover") { stage in
                let first = try await stage.startProvisioner(log: "first.log")
                try await first.leads()
                let second = try await stage.startProvisioner(log: "second.log")
                try await eventually("the second has looked at the Lease") {
                    try second.child.logText().contains("starting")
                }
                try first.child.send(.terminate)
                let released = try await time(until: second)
                print("after SIGTERM another leads in \(released)")
                #expect(released < .seconds(2))
                try await #expect(first.child.waitForExit() == .status(0))

                let third = try await stage.startProvisioner(log: "third.log")
                try await eventually("the third has started") { try third.child.logText().contains("starting") }
                try await second.child.kill()
                let taken = try await time(until: third)
                print("after SIGKILL another leads in \(taken)")
                #expect(taken <= .seconds(17))
                try await #expect(third.child.terminate() == .status(0))
            }
        }

        /// Where a create is when its process freezes: its next call into Ceph is one of these.
        static let moments = [
            CephFault(.stop, .before, 1, function: "rbd_create4"),
            CephFault(.stop, .after, 1, function: "rbd_create4"),
            CephFault(.stop, .before, 2, function: "rados_aio_write_op_operate"),
            CephFault(.stop, .before, 3, function: "rados_aio_write_op_operate"),
            CephFault(.stop, .after, 2, function: "rados_aio_write_op_operate"),
            CephFault(.stop, .before, 4, function: "rados_aio_write_op_operate"),
        ]

        private static let lease = [
            "--lease-duration", "3s", "--lease-renew-deadline", "2s", "--lease-retry-period", "200ms",
        ]

        /// The leader freezes in the middle of a create, for twice the lease and more. Another one takes over, makes the
        /// volume; the claim is deleted. When the first wakes up it goes on where it was, and Ceph refuses it.
        @Test("a leader that froze in a create and wakes is fenced", .timeLimit(.minutes(4)), arguments: moments)
        func frozen(moment: CephFault) async throws {
            try await Stage.with("frozen-\(Self.moments.firstIndex(of: moment) ?? -1)") { stage in
                let first = try await stage.startProvisioner(with: moment, Self.lease)
                try await first.leads()
                try await stage.apply([stage.claim("data")])
                try await eventually("the leader is frozen") { try first.child.isStopped() }
                let frozenAt = ContinuousClock.now

                let second = try await stage.startProvisioner(Self.lease, log: "second.log")
                try await expectBound(1, on: stage)
                try await stage.deleteClaims()
                try await eventually("the volume is gone", deadline: .in(.seconds(60))) {
                    guard try await stage.volumes().isEmpty else { return false }
                    return try await stage.leftovers().isEmpty
                }
                try await Task.sleep(until: frozenAt.advanced(by: .seconds(6)), clock: .continuous)
                let barred = try await stage.ceph.ceph(["osd", "blocklist", "ls"])

                try first.child.send(.thaw)
                let exit = try await first.child.waitForExit()
                #expect(exit == .status(3) || exit == .status(4), "\(first.child.log.path)")
                #expect(try first.child.logText().contains("leadership was lost"))
                let addresses = try second.child.logText().matches(of: /"clients":"([^"]+)"/).map { String($0.1) }
                #expect(!addresses.isEmpty && addresses.allSatisfy { barred.contains($0) }, "\(barred)")
                try await #expect(stage.leftovers() == [], "what the first wrote after it woke up")
                try await #expect(stage.volumes().isEmpty)
                try await #expect(second.child.terminate() == .status(0))
            }
        }

        /// What the fence is for: a Lease that does not name the leader's clients lets the frozen one write when it wakes.
        @Test(
            "without the clients' names on the Lease, what the frozen leader writes is found", .timeLimit(.minutes(2)))
        func unfenced() async throws {
            try await Stage.with("unfenced") { stage in
                let first = try await stage.startProvisioner(with: Self.moments[0], Self.lease)
                try await first.leads()
                try await stage.apply([stage.claim("data")])
                try await eventually("the leader is frozen") { try first.child.isStopped() }
                try await stage.kube.kubectl([
                    "annotate", "lease", "-n", "default", stage.provisionerName, "holdfast.io/ceph-clients-",
                ])
                let second = try await stage.startProvisioner(Self.lease, log: "second.log")
                try await expectBound(1, on: stage)
                try await stage.deleteClaims()
                try await eventually("the volume is gone", deadline: .in(.seconds(60))) {
                    guard try await stage.volumes().isEmpty else { return false }
                    return try await stage.leftovers().isEmpty
                }
                try first.child.send(.thaw)
                try await eventually("the image is there again") { try await !stage.leftovers().isEmpty }
                try await first.child.waitForExit()
                try await #expect(second.child.terminate() == .status(0))
            }
        }
    }
}
