import Foundation
import LabSupport
import Vocabulary

/// A guest of `deploy/dev/guest`, whose kernel has mapped a volume and writes files to it, one after the other.
struct Guest: Sendable {
    private let child: ChildProcess

    /// The address that clusters for guests listen on: 127.0.0.1 would be the guest itself.
    static let address = "10.99.0.1"

    /// Runs `body` on a machine that has ``address``, and takes it away again if the machine did not have it before.
    static func withAddress(_ body: () async throws -> Void) async throws {
        let had = try await Command(["ip", "address", "show", "dev", "lo"]).run().contains(" \(address)/")
        try await Command(["ip", "address", "replace", "\(address)/32", "dev", "lo"]).run()
        do {
            try await body()
        } catch {
            if !had { try await Task { try await removeAddress() }.value }
            throw error
        }
        if !had { try await removeAddress() }
    }

    private static func removeAddress() async throws {
        try await Command(["ip", "address", "del", "\(address)/32", "dev", "lo"]).run()
    }

    /// Boots a guest that maps a volume as the lab's user `holdfast`, with a key of that user, writes so many files of
    /// 64 KiB, and ends.
    static func boot(_ volume: Volume, files: Int, on ceph: CephLab, log: URL) async throws -> Guest {
        Guest(
            child: try await ChildProcess.start(
                [
                    Checkout.path("deploy/dev/guest"), "run", "\(volume.pool)/\(volume.image)", "--dir", ceph.directory,
                    "--client", "holdfast", "--files", "\(files)", "--timeout", "300",
                ], log: log))
    }

    /// The files that the guest's kernel has acknowledged, by name, with the SHA-256 of what was written.
    func written() throws -> [String: String] {
        let lines = try child.logText().matches(of: /\nguest: written ([0-9]+) ([0-9a-f]{64})(?=\n)/)
        return Dictionary(lines.map { (String($0.1), String($0.2)) }) { first, _ in first }
    }

    /// What the console has shown last.
    private func console() throws -> String {
        try child.logText().split(separator: "\n").suffix(15).joined(separator: "\n")
    }

    /// Waits until so many files are written.
    ///
    /// - Throws: `NeverHappened`; ``GaveUp`` if the guest has ended before.
    func hasWritten(_ count: Int, deadline: Deadline) async throws {
        try await eventually("the guest has written \(count) files", deadline: deadline) {
            try (count: written().count, exit: child.exit)
        } until: {
            $0.count >= count || $0.exit != nil
        }
        if try written().count < count { throw GaveUp(console: try console()) }
    }

    /// A guest that ended before it should.
    struct GaveUp: Error {
        var console: String
    }

    /// Whether it has ended.
    var isOff: Bool { child.exit != nil }

    /// Waits until it is off, with all written and the volume unmapped.
    ///
    /// - Throws: `NeverHappened`; ``GaveUp`` if it could not do all that.
    func powersOff(deadline: Deadline) async throws {
        let exit = try await child.waitForExit(deadline: deadline)
        if exit != .status(0) { throw GaveUp(console: try console()) }
    }
}
