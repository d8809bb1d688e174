import Foundation
public import Vocabulary

/// A real cluster that one of the programs in deploy/dev runs on this machine: one that is there already and that tests
/// share, or one of a test's own, which it may break.
public protocol Lab: Sendable {
    /// What a lab of one's own is made of.
    associatedtype Options: LabOptions
    /// The program in deploy/dev that runs it: `ceph` or `kube`.
    static var program: String { get }
    /// The environment variable that names the folder of the lab that tests share.
    static var variable: String { get }
    /// Where the lab lives.
    var directory: String { get }

    /// The lab that lives in a folder already.
    ///
    /// - Throws: ``CommandFailure`` if there is none.
    init(at directory: String, deadline: Deadline) async throws
}

/// What a lab of one's own is made of.
public protocol LabOptions: Sendable {
    /// What the lab's program makes without options, or a little less.
    init()
    /// The options as the program's `up` takes them.
    var words: [String] { get }
}

extension Lab {
    /// The lab that tests share: the one whose folder the environment variable names.
    ///
    /// - Throws: ``LabMissing`` if the variable is not set; ``CommandFailure`` if there is none in that folder.
    public static func shared(deadline: Deadline = .in(.seconds(30))) async throws -> Self {
        guard let directory = ProcessInfo.processInfo.environment[variable], !directory.isEmpty else {
            throw LabMissing(variable: variable, program: "deploy/dev/\(program)")
        }
        return try await Self(at: directory, deadline: deadline)
    }

    /// Starts a lab of one's own in a new folder. Whoever starts it must ``stop(deadline:)`` it;
    /// ``with(_:deadline:isolation:body:)`` does both.
    ///
    /// - Throws: ``CommandFailure`` with what the program said; its logs are left in place then.
    public static func start(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180))
    ) async throws -> Self {
        let program = LabProgram(name: program, directory: LabProgram.freshDirectory(program))
        do {
            try await program.run(["up"] + options.words, deadline: deadline)
            return try await Self(at: program.directory, deadline: deadline)
        } catch {
            await program.endKeepingLogs()
            throw error
        }
    }

    /// Runs `body` with a lab of its own, and ends the lab whatever comes of it.
    ///
    /// - Throws: What `body` throws, and what ``start(_:deadline:)`` and ``stop(deadline:)`` throw.
    public static func with<Answer>(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180)),
        isolation: isolated (any Actor)? = #isolation, body: (Self) async throws -> Answer
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

    /// Ends every process of the lab, frozen ones too, and removes its folder. It does so in a cancelled task, too. A
    /// control plane that KUBECONFIG named is left alone.
    public func stop(deadline: Deadline = .in(.seconds(60))) async throws {
        let down = Task { try await run(["down"], deadline: deadline) }
        _ = try await down.value
    }

    /// Kills, freezes or revives daemons, and returns when the kernel shows it; their peers learn of it later.
    ///
    /// - Parameter targets: Of Ceph `osd.N`, `host-N` for all OSDs of a host, `mon.X` or `mgr.x`; of a control plane
    ///   `etcd`, `apiserver`, `kcm` (the controller manager) or `sched` (the scheduler).
    /// - Throws: ``CommandFailure`` if there is no such target.
    public func fault(
        _ fault: LabFault, _ targets: String..., deadline: Deadline = .in(.seconds(30))
    ) async throws {
        try await run(["fault", fault.rawValue] + targets, deadline: deadline)
    }

    /// Runs a command of the lab's program on this lab and answers what it printed.
    @discardableResult
    func run(_ words: [String], deadline: Deadline) async throws -> String {
        try await LabProgram(name: Self.program, directory: directory).run(words, deadline: deadline)
    }
}

/// A fault that a test puts into a lab's daemon.
public enum LabFault: String, Sendable {
    /// SIGKILL: the daemon is gone, its peers see closed connections at once.
    case kill
    /// SIGSTOP: the daemon is there and says nothing, its peers find out by their timeouts.
    case freeze
    /// The daemon is thawed, or started again.
    case revive
}
