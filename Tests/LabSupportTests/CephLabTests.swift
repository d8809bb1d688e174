import Foundation
import LabSupport
import Testing
import Vocabulary

@Suite(.startsCeph) struct CephLabTests {
    @Test func aClusterOfOnesOwnCanBeUsedAndBroken() async throws {
        let directory = try await CephLab.with { lab in
            #expect(lab.pool == "rbd")
            #expect(lab.monitors.count == 1)
            try await #expect(lab.ceph(["fsid"]).contains(lab.fsid))
            try #expect(lab.key(of: .holdfast) != lab.key(of: .admin))
            try await lab.rbd(["create", "--size", "8M", "first"], as: .holdfast)
            try await #expect(lab.rbd(["ls"], as: .holdfast) == "first\n")

            try await lab.fault(.kill, "host-1")
            try await eventually("two OSDs are down") {
                try await lab.ceph(["osd", "stat"]).contains("4 up")
            }
            try await lab.fault(.revive, "host-1")
            try await eventually("they are up again") {
                try await lab.ceph(["osd", "stat"]).contains("6 up")
            }
            let failure = await #expect(throws: CommandFailure.self) { try await lab.fault(.kill, "osd.77") }
            #expect(failure?.detail.contains("osd.77") == true)
            return lab.directory
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }
}
