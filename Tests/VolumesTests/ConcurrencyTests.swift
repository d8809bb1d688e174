import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Volumes

@Suite struct GroupCommitTests {
    /// A writer that waits until it is let go, and keeps what it was given.
    private final class Writer: Sendable {
        private struct State {
            var batches: [GroupCommit.Changes] = []
            var stored: [String: [UInt8]] = [:]
            var held: [CheckedContinuation<Void, Never>] = []
            var isOpen = false
        }

        private let state = Mutex(State())
        let failing: Set<Int>

        init(failing: Set<Int> = []) { self.failing = failing }

        func write(_ changes: GroupCommit.Changes) async throws(VolumeError) {
            let number = state.withLock { state in
                state.batches.append(changes)
                return state.batches.count
            }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.held.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            if failing.contains(number) {
                throw VolumeError(.outOfSpace, "batch \(number)", because: "full", next: "wait")
            }
            state.withLock { state in
                for (key, value) in changes { state.stored[key] = value }
            }
        }

        func open() {
            let held = state.withLock { state in
                state.isOpen = true
                defer { state.held = [] }
                return state.held
            }
            for continuation in held { continuation.resume() }
        }

        var batches: [GroupCommit.Changes] { state.withLock { $0.batches } }
        var stored: [String: [UInt8]] { state.withLock { $0.stored } }
    }

    @Test func gathersWhatComesWhileAWriteIsInFlight() async throws {
        let writer = Writer()
        let log = GroupCommit { changes throws(VolumeError) in try await writer.write(changes) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask { try await log.commit("key \(number)", [UInt8(number)]) }
            }
            while await log.waitingCount + writer.batches.reduce(0, { $0 + $1.count }) < 100 { await Task.yield() }
            writer.open()
            try await group.waitForAll()
        }
        #expect(writer.stored.count == 100)
        #expect(writer.batches.count <= 3, "\(writer.batches.map(\.count))")
    }

    @Test func aKeysLastChangeWins() async throws {
        let writer = Writer()
        let log = GroupCommit { changes throws(VolumeError) in try await writer.write(changes) }
        writer.open()
        try await log.commit("a", [1])
        try await log.commit("a", nil)
        #expect(writer.stored["a"] == nil)
        try await log.commit("a", [2])
        #expect(writer.stored["a"] == [2])
    }

    @Test func aFailedWriteFailsThoseWhoWaitedForItAndNobodyElse() async throws {
        let writer = Writer(failing: [1])
        let log = GroupCommit { changes throws(VolumeError) in try await writer.write(changes) }
        writer.open()
        let error = await #expect(throws: VolumeError.self) { try await log.commit("a", [1]) }
        #expect(error?.code == .outOfSpace)
        try await log.commit("b", [2])
        #expect(writer.stored == ["b": [2]])
    }
}

@Suite struct OperationGateTests {
    private static func abandoned(_ cancelled: Bool, _ begun: Bool) -> VolumeError {
        VolumeError(
            cancelled ? .cancelled : .timedOut, "work", because: begun ? "begun" : "not begun", next: "wait",
            mayBeRunning: true)
    }

    /// How many pieces of work run now, per key, and the most that ever ran together.
    private final class Tally: Sendable {
        private struct State {
            var running: [Int: Int] = [:]
            var most = 0
        }

        private let state = Mutex(State())

        /// Answers how many run on the key, this one included.
        func begin(_ key: Int) -> Int {
            state.withLock { state in
                state.running[key, default: 0] += 1
                state.most = max(state.most, state.running.values.reduce(0, +))
                return state.running[key, default: 0]
            }
        }

        func end(_ key: Int) {
            state.withLock { $0.running[key, default: 0] -= 1 }
        }

        var most: Int { state.withLock { $0.most } }
    }

    @Test func worksOnOneKeyOneAtATime() async throws {
        let gate = OperationGate<Int>()
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await gate.run(number % 5, deadline: .in(.seconds(30)), abandoned: Self.abandoned) {
                        () async throws(VolumeError) in
                        #expect(tally.begin(number % 5) == 1)
                        for _ in 0..<10 { await Task.yield() }
                        tally.end(number % 5)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most > 1, "keys did not run side by side")
        #expect(await gate.drain(deadline: .in(.seconds(5))))
    }

    @Test func aCallerThatGivesUpDoesNotStopTheWork() async throws {
        let gate = OperationGate<Int>()
        let door = Handover<Bool>()
        let finished = Handover<Bool>()
        let error = await #expect(throws: VolumeError.self) {
            try await gate.run(1, deadline: .in(.milliseconds(20)), abandoned: Self.abandoned) {
                () async throws(VolumeError) in
                _ = await door.wait()
                finished.settle(true)
            }
        }
        #expect(error?.code == .timedOut && error?.why == "begun" && error?.mayBeRunning == true)
        #expect(await gate.drain(deadline: .in(.milliseconds(20))) == false)
        #expect(!gate.isIdle)

        // The next work on the key waits for it, and never begins if its own caller gives up before.
        let second = await #expect(throws: VolumeError.self) {
            try await gate.run(1, deadline: .in(.milliseconds(20)), abandoned: Self.abandoned) {
                () async throws(VolumeError) in
                Issue.record("began beside the first")
            }
        }
        #expect(second?.why == "not begun")
        door.settle(true)
        #expect(await gate.drain(deadline: .in(.seconds(5))))
        #expect(await finished.wait())
        #expect(gate.isIdle)
    }

    @Test func cancellationReturnsAtOnce() async throws {
        let gate = OperationGate<Int>()
        let door = Handover<Bool>()
        let begun = Handover<Bool>()
        let task = Task {
            try await gate.run(1, deadline: .in(.seconds(60)), abandoned: Self.abandoned) {
                () async throws(VolumeError) in
                begun.settle(true)
                _ = await door.wait()
            }
        }
        _ = await begun.wait()
        task.cancel()
        let result = await task.result
        let error = #expect(throws: VolumeError.self) { try result.get() }
        #expect(error?.code == .cancelled)
        door.settle(true)
        #expect(await gate.drain(deadline: .in(.seconds(5))))
    }
}
