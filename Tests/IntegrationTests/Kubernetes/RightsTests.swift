import KubernetesClient
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

/// What `deploy/manifests/rbac.yaml` lets the provisioner's account do, as a real API server decides it: what is needed
/// and nothing more.
@Suite(.needsKubernetes, .serialized, .timeLimit(.minutes(3))) struct RightsTests {
    /// The namespace of the shipped manifests.
    private static let home = "holdfast"

    /// One right, as `kubectl auth can-i` has it.
    struct Right: Hashable, Sendable, CustomStringConvertible {
        var verb: String
        var resource: String
        var group = ""
        var namespace: String?
        var name: String?

        var description: String {
            let place = namespace.map { " in \($0)" } ?? " everywhere"
            return "\(verb) \(resource)\(group.isEmpty ? "" : ".\(group)")\(name.map { "/\($0)" } ?? "")\(place)"
        }

        func named(_ name: String) -> Right {
            var right = self
            right.name = name
            return right
        }

        /// Several verbs on one resource.
        static func all(
            _ verbs: String..., on resource: String, group: String = "", in namespace: String? = nil,
            named name: String? = nil
        ) -> [Right] {
            verbs.map { Right(verb: $0, resource: resource, group: group, namespace: namespace, name: name) }
        }
    }

    /// What the provisioner asks of the API, request by request.
    private static let needed: [Right] =
        Right.all("get", "list", "watch", "create", "patch", "delete", on: "persistentvolumes")
        + Right.all("list", "watch", on: "persistentvolumeclaims")
        + Right.all("list", "watch", on: "storageclasses", group: "storage.k8s.io")
        + Right.all("list", "watch", on: "volumeattachments", group: "storage.k8s.io")
        + Right.all("create", "patch", on: "events", in: "default")
        + Right.all("get", on: "namespaces", named: "kube-system")
        + Right.all("create", on: "leases", group: "coordination.k8s.io", in: home)
        + Right.all(
            "get", "update", on: "leases", group: "coordination.k8s.io", in: home, named: "rbd.holdfast.io")
        + Right.all("get", on: "secrets", in: home, named: "holdfast-ceph")
        + Right.all("get", on: "secrets", in: home, named: "holdfast-ceph-legacy")

    /// What would hurt most if it were granted by mistake.
    private static let denied: [Right] =
        Right.all(
            "get", "create", "update", "patch", "delete", "deletecollection", on: "persistentvolumeclaims",
            in: "default")
        + Right.all("patch", "update", on: "persistentvolumeclaims/status", in: "default")
        + Right.all("patch", "update", on: "persistentvolumes/status")
        + Right.all("update", "deletecollection", on: "persistentvolumes")
        + Right.all("get", on: "secrets", in: home, named: "another")
        + Right.all("list", "watch", "create", "update", "delete", on: "secrets", in: home)
        + Right.all("get", "list", on: "secrets")
        + Right.all("get", on: "secrets", in: "default", named: "holdfast-ceph")
        + Right.all("get", "list", "create", "delete", on: "pods", in: home)
        + Right.all("create", on: "pods/exec", in: home)
        + Right.all("get", "update", "patch", on: "nodes")
        + Right.all("get", on: "namespaces", named: "default") + Right.all("list", "create", on: "namespaces")
        + Right.all("get", on: "leases", group: "coordination.k8s.io", in: "kube-system")
        + Right.all("get", "update", on: "leases", group: "coordination.k8s.io", in: home, named: "another")
        + Right.all("delete", on: "leases", group: "coordination.k8s.io", in: home)
        + Right.all("delete", on: "events", in: "default")
        + Right.all("create", "update", "delete", on: "storageclasses", group: "storage.k8s.io")
        + Right.all("create", "update", "delete", on: "volumeattachments", group: "storage.k8s.io")
        + Right.all("create", "bind", "escalate", on: "clusterroles", group: "rbac.authorization.k8s.io")
        + Right.all("create", on: "rolebindings", group: "rbac.authorization.k8s.io", in: home)
        + Right.all("impersonate", on: "serviceaccounts", in: home) + Right.all("*", on: "*", group: "*")

    @Test func whatIsNeededIsGrantedAndNothingElse() async throws {
        try await withAccount { client in
            try await eventually("all that is needed is granted", deadline: .soon) {
                var missing: [Right] = []
                for right in Self.needed where try await !isAllowed(right, client) { missing.append(right) }
                return missing
            } until: {
                $0.isEmpty
            }
            for right in Self.denied { #expect(try await !isAllowed(right, client), "\(right)") }
        }
    }

    /// The whole of the rights, as the server lists them: a table of what is denied can only name what somebody thought of.
    @Test(arguments: [home, "default"]) func theListOfRightsHoldsNoMore(namespace: String) async throws {
        let expected = Set(
            Self.needed.filter { $0.namespace == nil || namespace == Self.home || $0.resource == "events" }
                .map { right in
                    var right = right
                    right.namespace = nil
                    return right
                })
        try await withAccount { client in
            try await eventually("the rights in \(namespace) are those that are needed", deadline: .soon) {
                try await rights(in: namespace, client).symmetricDifference(expected)
            } until: {
                $0.isEmpty
            }
        }
    }

    private func isAllowed(_ right: Right, _ client: KubernetesClient) async throws(KubernetesError) -> Bool {
        let parts = right.resource.split(separator: "/", maxSplits: 1).map(String.init)
        var attributes: JSONObject = [
            "verb": .string(right.verb), "group": .string(right.group), "resource": .string(parts[0]),
        ]
        attributes["subresource"] = parts.count > 1 ? .string(parts[1]) : nil
        attributes["namespace"] = right.namespace.map(JSONValue.string)
        attributes["name"] = right.name.map(JSONValue.string)
        let review = try await review(
            "SelfSubjectAccessReview", ["resourceAttributes": .object(attributes)], client)
        return review["status", "allowed"] == .bool(true)
    }

    /// The account's rights in a namespace, those of the cluster included, but for what every account has: asking what it
    /// may do.
    private func rights(
        in namespace: String, _ client: KubernetesClient
    ) async throws(KubernetesError) -> Set<Right> {
        let review = try await review("SelfSubjectRulesReview", ["namespace": .string(namespace)], client)
        func texts(_ rule: JSONValue, _ field: String) -> [String] {
            rule[field]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        var found: Set<Right> = []
        for rule in review["status", "resourceRules"]?.arrayValue ?? [] {
            let names = texts(rule, "resourceNames")
            for group in texts(rule, "apiGroups") where group != "authorization.k8s.io" {
                for resource in texts(rule, "resources") where resource != "selfsubjectreviews" {
                    for verb in texts(rule, "verbs") {
                        let right = Right(verb: verb, resource: resource, group: group)
                        if names.isEmpty { found.insert(right) }
                        for name in names { found.insert(right.named(name)) }
                    }
                }
            }
        }
        return found
    }

    private func review(
        _ kind: String, _ spec: JSONObject, _ client: KubernetesClient
    ) async throws(KubernetesError) -> JSONObject {
        try await client.request(
            .post, "/apis/authorization.k8s.io/v1/\(kind.lowercased())s",
            body: [
                "apiVersion": "authorization.k8s.io/v1", "kind": .string(kind), "spec": .object(spec),
            ], deadline: .soon)
    }

    /// Applies the manifests as they are shipped, gives `body` a client with the account's token and nothing else, and
    /// removes them.
    private func withAccount(_ body: @Sendable (KubernetesClient) async throws -> Void) async throws {
        let lab = try await KubeLab.shared()
        let manifests = Checkout.path("deploy/manifests/rbac.yaml")
        try await lab.kubectl(["create", "namespace", Self.home])
        do {
            try await lab.kubectl(["apply", "-f", manifests])
            var configuration = try KubernetesConfiguration.load(kubeconfig: lab.kubeconfig)
            configuration.authentication = .init(
                bearer: .token(try await lab.token(of: "\(Self.home)/holdfast-provisioner")))
            try await withClient(configuration, body)
        } catch {
            try await remove(manifests, lab)
            throw error
        }
        try await remove(manifests, lab)
    }

    private func remove(_ manifests: String, _ lab: KubeLab) async throws {
        try await lab.kubectl(["delete", "-f", manifests, "--ignore-not-found"])
        try await lab.kubectl(["delete", "namespace", Self.home], deadline: .in(.seconds(60)))
    }
}
