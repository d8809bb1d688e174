import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("A full pool")
    struct FullPoolTests {
        @Test("claims wait with an event that names the quota; deletes work, the first ever too; then all is served")
        func quota() async throws {
            try await Stage.with("quota") { stage in
                let provisioner = try await stage.startProvisioner()
                try await stage.apply([stage.claim("first")])
                try await expectBound(1, on: stage)

                try await stage.ceph.ceph(["osd", "pool", "set-quota", stage.name, "max_objects", "1"])
                try await eventually("the pool is full", deadline: .in(.seconds(60)), every: .milliseconds(500)) {
                    try await stage.ceph.ceph(["osd", "pool", "ls", "detail"]).split(separator: "\n")
                        .contains { $0.contains("'\(stage.name)'") && $0.contains("full") }
                }
                try await stage.apply([stage.claim("second")])
                try await eventually("the claim's event names the quota", deadline: .in(.seconds(90))) {
                    try await stage.warnings().filter { $0.involvedObject?.name == "second" }.map(\.message)
                } until: { messages in
                    messages.contains { $0.contains("quota") || $0.contains("full") }
                }

                try await stage.kube.kubectl(["delete", "pvc", "first", "-n", stage.name, "--wait=false"])
                try await eventually("the volume is deleted from the full pool", deadline: .in(.seconds(60))) {
                    try await stage.volumes().isEmpty
                }
                try await stage.ceph.ceph(["osd", "pool", "set-quota", stage.name, "max_objects", "0"])
                try await expectBound(1, on: stage)
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }
    }
}
