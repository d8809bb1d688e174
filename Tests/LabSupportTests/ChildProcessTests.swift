import Foundation
import LabSupport
import Testing
import Vocabulary

@Suite struct ChildProcessTests {
    private func freshLog() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "child-\(UUID().uuidString).log")
    }

    private func withChild(_ words: [String], body: (ChildProcess) async throws -> Void) async throws {
        let log = freshLog()
        let child = try await ChildProcess.start(words, log: log)
        try await body(child)
        if child.exit == nil { try await child.kill() }
        try FileManager.default.removeItem(at: log)
    }

    @Test func keepsWhatTheProgramWrites() async throws {
        try await withChild(["sh", "-c", "echo out; echo err >&2; exit 4"]) { child in
            try await #expect(child.waitForExit() == .status(4))
            try #expect(child.logText() == "out\nerr\n")
        }
    }

    @Test func aFrozenChildStandsStillUntilItIsThawed() async throws {
        try await withChild(["sh", "-c", "while :; do echo tick; sleep 0.01; done"]) { child in
            try await eventually("it ticks") { try !child.logText().isEmpty }
            try await child.freeze()
            let frozen = try child.logText()
            await #expect(throws: NeverHappened.self) {
                try await eventually("it ticks on", deadline: .in(.milliseconds(300))) {
                    try child.logText() != frozen
                }
            }
            try child.send(.thaw)
            try await eventually("it ticks again") { try child.logText() != frozen }
        }
    }

    @Test func aFrozenChildCanBeTerminated() async throws {
        try await withChild(["sleep", "60"]) { child in
            try await child.freeze()
            try await #expect(child.terminate() == .signal(15))
        }
    }

    @Test func aKilledChildIsGone() async throws {
        try await withChild(["sleep", "60"]) { child in
            try await child.kill()
            #expect(child.exit == .signal(9))
            #expect(throws: ChildProcess.Gone.self) { try child.send(.terminate) }
            try await child.kill()
        }
    }

    @Test func waitingForAChildThatRunsOnFails() async throws {
        try await withChild(["sleep", "60"]) { child in
            await #expect(throws: NeverHappened.self) {
                try await child.waitForExit(deadline: .in(.milliseconds(50)))
            }
            #expect(child.exit == nil)
        }
    }

    @Test func aProgramThatDoesNotExistSaysSoInItsLog() async throws {
        try await withChild(["/no/such/program"]) { child in
            try await #expect(child.waitForExit() == .status(127))
            try #expect(child.logText().contains("/no/such/program"))
        }
    }

    @Test func aChildThatNobodyHoldsIsKilled() async throws {
        let log = freshLog()
        var child: ChildProcess? = try await ChildProcess.start(["sleep", "60"], log: log)
        let pid = try #require(child?.pid)
        child = nil
        try await eventually("process \(pid) is gone") {
            !FileManager.default.fileExists(atPath: "/proc/\(pid)")
        }
        try FileManager.default.removeItem(at: log)
    }

    @Test func knowsThePeakOfItsMemory() async throws {
        try await withChild(["sleep", "60"]) { child in
            // A process that is just being made has a page or two.
            try await eventually("it has the memory of a small program", deadline: .in(.seconds(10))) {
                try child.peakMemory()
            } until: {
                $0 > .kib(100) && $0 < .mib(100)
            }
        }
    }
}
