import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

@testable import DevAPIServer

extension Trait where Self == ConditionTrait {
    /// The test runs `kubectl`. Where it is not installed, the test is skipped and says so.
    static var needsKubectl: Self {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return .enabled(
            if: folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") },
            "kubectl is not on PATH")
    }
}

/// The server in the eyes of an unmodified kubectl.
@Suite(.needsKubectl) struct KubectlTests {
    private struct KubectlFailure: Error {
        var words: [String]
        var status: Int32
        var error: String
    }

    private struct Kubectl: Sendable {
        let kubeconfig: String
        let cache: String

        @discardableResult
        func callAsFunction(_ words: String..., input: String = "") async throws -> String {
            try await result(words, input: input).output
        }

        func result(_ words: [String], input: String = "") async throws -> Command.Result {
            let command = Command(
                ["kubectl", "--kubeconfig", kubeconfig, "--cache-dir", cache, "--request-timeout", "20s"] + words,
                input: input)
            let result = try await command.result()
            guard result.status == 0 else {
                throw KubectlFailure(words: words, status: result.status, error: result.error)
            }
            return result
        }
    }

    private static func run(_ body: @escaping @Sendable (LiveServer, Kubectl) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubectl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { remove(folder) }
        try await LiveServer.run { server in
            let file = folder.appending(path: "config")
            let config = Kubeconfig.text(host: "127.0.0.1", port: server.port, token: nil)
            try Data(config).write(to: file)
            try await body(
                server, Kubectl(kubeconfig: file.path(), cache: folder.appending(path: "cache").path()))
        }
    }

    private static let manifests = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast}
        provisioner: rbd.csi.ceph.com
        parameters: {pool: rbd, clusterID: c1}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: ceph, labels: {app: demo}}
        data: {userID: YWRtaW4=}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, labels: {app: demo}}
        spec:
          storageClassName: fast
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
        ---
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: leader}
        spec: {holderIdentity: me, leaseDurationSeconds: 15}
        """

    private static func volume(for claim: JSONObject) -> String {
        var volume = Fixture.volume("pvc-1", for: claim)
        volume["apiVersion"] = "v1"
        volume["kind"] = "PersistentVolume"
        volume["spec", "storageClassName"] = "fast"
        return volume.description
    }

    @Test func aClaimsLifeWithKubectl() async throws {
        try await Self.run { server, kubectl in
            let applied = try await kubectl.result(["apply", "-f", "-"], input: Self.manifests)
            #expect(applied.output.split(separator: "\n").count == 4)
            #expect(applied.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" created") })
            #expect(!applied.error.contains("warning") && !applied.error.contains("error"), "\(applied.error)")

            let pending = try await kubectl("get", "pvc")
            #expect(
                columns(pending, line: 0)
                    == ["NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS", "MODES", "STORAGECLASS", "AGE"].joined(
                        separator: " "))
            #expect(columns(pending, line: 1).hasPrefix("data Pending fast"))

            let claim = try JSONObject(json: try await kubectl("get", "pvc", "data", "-o", "json"))
            #expect(
                claim["metadata", "annotations", "volume.kubernetes.io/storage-provisioner"] == "rbd.csi.ceph.com")
            try await kubectl("create", "-f", "-", input: Self.volume(for: claim))
            try await eventually("the claim is Bound") {
                try await kubectl("get", "pvc", "data", "-o", "jsonpath={.status.phase}") == "Bound"
            }
            #expect(columns(try await kubectl("get", "pvc"), line: 1).hasPrefix("data Bound pvc-1 1Gi RWO fast"))
            #expect(
                columns(try await kubectl("get", "pv"), line: 1)
                    .hasPrefix("pvc-1 1Gi RWO Delete Bound default/data fast"))
            let described = try await kubectl("describe", "pvc", "data")
            #expect(described.contains("ExternalProvisioning") && described.contains("Used By:"))
            #expect(try await kubectl("describe", "pv", "pvc-1").contains("rbd.csi.ceph.com"))

            try await kubectl("delete", "pvc", "data", "--timeout=20s")
            #expect(columns(try await kubectl("get", "pv"), line: 1).contains(" Released "))
            try await kubectl("delete", "pv", "pvc-1", "--timeout=20s")
            #expect(server.cluster.objects(PersistentVolume.kind).isEmpty)
        }
    }

    @Test func objectsAreChangedWithKubectl() async throws {
        try await Self.run { server, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.manifests)
            let again = try await kubectl.result(["apply", "-f", "-"], input: Self.manifests)
            #expect(again.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" unchanged") }, "\(again.output)")
            let changed = Self.manifests.replacing(
                "labels: {app: demo}", with: "labels: {app: other}, finalizers: [a/b]")
            let second = try await kubectl.result(["apply", "-f", "-"], input: changed)
            #expect(second.output.split(separator: "\n").filter { $0.hasSuffix(" configured") }.count == 2)
            #expect(!second.error.contains("warning"), "\(second.error)")
            let claim = try #require(server.cluster.object(PersistentVolumeClaim.kind, Fixture.key("data")))
            #expect(claim.finalizers.sorted() == ["a/b", "kubernetes.io/pvc-protection"])

            try await kubectl("annotate", "pvc", "data", "note=hello")
            try await kubectl("label", "secret", "ceph", "tier=gold")
            try await kubectl("patch", "storageclass", "fast", "-p", #"{"allowVolumeExpansion":true}"#)
            try await kubectl("patch", "pvc", "data", "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#)
            try await kubectl(
                "patch", "lease", "leader", "--type=json", "-p",
                #"[{"op":"replace","path":"/spec/holderIdentity","value":"you"}]"#)
            #expect(columns(try await kubectl("get", "lease"), line: 1).hasPrefix("leader you"))
            #expect(
                columns(try await kubectl("get", "sc"), line: 1).hasPrefix(
                    "fast rbd.csi.ceph.com Delete Immediate true"))
            #expect(columns(try await kubectl("get", "secrets", "-l", "tier=gold"), line: 1).hasPrefix("ceph Opaque 1"))
            #expect(columns(try await kubectl("get", "events"), line: 1).contains("ExternalProvisioning"))
            let names = try await kubectl("get", "pvc,secret", "-o", "name")
            #expect(names.split(separator: "\n") == ["persistentvolumeclaim/data", "secret/ceph"])
        }
    }

    @Test func objectsAreMadeWithoutAManifest() async throws {
        try await Self.run { server, kubectl in
            try await kubectl("create", "namespace", "team")
            try await kubectl("create", "secret", "generic", "keys", "-n", "team", "--from-literal=userKey=AQ==")
            try await kubectl("create", "configmap", "conf", "--from-literal=a=b")
            try await kubectl("create", "serviceaccount", "robot")
            let secret = try #require(server.cluster.object(Secret.kind, Fixture.key("keys", in: "team")))
            #expect(secret["data"] == ["userKey": "QVE9PQ=="])
            #expect(try await kubectl("get", "configmap", "conf", "-o", "jsonpath={.data.a}") == "b")
            try await kubectl("delete", "namespace", "team", "--timeout=20s")
            #expect(server.cluster.object(Secret.kind, Fixture.key("keys", in: "team")) == nil)
        }
    }

    @Test func refusalsReachThePeople() async throws {
        try await Self.run { _, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.manifests)
            for (words, text) in [
                (["get", "pvc", "nope"], "Error from server (NotFound): persistentvolumeclaims \"nope\" not found"),
                (
                    ["patch", "sc", "fast", "-p", #"{"parameters":{"pool":"x"}}"#],
                    "updates to parameters are forbidden."
                ),
                (["create", "secret", "generic", "ceph"], "already exists"),
            ] {
                let failure = await #expect(throws: KubectlFailure.self) { _ = try await kubectl.result(words) }
                #expect(failure?.error.contains(text) == true, "\(failure?.error ?? "")")
            }
        }
    }

    private func columns(_ output: String, line: Int) -> String {
        let lines = output.split(separator: "\n")
        guard lines.indices.contains(line) else { return "" }
        return lines[line].split(separator: " ").joined(separator: " ")
    }
}

/// Removes a folder of a test; one that cannot be removed is reported and fails nothing else.
func remove(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch {
        Issue.record("left behind: \(folder.path()): \(error)")
    }
}
