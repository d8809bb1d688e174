import Foundation
import Subprocess
public import Vocabulary

/// A program to run to its end, such as `rbd`, `ceph` or `kubectl`: the oracle that a test asks.
public struct Command: Sendable {
    /// The program and its arguments; the program is looked for on PATH unless it holds a slash.
    public var words: [String]
    /// What differs from this process's environment; nil removes a variable.
    public var environment: [String: String?]
    /// What the program reads from its standard input.
    public var input: String

    /// A command line. Nothing runs before ``run(deadline:)``.
    public init(_ words: [String], environment: [String: String?] = [:], input: String = "") {
        self.words = words
        self.environment = environment
        self.input = input
    }

    /// How a program ended, and what it wrote.
    public struct Result: Sendable {
        /// The exit status; 128 plus the signal's number for a program that a signal ended.
        public var status: Int32
        /// Standard output, at most 64 MiB of it.
        public var output: String
        /// Standard error, at most 1 MiB of it.
        public var error: String
    }

    /// Runs the program and answers what it wrote to its standard output.
    ///
    /// - Throws: ``CommandFailure`` if the program cannot be started, ends with another status than 0, or has not ended
    ///   by `deadline`: it is killed then, but not what it has started in turn. `CancellationError` if the task is
    ///   cancelled; the program is killed then, too.
    @discardableResult
    public func run(deadline: Deadline = .in(.seconds(60))) async throws -> String {
        let result = try await result(deadline: deadline)
        guard result.status == 0 else {
            throw CommandFailure(command: self, problem: "exit status \(result.status)", detail: result.error)
        }
        return result.output
    }

    /// Runs the program and answers how it ended, whatever its status.
    ///
    /// - Throws: As ``run(deadline:)`` does, but not for an exit status.
    public func result(deadline: Deadline = .in(.seconds(60))) async throws -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await execute() }
                group.addTask {
                    try await Task.sleep(until: deadline.instant, clock: .continuous)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let result = first else {
                    throw CommandFailure(command: self, problem: "did not end in time and was killed", detail: "")
                }
                return result
            }
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw CommandFailure(command: self, problem: "could not be run", detail: String(describing: error))
        }
    }

    private func execute() async throws -> Result {
        let changes = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        // `env` takes names and paths alike, and becomes the program without another process.
        let ended = try await Subprocess.run(
            .name("env"), arguments: Arguments(words), environment: .inherit.updating(changes),
            input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
        let status =
            switch ended.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Result(status: status, output: ended.standardOutput, error: ended.standardError)
    }
}

/// A program that did not do what a test needs of it.
public struct CommandFailure: Error, CustomStringConvertible {
    /// The command.
    public var command: Command
    /// What went wrong, in words.
    public var problem: String
    /// What the program wrote to its standard error.
    public var detail: String

    /// The command line, the problem and the program's own words.
    public var description: String {
        "\(command.words.joined(separator: " ")): \(problem)\(detail.isEmpty ? "" : "\n\(detail)")"
    }
}
