import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    @Suite("Rights")
    struct RightsTests {
        /// The namespace of the shipped manifests.
        private static let home = "holdfast"

        @Test("the rights of deploy/manifests/rbac.yaml are enough for a volume's whole life")
        func shippedRights() async throws {
            try await Stage.with("rights") { stage in
                let manifests = Checkout.path("deploy/manifests/rbac.yaml")
                try await stage.kube.kubectl(["create", "namespace", Self.home])
                do {
                    try await stage.kube.kubectl(["apply", "-f", manifests])
                    try await stage.apply(secretRole(on: stage))
                    try await live(on: stage)
                } catch {
                    try await remove(manifests, stage)
                    throw error
                }
                try await remove(manifests, stage)
            }
        }

        private func live(on stage: Stage) async throws {
            let account = try await stage.kube.kubeconfig(of: "\(Self.home)/holdfast-provisioner")
            try FileManager.default.createDirectory(at: stage.folder, withIntermediateDirectories: true)
            let file = stage.folder.appending(path: "account.kubeconfig")
            try Data(account.reveal().utf8).write(to: file)
            let provisioner = try await stage.startProvisioner([
                "--kubeconfig", file.path, "--lease-namespace", Self.home, "--lease-name", "rbd.holdfast.io",
            ])
            try await stage.apply([stage.claim("data")])
            try await eventually("the claim is bound", deadline: .in(.seconds(60))) {
                try await stage.claims().map(\.phase) == ["Bound"]
            }
            try await eventually("its events are there") {
                try await stage.kube.kubectl(["get", "events", "-n", stage.name, "-o", "jsonpath={.items[*].reason}"])
            } until: {
                $0.contains("ProvisioningSucceeded")
            }
            try await stage.deleteClaims()
            try await eventually("its PV is gone", deadline: .in(.seconds(60))) { try await stage.volumes().isEmpty }
            try await #expect(provisioner.child.terminate() == .status(0))
            let log = try provisioner.child.logText()
            #expect(log.contains("the lease is released"))
            #expect(!log.contains("orbidden"), "\(log)")
        }

        /// The Role and RoleBinding that docs/deploy.md asks for in each namespace that classes name Secrets in.
        private func secretRole(on stage: Stage) -> [JSONObject] {
            let metadata: JSONObject = ["name": "holdfast-secrets", "namespace": .string(stage.name)]
            let group = "rbac.authorization.k8s.io"
            return [
                [
                    "apiVersion": .string("\(group)/v1"), "kind": "Role", "metadata": .object(metadata),
                    "rules": [
                        [
                            "apiGroups": [""], "resources": ["secrets"], "resourceNames": [.string(stage.name)],
                            "verbs": ["get"],
                        ]
                    ],
                ],
                [
                    "apiVersion": .string("\(group)/v1"), "kind": "RoleBinding", "metadata": .object(metadata),
                    "roleRef": ["apiGroup": .string(group), "kind": "Role", "name": "holdfast-secrets"],
                    "subjects": [
                        [
                            "kind": "ServiceAccount", "name": "holdfast-provisioner",
                            "namespace": .string(Self.home),
                        ]
                    ],
                ],
            ]
        }

        private func remove(_ manifests: String, _ stage: Stage) async throws {
            try await stage.kube.kubectl(["delete", "-f", manifests, "--ignore-not-found"])
            try await stage.kube.kubectl(["delete", "namespace", Self.home], deadline: .in(.seconds(60)))
        }
    }
}
