import Console
import Dispatch
import Glibc

/// Runs `body` so that Ctrl-C (SIGINT) and SIGTERM cancel it instead of ending the process at once, and say so on
/// `streams`: a call into Ceph that is under way ends by its own timeout. A second signal ends the process as usual.
///
/// - Throws: what `body` throws, or ``Failure`` with ``CommandStatus/interrupted`` after a signal.
func interruptible(_ streams: StandardStreams, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let work = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler {
            signal(number, SIG_DFL)
            work.cancel()
            do {
                try streams.warn("interrupted; waiting for calls that are under way, once more ends them at once")
            } catch {
                // Nobody can read stderr; the work is cancelled all the same.
            }
        }
        source.activate()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do {
        try await work.value
    } catch {
        guard work.isCancelled else { throw error }
        throw Failure(
            .interrupted, code: "Interrupted", "interrupted; volumes that were finished stay",
            hint: "run the same command again: it finds what is there and finishes what is half made")
    }
}
