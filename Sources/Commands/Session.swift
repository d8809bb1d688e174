import ArgumentParser
import Console
import Foundation

/// What a command sees of the world around it.
struct Session: Sendable {
    let streams: StandardStreams
    let environment: [String: String]
    /// Reads standard input to its end.
    let standardInput: @Sendable () throws -> Data

    /// The process's own streams and environment.
    static func ofProcess(_ options: OutputOptions) -> Session {
        let environment = ProcessInfo.processInfo.environment
        return Session(
            streams: StandardStreams(
                output: .standardOutput(), story: .standardError(), colour: options.colour, environment: environment,
                isQuiet: options.quiet),
            environment: environment, standardInput: { try FileHandle.standardInput.readToEnd() ?? Data() })
    }
}

/// A command that runs in a ``Session``, so that tests can give it one of their own.
protocol SessionCommand: AsyncParsableCommand {
    var options: OutputOptions { get }
    /// How a failure is written: as JSON where the answer would have been JSON.
    var errorForm: Failure.Form { get }
    /// Does the work. What it throws is reported on stderr and decides the exit code.
    func perform(in session: Session) async throws
}

extension SessionCommand {
    func run() async throws {
        let status = await run(in: .ofProcess(options))
        if status != .success { throw ExitCode(status.rawValue) }
    }

    /// Runs the command and reports what went wrong.
    func run(in session: Session) async -> CommandStatus {
        await run(in: session) { try await perform(in: session) }
    }

    /// Runs `body` as the command's work and reports what went wrong.
    func run(in session: Session, _ body: () async throws -> Void) async -> CommandStatus {
        do {
            try await body()
            return .success
        } catch {
            let failure = Failure(describing: error)
            do {
                try session.streams.report(failure, as: errorForm)
            } catch {
                // Nobody can read stderr; the exit code still tells.
            }
            return failure.status
        }
    }
}
