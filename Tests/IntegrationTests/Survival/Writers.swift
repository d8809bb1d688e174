import Foundation
import Glibc
import LabSupport
import Synchronization
import Vocabulary

/// Threads that write without pause, one a track, and note in the ledger what the file system has acknowledged.
///
/// A file is opened with O_DSYNC: a write returns when the data, and what is needed to find it again, is on the volume.
final class Writers: Sendable {
    private struct State {
        var isStopping = false
        var running: Int
        var failures: [WriteFailure] = []
    }

    private let state: Mutex<State>
    private let ledger: Ledger

    /// Starts writing into a folder. The writers run until ``stop(deadline:)``, or until a write fails.
    init(_ tracks: [Track], in folder: URL, ledger: Ledger) {
        self.ledger = ledger
        state = Mutex(State(running: tracks.count))
        for track in tracks {
            // A thread, because these calls block for as long as the cluster does.
            Thread.detachNewThread { self.run(track, folder.appending(path: track.file).path) }
        }
    }

    /// The writes that have failed, by now at most one a track.
    var failures: [WriteFailure] { state.withLock(\.failures) }

    /// Waits until so many more writes than now were acknowledged.
    ///
    /// - Throws: The first ``WriteFailure`` if one fails meanwhile; `NeverHappened` if they do not come by `deadline`.
    func moreWrites(_ count: Int, _ when: String, deadline: Deadline) async throws {
        let aim = ledger.count + count
        try await eventually("\(count) more writes \(when)", deadline: deadline) {
            ledger.count
        } until: {
            $0 >= aim || !failures.isEmpty
        }
        if let failure = failures.first { throw failure }
    }

    /// Lets the writers finish the record that they are at, and waits for them.
    ///
    /// - Throws: `NeverHappened` if a write does not return by `deadline`. A write that fails is in ``failures``.
    func stop(deadline: Deadline = .in(.seconds(60))) async throws {
        state.withLock { $0.isStopping = true }
        try await ended(deadline: deadline)
    }

    /// Waits until every writer has ended, by itself if need be.
    ///
    /// - Throws: `NeverHappened` if they have not by `deadline`.
    func ended(deadline: Deadline = .in(.seconds(60))) async throws {
        try await eventually("the writers have ended", deadline: deadline) {
            state.withLock(\.running)
        } until: {
            $0 == 0
        }
    }

    private func run(_ track: Track, _ path: String) {
        do {
            try write(track, path)
        } catch {
            let failure = error as? WriteFailure ?? WriteFailure(what: "\(path): \(error)")
            state.withLock { $0.failures.append(failure) }
        }
        state.withLock { $0.running -= 1 }
    }

    private func write(_ track: Track, _ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_DSYNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw WriteFailure(what: "open \(path): errno \(errno)") }
        defer { close(descriptor) }
        var sequence: UInt64 = 0
        while !state.withLock(\.isStopping) {
            let record = Record(track: track, sequence: sequence)
            let bytes = record.bytes
            let written = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, track.offset(of: sequence))
            }
            guard written == bytes.count else {
                throw WriteFailure(what: "record \(sequence) of \(path): \(written) bytes, errno \(errno)")
            }
            try ledger.acknowledge(record, checksum: checksum(bytes))
            sequence += 1
        }
    }
}

/// A write that the file system refused.
struct WriteFailure: Error, CustomStringConvertible {
    var what: String
    var description: String { "not written: \(what)" }
}
