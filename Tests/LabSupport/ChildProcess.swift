public import Foundation
import Glibc
import Subprocess
import Synchronization
public import Vocabulary

/// A long-lived program under test, such as `holdfast-provisioner`, with its output in a file.
///
/// All methods may be called from any task. A child that is alive when the last reference to it goes is killed.
public final class ChildProcess: Sendable {
    /// A signal that tests send.
    public enum Signal: Int32, Sendable {
        /// Asks the process to read its configuration again (SIGHUP).
        case hangUp = 1
        /// Asks the process to end as Ctrl-C does (SIGINT).
        case interrupt = 2
        /// Ends the process at once, wherever it is (SIGKILL).
        case kill = 9
        /// Asks the process to end (SIGTERM).
        case terminate = 15
        /// Lets a frozen process run again (SIGCONT).
        case thaw = 18
        /// Freezes the process (SIGSTOP).
        case freeze = 19
    }

    /// How a process ended.
    public enum Exit: Hashable, Sendable {
        /// It exited with this status.
        case status(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// A child that is not there any more, or never came to be.
    public struct Gone: Error, CustomStringConvertible {
        /// What happened, to which command line, and where its log is.
        public var description: String
    }

    /// The process's id.
    public let pid: Int32
    /// The command line.
    public let words: [String]
    /// The file that standard output and standard error are appended to.
    public let log: URL

    private let running: Task<Void, any Error>
    private let life: Life

    /// What the task that owns the process tells those who hold the child.
    private final class Life: Sendable {
        let exit = Mutex<Exit?>(nil)
    }

    private init(pid: Int32, words: [String], log: URL, running: Task<Void, any Error>, life: Life) {
        self.pid = pid
        self.words = words
        self.log = log
        self.running = running
        self.life = life
    }

    deinit {
        running.cancel()
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: The program and its arguments; it is looked for on PATH unless it holds a slash.
    ///   - environment: What differs from this process's environment; nil removes a variable.
    ///   - log: The file for standard output and standard error. A program that does not exist ends with status 127, and
    ///     says so there.
    /// - Throws: ``Gone`` if no process could be made.
    public static func start(
        _ words: [String], environment: [String: String?] = [:], log: URL
    ) async throws -> ChildProcess {
        let changes = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        // The log is there from the start, even if the process does not live long enough to open it.
        if !FileManager.default.fileExists(atPath: log.path),
            !FileManager.default.createFile(atPath: log.path, contents: nil)
        {
            throw Gone(description: "cannot make the log \(log.path) for: \(words.joined(separator: " "))")
        }
        let life = Life()
        let (pids, continuation) = AsyncStream<Int32>.makeStream()
        let running = Task {
            defer { continuation.finish() }
            // The shell opens the log and becomes the program: one process, and its id stays.
            let ended = try await Subprocess.run(
                .name("sh"), arguments: Arguments(["-c", #"exec "$@" >>"$0" 2>&1"#, log.path] + words),
                environment: .inherit.updating(changes), input: .none, output: .discarded, error: .discarded
            ) { execution in
                continuation.yield(execution.processIdentifier.value)
            }
            let exit: Exit =
                switch ended.terminationStatus {
                case .exited(let status): .status(status)
                case .signaled(let signal): .signal(signal)
                }
            life.exit.withLock { $0 = exit }
        }
        guard let pid = await pids.first(where: { _ in true }) else {
            try await running.value
            throw Gone(description: "no process for: \(words.joined(separator: " "))")
        }
        return ChildProcess(pid: pid, words: words, log: log, running: running, life: life)
    }

    /// How the process ended; nil while it lives, frozen or not.
    public var exit: Exit? {
        life.exit.withLock { $0 }
    }

    /// Sends a signal. Whether it has had its effect when this returns is the kernel's and the program's business.
    ///
    /// - Throws: ``Gone`` if the process has ended.
    public func send(_ signal: Signal) throws {
        try life.exit.withLock { exit in
            if exit != nil || Glibc.kill(pid, signal.rawValue) != 0 {
                throw Gone(description: "\(name) (pid \(pid)) has ended before signal \(signal.rawValue): \(log.path)")
            }
        }
    }

    /// Freezes the process and waits until the kernel shows it stopped.
    ///
    /// - Throws: ``Gone`` if the process has ended; ``NeverHappened`` if it runs on.
    public func freeze(deadline: Deadline = .in(.seconds(10))) async throws {
        try send(.freeze)
        try await eventually("\(name) is stopped", deadline: deadline, every: .milliseconds(5)) {
            try self.isStopped()
        }
    }

    /// Whether the kernel shows the process stopped, by whatever signal.
    ///
    /// - Throws: Foundation's error if the process has ended.
    public func isStopped() throws -> Bool {
        try kernelState() == "T"
    }

    /// Waits until the process has ended.
    ///
    /// - Throws: ``NeverHappened`` if it has not by `deadline`; `CancellationError` if the task is cancelled. The process
    ///   is left as it is in both cases.
    @discardableResult
    public func waitForExit(deadline: Deadline = .in(.seconds(30))) async throws -> Exit {
        try await eventually("\(name) (pid \(pid)) ends", deadline: deadline, every: .milliseconds(10)) {
            guard let exit = self.exit else { throw Gone(description: "it still runs; log: \(self.log.path)") }
            return exit
        } until: { _ in
            true
        }
    }

    /// Ends the process at once and waits until it is gone. Does nothing to one that has ended.
    ///
    /// - Throws: As ``waitForExit(deadline:)`` does.
    public func kill(deadline: Deadline = .in(.seconds(10))) async throws {
        do {
            try send(.kill)
        } catch is Gone {
            // That is what is wanted; the next line waits until the process has been waited for.
        }
        try await waitForExit(deadline: deadline)
    }

    /// Asks the process to end, thaws it if it is frozen, and waits until it is gone.
    ///
    /// - Returns: How it ended.
    /// - Throws: ``Gone`` if it had ended before; ``NeverHappened`` if it has not ended by `deadline`.
    @discardableResult
    public func terminate(deadline: Deadline = .in(.seconds(30))) async throws -> Exit {
        try send(.terminate)
        try send(.thaw)
        return try await waitForExit(deadline: deadline)
    }

    /// All that the process has written so far.
    ///
    /// - Throws: Foundation's error if the log cannot be read.
    public func logText() throws -> String {
        String(decoding: try Data(contentsOf: log), as: UTF8.self)
    }

    /// The most memory that the process has had in use so far (VmHWM).
    ///
    /// - Throws: ``Gone`` if the kernel does not tell, because the process has ended.
    public func peakMemory() throws -> ByteCount {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let words = line.dropFirst(6).split(whereSeparator: \.isWhitespace)
            if let kib = UInt64(words.first ?? "") { return .kib(kib) }
        }
        throw Gone(description: "\(name) (pid \(pid)) has no VmHWM line")
    }

    private var name: String { words.first ?? "" }

    /// The kernel's letter for the process's state, from /proc/PID/stat: the first word after the last bracket.
    private func kernelState() throws -> Substring? {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return stat.split(separator: ")").last?.split(separator: " ").first
    }
}
