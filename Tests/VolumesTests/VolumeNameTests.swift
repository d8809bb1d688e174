import TestSupport
import Testing

@testable import Volumes

@Suite struct VolumeNameTests {
    private func cluster(_ text: String = "6cbd1f34-8d52-4c56-8f43-3a6b7a3b8c11") throws -> KubernetesClusterID {
        try KubernetesClusterID(text)
    }

    @Test(arguments: [
        "pvc-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "8f2a2d2e-9bb0-4a3c-8d10-0242ac110002",
        "team-a-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002",
    ])
    func takesTheUUIDInTheName(name: String) throws {
        let uuid = try VolumeName(name).uuid(in: cluster())
        #expect(uuid.text == "8f2a2d2e-9bb0-4a3c-8d10-0242ac110002")
        #expect(try VolumeName(name).uuidInName == uuid)
    }

    @Test(arguments: ["data", "pvc8f2a2d2e-9bb0-4a3c-8d10-0242ac110002", "pvc-8f2a2d2e9bb04a3c8d100242ac110002"])
    func drawsAUUIDFromOtherNames(name: String) throws {
        let volume = try VolumeName(name)
        #expect(volume.uuidInName == nil)
        let uuid = volume.uuid(in: try cluster())
        #expect(uuid == volume.uuid(in: try cluster()))
        #expect(uuid != volume.uuid(in: try cluster("other")))
        #expect(uuid.text.dropFirst(14).first == "5")
        #expect("89ab".contains(uuid.text.dropFirst(19).first ?? "-"))
    }

    @Test func namesThatDifferHaveUUIDsThatDiffer() throws {
        let uuids = try (0..<2_000).map { try VolumeName("volume-\($0)").uuid(in: cluster()) }
        #expect(Set(uuids).count == uuids.count)
    }

    @Test(arguments: [
        "", "-a", "a-", "A", "a_b", "a/b", "a..b", ".", "a b", "ä", "a\u{0}", "a\nb",
        String(repeating: "a", count: 254),
    ])
    func refusesWhatKubernetesRefuses(name: String) {
        let error = #expect(throws: VolumeError.self) { try VolumeName(name) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: ["", "UPPER", "a/b", "a.b", String(repeating: "a", count: 64)])
    func refusesIdentitiesThatMakeNoObjectName(identity: String) {
        #expect(throws: VolumeError.self) { try KubernetesClusterID(identity) }
    }

    @Test func longNamesAndLabelsPass() throws {
        let name = String(repeating: "a", count: 253)
        #expect(try VolumeName(name).text == name)
        #expect(try VolumeName("a.b-c.9").text == "a.b-c.9")
    }
}
