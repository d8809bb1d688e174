import Testing
import Vocabulary

@testable import Ceph

@Suite(.timeLimit(.minutes(1))) struct BlockingLaneTests {
    let table = OperationTable()
    let call = Call(function: "rbd_create4", place: "rbd", name: "img", effect: .steps)

    func lane(width: Int, depth: Int) -> BlockingLane {
        BlockingLane(name: "test", size: .init(width: width, depth: depth), table: table)
    }

    @Test func resultsAndErrorsComeBack() async throws {
        let lane = lane(width: 2, depth: 4)
        let value = try await lane.run(call, limit: .seconds(10)) { _ throws(CephError) in 7 }
        #expect(value == 7)
        let call = call
        await #expect(throws: call.failure(-17)) {
            try await lane.run(call, limit: .seconds(10)) { _ throws(CephError) in _ = try call.check(-17) }
        }
        await untilCount(0)
    }

    @Test func neverMoreThreadsThanItsWidth() async {
        let lane = lane(width: 3, depth: 100)
        let running = Tally()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let result = await self.attempt(lane) {
                        running.add()
                        running.add(-1)
                    }
                    return result == nil
                }
            }
            for await isFine in group { #expect(isFine) }
        }
        #expect((1...3).contains(running.most))
    }

    @Test func fullMeansOverloadedAtOnceAndNothingStarted() async {
        let lane = lane(width: 1, depth: 2)
        let (door, started, ran) = (Latch(), Tally(), Tally())
        let blocker = Task {
            await self.attempt(lane) {
                started.add(); door.pass()
            }
        }
        #expect(await started.reaches(1))
        let waiting = (0..<2).map { _ in Task { await self.attempt(lane) { ran.add() } } }
        await untilCount(3)
        let error = await attempt(lane) { ran.add(100) }
        #expect(error?.code == .overloaded)
        #expect(error?.outcome == .notApplied)
        #expect(error?.isRetriable == true)
        door.open()
        #expect(await blocker.value == nil)
        for task in waiting { #expect(await task.value == nil) }
        #expect(ran.value == 2)
    }

    @Test func cancelledInTheQueueIsNeverStarted() async {
        let lane = lane(width: 1, depth: 1)
        let (door, started, ran) = (Latch(), Tally(), Tally())
        let blocker = Task {
            await self.attempt(lane) {
                started.add(); door.pass()
            }
        }
        #expect(await started.reaches(1))
        let queued = Task { await self.attempt(lane) { ran.add() } }
        await untilCount(2)
        queued.cancel()
        let error = await queued.value
        #expect(error?.code == .cancelled)
        #expect(error?.outcome == .notApplied)
        // Its place in the queue is free again.
        let next = Task { await self.attempt(lane) { ran.add(10) } }
        await untilCount(2)
        door.open()
        #expect(await next.value == nil)
        #expect(await blocker.value == nil)
        #expect(ran.value == 10)
    }

    @Test func cancelledWhileRunningReturnsAtOnceAndTheResultIsHandedOver() async {
        let lane = lane(width: 1, depth: 1)
        let (door, started, late) = (Latch(), Tally(), Tally())
        let call = call
        let task = Task { () -> CephError? in
            do throws(CephError) {
                _ = try await lane.run(
                    call, limit: .seconds(30),
                    late: { result in
                        if case .success(5) = result { late.add() }
                    }
                ) { _ throws(CephError) in
                    started.add()
                    door.pass()
                    return 5
                }
                return nil
            } catch {
                return error
            }
        }
        #expect(await started.reaches(1))
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.outcome == .unknown)
        #expect(late.value == 0)
        door.open()
        #expect(await late.reaches(1))
    }

    @Test func limitPassedInTheQueue() async {
        let lane = lane(width: 1, depth: 1)
        let (door, started, ran) = (Latch(), Tally(), Tally())
        let blocker = Task {
            await self.attempt(lane) {
                started.add(); door.pass()
            }
        }
        #expect(await started.reaches(1))
        let error = await attempt(lane, limit: .milliseconds(50)) { ran.add() }
        #expect(error?.code == .timedOut)
        #expect(error?.outcome == .notApplied)
        door.open()
        #expect(await blocker.value == nil)
        #expect(ran.value == 0)
    }

    @Test func limitPassedWhileRunning() async {
        let lane = lane(width: 1, depth: 1)
        let door = Latch()
        let error = await attempt(lane, limit: .seconds(1)) { door.pass() }
        #expect(error?.code == .timedOut)
        #expect(error?.outcome == .unknown)
        #expect(table.count == 1)
        door.open()
        await untilCount(0)
    }

    @Test func progressExtendsTheLimit() async throws {
        let lane = lane(width: 1, depth: 1)
        let step = Duration.milliseconds(60)
        // Ten steps of 60 ms each, with a limit of 400 ms that counts from each step on.
        let total = try await lane.run(call, limit: .milliseconds(400)) { ticket throws(CephError) in
            for _ in 0..<10 {
                let monitor = Monitor(())
                let deadline = Deadline.in(step)
                monitor.take { _ in deadline.hasPassed ? .done(()) : .wait(until: deadline) }
                ticket.extend()
            }
            return 10
        }
        #expect(total == 10)
    }

    @Test func disposalsAreNeverRefused() async {
        let lane = lane(width: 1, depth: 1)
        let (door, started, done) = (Latch(), Tally(), Tally())
        let blocker = Task {
            await self.attempt(lane) {
                started.add(); door.pass()
            }
        }
        #expect(await started.reaches(1))
        for _ in 0..<50 { lane.dispose { done.add() } }
        door.open()
        #expect(await done.reaches(50))
        #expect(await blocker.value == nil)
    }

    @Test func disposalsOutliveTheLane() async {
        let done = Tally()
        do {
            let lane = lane(width: 1, depth: 1)
            for _ in 0..<10 { lane.dispose { done.add() } }
        }
        #expect(await done.reaches(10))
    }

    /// Threads end when they are idle, and there are new ones for the next work.
    @Test func idleThreadsEndAndComeBack() async {
        let lane = BlockingLane(
            name: "test", size: .init(width: 8, depth: 8), idleLimit: .milliseconds(20), table: table)
        for _ in 0..<3 {
            let (door, started) = (Latch(), Tally())
            let tasks = (0..<8).map { _ in
                Task {
                    await self.attempt(lane) {
                        started.add(); door.pass()
                    }
                }
            }
            #expect(await started.reaches(8))
            #expect(lane.threadCount == 8)
            door.open()
            for task in tasks { #expect(await task.value == nil) }
            let deadline = Deadline.in(.seconds(10))
            while lane.threadCount > 0, !deadline.hasPassed { await Task.yield() }
            #expect(lane.threadCount == 0)
        }
    }

    @Test func aClosedConnectionTakesNoCalls() async {
        let lane = lane(width: 1, depth: 1)
        _ = table.close()
        let error = await attempt(lane) {}
        #expect(error?.code == .shutdown)
        #expect(error?.outcome == .notApplied)
    }

    /// Runs a job; nil if it succeeded.
    func attempt(
        _ lane: BlockingLane, limit: Duration = .seconds(30), _ body: @escaping @Sendable () -> Void
    ) async -> CephError? {
        do throws(CephError) {
            try await lane.run(call, limit: limit) { _ throws(CephError) in body() }
            return nil
        } catch {
            return error
        }
    }

    /// Waits until so many calls are under way.
    func untilCount(_ count: Int) async {
        await table.reaches(count)
    }
}

extension OperationTable {
    /// Waits until so many calls are under way; a test failure if that takes more than 10 s.
    func reaches(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async {
        let deadline = Deadline.in(.seconds(10))
        while self.count != count, !deadline.hasPassed { await Task.yield() }
        #expect(self.count == count, sourceLocation: sourceLocation)
    }
}
