import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

/// The executable `holdfast-dev-api`, started as the demo starts it, in the eyes of kubectl.
@Suite(.needsKubectl, .timeLimit(.minutes(2))) struct ProcessTests {
    /// One object of each kind that kubectl must be able to create, get and watch.
    private static let manifests: [(resource: String, text: String)] = [
        (
            "storageclass/fast",
            """
            {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
             "provisioner": "rbd.holdfast.io"}
            """
        ),
        (
            "secret/ceph",
            #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ceph"}, "data": {"userKey": "QQ=="}}"#
        ),
        (
            "pvc/data",
            """
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
             "spec": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
                      "resources": {"requests": {"storage": "1Gi"}}}}
            """
        ),
        (
            "pv/disk",
            """
            {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
             "spec": {"storageClassName": "other", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
                      "csi": {"driver": "rbd.csi.ceph.com", "volumeHandle": "one"}}}
            """
        ),
        (
            "event/news",
            """
            {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "news", "namespace": "default"},
             "involvedObject": {"kind": "PersistentVolumeClaim", "namespace": "default", "name": "data"},
             "reason": "Test", "message": "hello", "type": "Normal"}
            """
        ),
        (
            "lease/leader",
            """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "leader"},
             "spec": {"holderIdentity": "me", "leaseDurationSeconds": 15}}
            """
        ),
    ]

    @Test func kubectlCreatesGetsAndWatchesEachKindAndSIGTERMEndsIt() async throws {
        try await withProcess { process, kubectl in
            for (resource, text) in Self.manifests {
                let parts = resource.split(separator: "/").map(String.init)
                // The watch begins before the object is there.
                let watch = try await ChildProcess.start(
                    kubectl(["get", parts[0], "--watch", "-o", "name", "--request-timeout=60s"]),
                    log: process.log.deletingLastPathComponent().appending(path: "watch-\(parts[0]).log"))
                let created = try await Command(kubectl(["create", "-f", "-"]), input: text).run()
                #expect(created.contains("/\(parts[1]) created"), "\(created)")
                let found = try await Command(kubectl(["get", resource, "-o", "jsonpath={.metadata.name}"])).run()
                #expect(found == parts[1])
                try await eventually("the watch of \(parts[0]) has seen it", deadline: .in(.seconds(20))) {
                    try watch.logText()
                } until: {
                    $0.contains("/\(parts[1])\n")
                }
                try await watch.kill()
            }
            #expect(try await process.terminate() == .status(0))
        }
    }

    @Test func aWatchThatIsOpenDoesNotHoldUpTheEnd() async throws {
        try await withProcess { process, kubectl in
            let watch = try await ChildProcess.start(
                kubectl(["get", "pvc", "--watch"]),
                log: process.log.deletingLastPathComponent().appending(path: "watch.log"))
            try await Command(kubectl(["create", "-f", "-"]), input: Self.manifests[2].text).run()
            try await eventually("the watch is open") { try watch.logText().contains("data") }
            #expect(try await process.terminate(deadline: .in(.seconds(10))) == .status(0))
            try await watch.kill()
        }
    }

    /// Runs `body` with the process, once it says that it is ready, and what makes a command line of kubectl for it.
    private func withProcess(
        _ body: (ChildProcess, _ kubectl: ([String]) -> [String]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dev-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { remove(folder) }
        let kubeconfig = folder.appending(path: "kubeconfig").path
        let process = try await ChildProcess.start(
            [Checkout.executable("holdfast-dev-api"), "--kubeconfig-out", kubeconfig],
            log: folder.appending(path: "dev-api.log"))
        try await eventually("it says that it is ready") { try process.logText().contains("ready: http://127.0.0.1:") }
        try await body(process) { words in
            ["kubectl", "--kubeconfig", kubeconfig, "--cache-dir", folder.appending(path: "cache").path] + words
        }
        // A test that failed on the way leaves it to the last reference.
    }
}
