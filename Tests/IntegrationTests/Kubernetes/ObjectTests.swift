import KubernetesClient
import KubernetesModel
import LabSupport
import Logging
import Testing
import Vocabulary

/// The client against a real kube-apiserver.
@Suite(.needsKubernetes, .timeLimit(.minutes(3))) struct ObjectTests {
    @Test func objectsLiveAndDie() async throws {
        try await withLab { client, namespace in
            let created = try await client.create(claim("data", in: namespace), deadline: .soon)
            #expect(created.uid != nil && created.phase == "Pending")
            #expect(try created.requestedStorage?.byteCount == ByteCount(500_000_000))
            let again = await #expect(throws: KubernetesError.self) {
                try await client.create(claim("data", in: namespace), deadline: .soon)
            }
            #expect(again?.isAlreadyExists == true && again?.isConflict == false)

            var changed = try await client.get(PersistentVolumeClaim.self, created.key, deadline: .soon)
            changed.metadata[annotation: "test"] = "1"
            let updated = try await client.update(changed, deadline: .soon)
            #expect(updated.metadata[annotation: "test"] == "1")
            let stale = await #expect(throws: KubernetesError.self) {
                try await client.update(created, deadline: .soon)
            }
            #expect(stale?.isConflict == true)

            let wrong = await #expect(throws: KubernetesError.self) {
                try await client.delete(
                    PersistentVolumeClaim.self, created.key, Deletion(uid: ObjectUID("another")), deadline: .soon)
            }
            #expect(wrong?.isConflict == true)
            try await client.delete(
                PersistentVolumeClaim.self, created.key, Deletion(uid: created.uid), deadline: .soon)
            try await eventually("the claim is gone") { try await isGone(created.key, client) }
        }
    }

    private func isGone(_ key: ObjectKey, _ client: KubernetesClient) async throws(KubernetesError) -> Bool {
        do {
            _ = try await client.get(PersistentVolumeClaim.self, key, deadline: .soon)
            return false
        } catch  where error.isNotFound {
            return true
        }
    }

    @Test func eachKindOfPatchWorks() async throws {
        try await withLab { client, namespace in
            let key = try await client.create(claim("data", in: namespace), deadline: .soon).key
            let merged = try await client.patch(
                PersistentVolumeClaim.self, key, .merge(["metadata": ["annotations": ["a/b": "1"]]]), deadline: .soon)
            #expect(merged.metadata[annotation: "a/b"] == "1")
            let pointer = JSONPatchStep.pointer("metadata", "annotations", "a/b")
            let stepped = try await client.patch(
                PersistentVolumeClaim.self, key, .json([.test(pointer, "1"), .replace(pointer, "2")]),
                resourceVersion: merged.metadata.resourceVersion, deadline: .soon)
            #expect(stepped.metadata[annotation: "a/b"] == "2")
            let strategic = try await client.patch(
                PersistentVolumeClaim.self, key,
                .strategicMerge(["metadata": ["finalizers": ["holdfast.test/guard"]]]), deadline: .soon)
            #expect(strategic.metadata.finalizers.contains("holdfast.test/guard"))
            #expect(strategic.metadata.finalizers.contains("kubernetes.io/pvc-protection"), "merged, not replaced")
            let stale = await #expect(throws: KubernetesError.self) {
                try await client.patch(
                    PersistentVolumeClaim.self, key, .merge(["metadata": ["labels": ["x": "y"]]]),
                    resourceVersion: merged.metadata.resourceVersion, deadline: .soon)
            }
            #expect(stale?.isConflict == true)
            let status = try await client.patch(
                PersistentVolumeClaim.self, key, .merge(["status": ["capacity": ["storage": "1Gi"]]]),
                subresource: "status", deadline: .soon)
            #expect(try status.capacity == Quantity("1Gi"))
            let freed = try await client.patch(
                PersistentVolumeClaim.self, key, .merge(["metadata": ["finalizers": []]]), deadline: .soon)
            #expect(freed.metadata.finalizers.isEmpty)
        }
    }

    /// Spellings that the server changes, which it then spells as the model does.
    private static let respelled = [
        "500M", "0.5Gi", "1.5Gi", "1e9", "1048577", "1024Mi", "0.1Ki", "12e2", "2E", "8Ei", "1000m", "1025Ki", ".5Ki",
        "10.1Ki", "5000000k", "0.5",
    ]
    /// Spellings that the server keeps, or rounds up to thousandths, or does not cap: the size is the same.
    private static let kept = [
        "+5", "1.", "001k", "1E3", "1u", "0.1n", "123456789123n", "100000000000000000000", "9e99",
    ]

    @Test func quantitiesMeanWhatTheyMeanToTheServer() async throws {
        try await withLab { client, namespace in
            for (index, spelling) in (Self.respelled + Self.kept).enumerated() {
                var wanted = claim("q\(index)", in: namespace)
                wanted.json["spec", "resources", "requests", "storage"] = .string(spelling)
                let stored = try await client.create(wanted, deadline: .soon)
                let ours = try Quantity(spelling)
                #expect(try stored.requestedStorage?.byteCount == ours.byteCount, "\(spelling)")
                if Self.respelled.contains(spelling) {
                    #expect(
                        stored.json["spec", "resources", "requests", "storage"]?.stringValue == ours.description)
                }
            }
        }
    }

    @Test func listsArePaged() async throws {
        try await withLab { client, namespace in
            for index in 0..<7 { _ = try await client.create(claim("c\(index)", in: namespace), deadline: .soon) }
            let lab = try await KubeLab.shared()
            var options = KubernetesClient.Options()
            options.pageSize = 3
            let configuration = try KubernetesConfiguration.load(kubeconfig: lab.kubeconfig)
            let small = try KubernetesClient(configuration, options: options, logger: Logger(label: "test"))
            let selection = Selection(namespace: namespace)
            let page = try await small.page(
                PersistentVolumeClaim.self, selection, continueToken: nil, deadline: .soon)
            #expect(page.items.count == 3 && page.continueToken != nil)
            let all = try await small.list(PersistentVolumeClaim.self, selection, deadline: .soon)
            #expect(all.map(\.key.name).sorted() == (0..<7).map { "c\($0)" })
            #expect(all.allSatisfy { $0.json["kind"] == "PersistentVolumeClaim" })
            await small.shutDown()
        }
    }

    @Test func discoveryAndVersion() async throws {
        try await withLab { client, _ in
            #expect(try await client.serverVersion(deadline: .soon) >= ServerVersion(major: 1, minor: 20))
            let storage = try await client.request(.get, "/apis/storage.k8s.io/v1", deadline: .soon)
            #expect(storage["kind"] == "APIResourceList")
            #expect(try await client.text("/readyz", deadline: .soon) == "ok")
            let unknown = await #expect(throws: KubernetesError.self) {
                try await client.request(.get, "/apis/nothing.example/v1", deadline: .soon)
            }
            #expect(unknown?.isNotFound == true)
        }
    }

    @Test func aServiceAccountMayDoNothing() async throws {
        try await withLab { client, namespace in
            let lab = try await KubeLab.shared()
            try await eventually("the account exists") {
                _ = try await client.request(
                    .get, "/api/v1/namespaces/\(namespace)/serviceaccounts/default", deadline: .soon)
                return true
            }
            var configuration = try KubernetesConfiguration.load(kubeconfig: lab.kubeconfig)
            let token = try await lab.token(of: "\(namespace)/default")
            configuration.authentication = .init(bearer: .token(token))
            try await withClient(configuration) { other in
                let error = await #expect(throws: KubernetesError.self) {
                    try await other.list(Secret.self, Selection(namespace: namespace), deadline: .soon)
                }
                #expect(error?.isForbidden == true)
                #expect(error?.description.contains("system:serviceaccount:\(namespace):default") == true)
            }
            configuration.authentication = .init(bearer: .token(Redacted("nonsense")))
            try await withClient(configuration) { other in
                let error = await #expect(throws: KubernetesError.self) {
                    try await other.get(Namespace.self, ObjectKey(name: namespace), deadline: .soon)
                }
                #expect(error?.isUnauthorized == true)
            }
        }
    }
}
