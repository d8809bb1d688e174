import Foundation
import LabSupport
import Vocabulary

/// The real `holdfast-provisioner`, as a process, between a Ceph lab and a Kubernetes lab.
struct ProvisionerUnderTest: Sendable {
    /// The process.
    let child: ChildProcess
    /// The folder with its configuration and its log.
    let folder: URL

    /// The folder that SwiftPM has put the executables into: the one that holds this test bundle.
    static var executables: URL {
        if let folder = ProcessInfo.processInfo.environment["HOLDFAST_BIN_DIR"] { return URL(filePath: folder) }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    /// Starts a provisioner named `name`. It does not wait until it leads.
    ///
    /// - Parameter flags: More flags; they win over the ones given here.
    static func start(
        _ name: String, ceph: CephLab, kube: KubeLab, folder: URL, flags: [String] = []
    ) async throws -> ProvisionerUnderTest {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let monitors = ceph.monitors.map { "\"\($0)\"" }.joined(separator: ",")
        let config = folder.appending(path: "config.json")
        try Data("[{\"clusterID\": \"\(ceph.fsid)\", \"monitors\": [\(monitors)]}]".utf8).write(to: config)
        let child = try await ChildProcess.start(
            [
                executables.appending(path: "holdfast-provisioner").path, "--provisioner-name", name,
                "--kubeconfig", kube.kubeconfig, "--ceph-config", config.path, "--lease-namespace", "default",
                "--health-address", "0", "--retry-interval-start", "200ms", "--retry-interval-max", "2s",
            ] + flags,
            log: folder.appending(path: "provisioner.log"))
        return ProvisionerUnderTest(child: child, folder: folder)
    }
}
