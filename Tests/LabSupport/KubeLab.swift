import Foundation
public import Vocabulary

/// A real Kubernetes control plane that `deploy/dev/kube` runs on this machine, or the one that KUBECONFIG names.
public struct KubeLab: Lab {
    /// What a control plane of one's own is made of.
    public struct Options: LabOptions {
        /// Whether there is a scheduler. Only claims of a class that waits for a first consumer need one.
        public var hasScheduler = true
        /// The controller manager's limit towards the API, requests a second; nil: its own default, 20.
        public var controllerRequestsPerSecond: Int?

        /// A scheduler, and the controller manager's own limit.
        public init() {}

        /// The options of `deploy/dev/kube up`.
        public var words: [String] {
            var words = hasScheduler ? [] : ["--no-scheduler"]
            if let rate = controllerRequestsPerSecond {
                words += ["--kcm-qps", "\(rate)", "--kcm-burst", "\(rate * 2)"]
            }
            return words
        }
    }

    /// Where the control plane lives.
    public let directory: String
    /// A kubeconfig file with the administrator's rights.
    public let kubeconfig: String

    /// `HOLDFAST_KUBE_DIR`.
    public static let variable = "HOLDFAST_KUBE_DIR"
    /// `deploy/dev/kube`.
    public static let program = "kube"

    /// Runs `kubectl` as the administrator and answers what it printed.
    ///
    /// - Parameter input: What kubectl reads with `-f -`.
    /// - Throws: ``CommandFailure`` if it fails or is not done by `deadline`.
    @discardableResult
    public func kubectl(
        _ words: [String], input: String = "", deadline: Deadline = .in(.seconds(30))
    ) async throws -> String {
        try await Command(["kubectl", "--kubeconfig", kubeconfig] + words, input: input).run(deadline: deadline)
    }

    /// A token of a service account, good for a day.
    ///
    /// - Parameter account: `NAMESPACE/NAME`.
    /// - Throws: ``CommandFailure`` if there is no such account.
    public func token(of account: String, deadline: Deadline = .in(.seconds(30))) async throws -> Redacted<String> {
        let text = try await run(["token", account], deadline: deadline)
        return Redacted(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The text of a kubeconfig with the rights of a service account, and a token in it that is good for a day.
    ///
    /// - Parameter account: `NAMESPACE/NAME`.
    /// - Throws: ``CommandFailure`` if there is no such account, or the control plane is not the lab's own.
    public func kubeconfig(
        of account: String, deadline: Deadline = .in(.seconds(30))
    ) async throws -> Redacted<String> {
        Redacted(try await run(["token", account, "-o", "kubeconfig"], deadline: deadline))
    }

    /// The part of `deploy/dev/kube env -o json` that tests need.
    private struct Facts: Decodable {
        var kubeconfig: String
    }

    /// The control plane that lives in a folder already, or that KUBECONFIG named when the folder was made.
    ///
    /// - Throws: ``CommandFailure`` if there is none.
    public init(at directory: String, deadline: Deadline) async throws {
        let program = LabProgram(name: Self.program, directory: directory)
        self.directory = directory
        kubeconfig = try await program.environment(as: Facts.self, deadline: deadline).kubeconfig
    }
}
