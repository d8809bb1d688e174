import Foundation
import LabSupport
import Vocabulary

/// The real `holdfast-provisioner`, as a process, between a Ceph lab and a Kubernetes lab.
struct ProvisionerUnderTest: Sendable {
    /// The process.
    let child: ChildProcess
    /// The folder with its configuration and its log.
    let folder: URL
    /// How many leaders the log had seen before this process, which appends to it.
    private let earlierLeaders: Int

    /// Starts a provisioner named `name`. It does not wait until it leads.
    ///
    /// - Parameters:
    ///   - flags: More flags; they win over the ones given here.
    ///   - environment: Variables for the process.
    ///   - log: The name of its log in the folder. Processes with the same one append to it, one after the other.
    ///   - clusterIDs: More names by which `config.json` knows the same Ceph cluster.
    static func start(
        _ name: String, ceph: CephLab, kube: KubeLab, folder: URL, flags: [String] = [],
        environment: [String: String?] = [:], log logName: String = "provisioner.log", clusterIDs: [String] = []
    ) async throws -> ProvisionerUnderTest {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let monitors = ceph.monitors.map { "\"\($0)\"" }.joined(separator: ",")
        let config = folder.appending(path: "config.json")
        let entries = ([ceph.fsid] + clusterIDs).map { #"{"clusterID": "\#($0)", "monitors": [\#(monitors)]}"# }
        try Data("[\(entries.joined(separator: ","))]".utf8).write(to: config)
        let log = folder.appending(path: logName)
        let earlierLeaders = leaders(
            in: String(decoding: FileManager.default.contents(atPath: log.path) ?? Data(), as: UTF8.self))
        let child = try await ChildProcess.start(
            [
                Checkout.executable("holdfast-provisioner"), "--provisioner-name", name,
                "--kubeconfig", kube.kubeconfig, "--ceph-config", config.path, "--lease-namespace", "default",
                "--health-address", "127.0.0.1:0", "--retry-interval-start", "200ms", "--retry-interval-max", "2s",
            ] + flags,
            environment: environment, log: log)
        return ProvisionerUnderTest(child: child, folder: folder, earlierLeaders: earlierLeaders)
    }

    /// Waits until this process leads, which is when it begins to work.
    ///
    /// - Throws: `NeverHappened` if it has not come to that by `deadline`.
    func leads(deadline: Deadline = .in(.seconds(60))) async throws {
        try await eventually("the provisioner leads", deadline: deadline) {
            try Self.leaders(in: child.logText()) > earlierLeaders
        }
    }

    private static func leaders(in log: String) -> Int {
        log.components(separatedBy: #""msg":"leading""#).count - 1
    }

    /// What `/metrics` tells.
    func metrics() async throws -> String {
        try await Command(["curl", "-sSf", "http://127.0.0.1:\(healthPort())/metrics"]).run()
    }

    /// Whether `/readyz` says that it can work.
    func isReady() async throws -> Bool {
        let code = try await Command([
            "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(healthPort())/readyz",
        ]).run()
        return code == "200"
    }

    /// The port of the health server: it is in the log, once the process listens.
    private func healthPort() async throws -> Substring {
        let port = try await eventually("the metrics are served") {
            try child.logText().firstMatch(of: /"address":"127\.0\.0\.1:([0-9]+)"/)?.1
        } until: {
            $0 != nil
        }
        return port ?? ""
    }
}
