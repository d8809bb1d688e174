import Foundation
public import Vocabulary

/// A real Kubernetes control plane that `deploy/dev/kube` runs on this machine, or the one that KUBECONFIG names: shared
/// by tests, or one of a test's own, which it may break.
public struct KubeLab: Sendable {
    /// What a control plane of one's own is made of.
    public struct Options: Sendable {
        /// Whether there is a scheduler. Only claims of a class that waits for a first consumer need one.
        public var hasScheduler = true
        /// The controller manager's limit towards the API, requests a second; nil: its own default, 20.
        public var controllerRequestsPerSecond: Int?

        /// A scheduler, and the controller manager's own limit.
        public init() {}

        var words: [String] {
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

    /// The environment variable that names the folder of the lab that tests share.
    public static let variable = "HOLDFAST_KUBE_DIR"

    /// The control plane that tests share: the one whose folder `HOLDFAST_KUBE_DIR` names.
    ///
    /// - Throws: ``LabMissing`` if the variable is not set; ``CommandFailure`` if there is none in that folder.
    public static func shared(deadline: Deadline = .in(.seconds(30))) async throws -> KubeLab {
        guard let directory = ProcessInfo.processInfo.environment[variable], !directory.isEmpty else {
            throw LabMissing(variable: variable, program: "deploy/dev/kube")
        }
        return try await KubeLab(at: directory, deadline: deadline)
    }

    /// Starts a control plane of one's own in a new folder. Whoever starts it must ``stop(deadline:)`` it;
    /// ``withControlPlane(_:deadline:body:)`` does both.
    ///
    /// - Throws: ``CommandFailure`` with what `deploy/dev/kube` said; its logs are left in place then.
    public static func start(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180))
    ) async throws -> KubeLab {
        let program = LabProgram(name: "kube", directory: LabProgram.freshDirectory("kube"))
        do {
            try await program.run(["up"] + options.words, deadline: deadline)
            return try await KubeLab(at: program.directory, deadline: deadline)
        } catch {
            await program.endKeepingLogs()
            throw error
        }
    }

    /// Runs `body` with a control plane of its own, and ends it whatever comes of it.
    ///
    /// - Throws: What `body` throws, and what ``start(_:deadline:)`` and ``stop(deadline:)`` throw.
    public static func withControlPlane<Answer>(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180)),
        isolation: isolated (any Actor)? = #isolation, body: (KubeLab) async throws -> Answer
    ) async throws -> Answer {
        let lab = try await start(options, deadline: deadline)
        let answer: Answer
        do {
            answer = try await body(lab)
        } catch {
            try await lab.stop()
            throw error
        }
        try await lab.stop()
        return answer
    }

    /// Ends every process of the control plane, frozen ones too, and removes its folder. It does so in a cancelled task,
    /// too. A control plane that KUBECONFIG named is left alone.
    public func stop(deadline: Deadline = .in(.seconds(60))) async throws {
        _ = try await Task { try await program.run(["down"], deadline: deadline) }.value
    }

    /// Kills, freezes or revives daemons, and returns when the kernel shows it.
    ///
    /// - Parameter targets: `etcd`, `apiserver`, `kcm` (the controller manager) or `sched` (the scheduler).
    /// - Throws: ``CommandFailure`` if there is no such daemon.
    public func fault(
        _ fault: LabFault, _ targets: String..., deadline: Deadline = .in(.seconds(30))
    ) async throws {
        try await program.run(["fault", fault.rawValue] + targets, deadline: deadline)
    }

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
        let text = try await program.run(["token", account], deadline: deadline)
        return Redacted(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The text of a kubeconfig with the rights of a service account, and a token in it that is good for a day.
    ///
    /// - Parameter account: `NAMESPACE/NAME`.
    /// - Throws: ``CommandFailure`` if there is no such account, or the control plane is not the lab's own.
    public func kubeconfig(
        of account: String, deadline: Deadline = .in(.seconds(30))
    ) async throws -> Redacted<String> {
        Redacted(try await program.run(["token", account, "-o", "kubeconfig"], deadline: deadline))
    }

    private var program: LabProgram { LabProgram(name: "kube", directory: directory) }

    /// The part of `deploy/dev/kube env -o json` that tests need.
    private struct Facts: Decodable {
        var kubeconfig: String
    }

    private init(at directory: String, deadline: Deadline) async throws {
        let program = LabProgram(name: "kube", directory: directory)
        self.directory = directory
        kubeconfig = try await program.environment(as: Facts.self, deadline: deadline).kubeconfig
    }
}
