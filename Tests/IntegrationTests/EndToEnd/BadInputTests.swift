import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("Bad input")
    struct BadInputTests {
        @Test("each bad claim gets an event that names the cause, leaves nothing, and a good one is served after all")
        func badClaims() async throws {
            try #require(BadClaim.all.count >= 60)
            try await Stage.with("badinput") { stage in
                try await prepare(stage)
                let early = BadClaim.all.filter { $0.name == "directory-key-taken" }
                try await submit(early, to: stage)
                try await occupyDirectoryKey(stage)
                let provisioner = try await stage.startProvisioner(["--log-level", "trace"])
                try await stage.apply([stage.claim("good-before")])
                try await eventually("the first good claim is served", deadline: .in(.seconds(60))) {
                    try await stage.claims().contains { $0.metadata.name == "good-before" && $0.phase == "Bound" }
                }
                let before = try await stage.objects()

                try await submit(BadClaim.all.filter { $0.name != "directory-key-taken" }, to: stage)
                try await eventually(
                    "each bad claim has an event that names the cause", deadline: .in(.seconds(90)), every: .seconds(1)
                ) {
                    let warnings = try await stage.warnings()
                    return BadClaim.all.filter { bad in
                        !warnings.contains { $0.involvedObject?.name == bad.name && $0.message.contains(bad.says) }
                    }.map { bad in
                        "\(bad.name): \(warnings.filter { $0.involvedObject?.name == bad.name }.map(\.message))"
                    }
                } until: {
                    $0.isEmpty
                }
                try await #expect(stage.claims().filter { $0.phase == "Bound" }.map(\.metadata.name) == ["good-before"])
                try await stage.kube.kubectl(
                    ["delete", "pvc", "-n", stage.name, "--wait=false"] + BadClaim.all.map(\.name),
                    deadline: .in(.seconds(120)))
                try await eventually("the bad claims have left nothing", deadline: .in(.seconds(60))) {
                    try await stage.objects().subtracting(before)
                } until: {
                    $0.isEmpty
                }
                try await stage.apply([stage.claim("good-after")])
                try await eventually("the next good claim is served", deadline: .in(.seconds(60))) {
                    try await stage.claims().contains { $0.metadata.name == "good-after" && $0.phase == "Bound" }
                }
                #expect(provisioner.child.exit == nil)
                try await expectNoKey(in: stage, provisioner)
            }
        }

        /// No key that the provisioner has read stands where somebody could see it who may not read Secrets: neither
        /// as it is nor as Secrets carry it, in base64.
        private func expectNoKey(in stage: Stage, _ provisioner: ProvisionerUnderTest) async throws {
            var keys = ["this is no key"]
            for user in [stage.name, "admin", "nocaps"] { keys.append(try await stage.key(of: user).reveal()) }
            let metrics = try await provisioner.metrics()
            #expect(metrics.contains("controller_persistentvolumeclaim_provision_failed_total"))
            let objects = try await stage.kube.kubectl(
                ["get", "pvc,pv,sc,events,leases", "-A", "-o", "json"], deadline: .in(.seconds(60)))
            #expect(objects.contains("ProvisioningSucceeded") && objects.contains("ProvisioningFailed"))
            let log = try provisioner.child.logText()
            #expect(log.contains("ProvisioningFailed"))
            for key in keys {
                let forms = [key, Data(key.utf8).base64EncodedString()]
                for (place, text) in [("metrics", metrics), ("objects", objects), ("log", log)] {
                    #expect(!forms.contains { text.contains($0) }, "a key in the \(place)")
                }
            }
        }

        /// Creates classes and claims as the table has them.
        private func submit(_ bad: [BadClaim], to stage: Stage) async throws {
            try await stage.apply(bad.map { stage.storageClass($0.name, changing: $0.parameters) })
            try await stage.apply(bad.map { stage.claim($0.name, of: $0.name, storage: $0.storage, spec: $0.spec) })
        }

        /// Gives the claim's place in the directory to a UUID of somebody else's that has no journal object.
        private func occupyDirectoryKey(_ stage: Stage) async throws {
            let claims = try await stage.claims()
            let uid = try #require(claims.first { $0.metadata.name == "directory-key-taken" }?.metadata.uid?.value)
            try await stage.ceph.rados([
                "-p", stage.name, "setomapval", "csi.volumes.default", "csi.volume.pvc-\(uid)",
                UUID().uuidString.lowercased(),
            ])
        }

        /// The Secrets and users that bad claims name.
        private func prepare(_ stage: Stage) async throws {
            let good = try await stage.key(of: stage.name)
            let other = try await stage.key(of: "admin")
            try await stage.ceph.ceph(["auth", "get-or-create", "client.nocaps", "mon", "allow r"])
            try await stage.applySecret("wrong-key", user: stage.name, key: other)
            try await stage.applySecret("garbage-key", user: stage.name, key: Redacted("this is no key"))
            try await stage.applySecret("no-caps", user: "nocaps", key: stage.key(of: "nocaps"))
            try await stage.apply([
                [
                    "apiVersion": "v1", "kind": "Secret",
                    "metadata": ["name": "no-key", "namespace": .string(stage.name)],
                    "stringData": ["userID": .string(stage.name)],
                ],
                [
                    "apiVersion": "v1", "kind": "Secret",
                    "metadata": ["name": "no-user", "namespace": .string(stage.name)],
                    "stringData": ["userKey": .string(good.reveal())],
                ],
            ])
        }
    }
}
