import KubernetesModel
import Provisioner
import Testing
import Vocabulary

@testable import Commands

@Suite struct AgendaTests {
    private func agenda(_ text: String, _ settings: ProvisionAgenda.Settings = .init()) throws -> ProvisionAgenda {
        ProvisionAgenda(try Samples.catalogue(text), settings: settings)
    }

    @Test func aClaimBecomesAJob() throws {
        let agenda = try agenda(
            Samples.documents(Samples.classYAML, Samples.secretYAML, Samples.claimYAML("data", size: "500M")))
        #expect(agenda.faults.isEmpty)
        let job = try #require(agenda.jobs.first)
        #expect(job.label == "default/data")
        #expect(job.plan.size == .mib(477))
        #expect(job.credentials?.user == "kube")
        #expect(job.imageSpec.hasPrefix("kube/csi-vol-"))
        #expect(!job.hasAssignedUID)
        #expect(agenda.missingSecrets.isEmpty)
    }

    @Test func aDerivedUIDFollowsFromClusterNamespaceAndName() throws {
        let text = Samples.documents(
            Samples.classYAML, Samples.secretYAML, Samples.claimYAML("a"), Samples.claimYAML("b"))
        let first = try agenda(text).jobs.map(\.plan.volumeName)
        #expect(try agenda(text).jobs.map(\.plan.volumeName) == first, "the same in every run")
        #expect(Set(first).count == 2)
        let east = ProvisionAgenda.Settings(provisioner: ProvisionerSettings(clusterName: "east"))
        #expect(Set(first).isDisjoint(with: try agenda(text, east).jobs.map(\.plan.volumeName)))
        // Pinned: a release that derived other UIDs would make every volume anew.
        #expect(first.first == "pvc-\(Self.pinned)")
    }

    private static let pinned = "5e936a78-98e3-5763-8db5-dfb06ecfc756"

    @Test func anAssignedUIDIsKept() throws {
        let uid = "6d1f0b1c-0000-4000-8000-000000000001"
        let claim = Samples.claimYAML("data").replacing("{name: data}", with: "{name: data, uid: \(uid)}")
        let job = try #require(
            try agenda(Samples.documents(Samples.classYAML, Samples.secretYAML, claim)).jobs.first)
        #expect(job.plan.volumeName == "pvc-\(uid)")
        #expect(job.hasAssignedUID)
    }

    @Test(arguments: [
        ("  volumeName: pv-1", "it asks for the volume pv-1")
    ]) func claimsThatNeedNoVolumeArePassedOver(more: String, reason: String) throws {
        let agenda = try agenda(Samples.documents(Samples.classYAML, Samples.claimYAML("data", more: more)))
        #expect(agenda.jobs.isEmpty && agenda.faults.isEmpty)
        #expect(agenda.skipped.map(\.reason) == [reason])
    }

    @Test func classesOfOthersArePassedOver() throws {
        let other = Samples.classYAML.replacing("rbd.holdfast.io", with: "rbd.csi.ceph.com")
        let skipped = try agenda(Samples.documents(other, Samples.claimYAML("data"))).skipped
        #expect(skipped.first?.reason.contains("rbd.csi.ceph.com") == true)
        let none = Samples.claimYAML("data").replacing("storageClassName: fast", with: "storageClassName: \"\"")
        #expect(try agenda(none).skipped.first?.reason.contains("no provisioning") == true)
    }

    @Test func theDefaultClassServesClaimsWithoutOne() throws {
        let claim = Samples.claimYAML("data").replacing("  storageClassName: fast\n", with: "")
        let standard = Samples.classYAML.replacing(
            "name: fast", with: "name: fast\n  annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}")
        let job = try #require(
            try agenda(Samples.documents(standard, Samples.secretYAML, claim)).jobs.first)
        #expect(job.plan.claim.storageClassName == "fast")
        #expect(try agenda(Samples.documents(Samples.classYAML, claim)).faults.count == 1)
    }

    @Test func aMissingSecretIsTold() throws {
        let text = Samples.documents(Samples.classYAML, Samples.claimYAML("a"), Samples.claimYAML("b"))
        let agenda = try agenda(text)
        #expect(agenda.jobs.map(\.credentials) == [nil, nil])
        #expect(agenda.missingSecrets == [SecretReference(namespace: "holdfast", name: "key")])
        let own = try self.agenda(text, .init(usesOwnCredentials: true))
        #expect(own.missingSecrets.isEmpty)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var place: String
        var words: String
        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(
            text: Samples.documents(
                Samples.classYAML.replacing("  pool: kube", with: "  pol: kube"), Samples.claimYAML("data")),
            place: "f:6", words: "pool"),
        Bad(
            text: Samples.documents(
                Samples.classYAML.replacing("layering", with: "layring"), Samples.claimYAML("data")),
            place: "f:9", words: "did you mean layering"),
        Bad(text: Samples.claimYAML("data"), place: "f:5", words: "none of the files"),
        Bad(
            text: Samples.documents(Samples.classYAML, Samples.claimYAML("data", size: "1Gx")), place: "f:15",
            words: "1Gx"),
        Bad(
            text: Samples.documents(Samples.classYAML, Samples.claimYAML("data", size: "0")), place: "f:15",
            words: "zero"),
        Bad(
            text: Samples.documents(Samples.classYAML, Samples.claimYAML("data", more: "  selector: {}")),
            place: "f:15",
            words: "spec.selector"),
        Bad(
            text: Samples.documents(
                Samples.classYAML, Samples.secretYAML.replacing("userKey", with: "userkey"), Samples.claimYAML("data")),
            place: "f:22", words: "neither userID and userKey nor key"),
        Bad(
            text: Samples.documents(
                Samples.classYAML, Samples.claimYAML("data").replacing("{name: data}", with: "{name: data, uid: x}")),
            place: "f:15", words: "metadata.uid"),
    ]) func whatIsWrongIsToldWithItsPlace(_ bad: Bad) throws {
        let agenda = try agenda(bad.text)
        #expect(agenda.jobs.isEmpty)
        let fault = try #require(agenda.faults.first)
        #expect(fault.description.contains(bad.words), "\(fault)")
        #expect(fault.place == bad.place, "\(fault)")
    }

    @Test func aBadClassIsToldOnce() throws {
        let bad = Samples.classYAML.replacing("  pool: kube\n", with: "")
        let claims = (0..<5).map { Samples.claimYAML("c\($0)") }.joined(separator: "\n---\n")
        #expect(try agenda(Samples.documents(bad, claims)).faults.count == 1)
    }

    @Test(arguments: [
        ("parameters: {a: 5}", "f:5: parameters.a must be a string"),
        ("data: {a: \"%\"}", "f:1: kind"),
        ("metadata: 5", "f:1"),
    ]) func fieldsThatTheAPIWouldRefuse(field: String, expected: String) {
        let kind =
            field.hasPrefix("parameters")
            ? "kind: StorageClass\napiVersion: storage.k8s.io/v1\nmetadata:\n  name: a\n" : ""
        let fault = #expect(throws: ManifestFault.self) { try Samples.catalogue(kind + field) }
        #expect(fault?.description.hasPrefix(expected) == true, "\(fault?.description ?? "none")")
    }

    @Test func secretsMustBeBase64() {
        let text = Samples.secretYAML.replacing("stringData:", with: "data:").replacing("kube", with: "\"%\"")
        let fault = #expect(throws: ManifestFault.self) { try Samples.catalogue(text) }
        #expect(fault?.description == "f:5: data.userID is no base64; plain text belongs under stringData")
    }

    @Test func theSameObjectTwice() throws {
        #expect(
            try Samples.catalogue(Samples.documents(Samples.claimYAML("a"), Samples.claimYAML("a"))).claims.count == 1)
        let fault = #expect(throws: ManifestFault.self) {
            try Samples.catalogue(Samples.documents(Samples.claimYAML("a"), Samples.claimYAML("a", size: "2Gi")))
        }
        #expect(fault?.description.contains("is there twice; the other one, at f:1, differs") == true)
    }
}
