import TestSupport
import Testing

@testable import Provisioner

private typealias Queue = WorkQueue<String, String>

private func makeQueue(workers: Int = 4, initial: Int = 4, seed: UInt64 = 1) -> Queue {
    Queue(
        maximumRunning: workers, backoff: Backoff(initial: .seconds(1), maximum: .seconds(300), jitter: 0),
        limits: .init(initial: initial, minimum: 1, maximum: 64), seed: seed)
}

@Suite struct WorkQueueTests {
    private let start = ContinuousClock.now

    @Test func aKeyAddedTwiceIsStartedOnce() {
        var queue = makeQueue(workers: 1)
        #expect(queue.add("a", group: "x", now: start).start == ["a"])
        #expect(queue.add("b", group: "x", now: start).start.isEmpty)
        #expect(queue.add("b", group: "x", now: start).start.isEmpty)
        #expect(queue.finish("a", .done, now: start).start == ["b"])
        #expect(queue.finish("b", .done, now: start).start.isEmpty)
        #expect(queue.count == 0)
    }

    @Test func aKeyAddedWhileItRunsRunsOnceMore() {
        var queue = makeQueue()
        #expect(queue.add("a", group: "x", now: start).start == ["a"])
        #expect(queue.add("a", group: "x", now: start).start.isEmpty, "one worker a key")
        #expect(queue.add("a", group: "x", now: start).start.isEmpty)
        #expect(queue.finish("a", .done, now: start).start == ["a"])
        #expect(queue.finish("a", .done, now: start).start.isEmpty)
    }

    @Test func failuresWaitTwiceAsLongEachTime() {
        var queue = makeQueue()
        var now = start
        _ = queue.add("a", group: "x", now: now)
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let actions = queue.finish("a", .retry, now: now)
            #expect(actions.start.isEmpty)
            let due = now.advanced(by: .seconds(expected))
            #expect(actions.wakeAt == due)
            #expect(queue.tick(now: due.advanced(by: .nanoseconds(-1))).start.isEmpty)
            now = due
            #expect(queue.tick(now: now).start == ["a"])
        }
        #expect(queue.failures(of: "a") == 11)
        _ = queue.finish("a", .done, now: now)
        #expect(queue.count == 0, "what is done leaves nothing behind")
        #expect(queue.add("a", group: "x", now: now).start == ["a"])
        #expect(queue.finish("a", .retry, now: now).wakeAt == now.advanced(by: .seconds(1)), "failures were forgotten")
    }

    @Test func addingADelayedKeyCutsItsWaitShort() {
        var queue = makeQueue()
        _ = queue.add("a", group: "x", now: start)
        _ = queue.finish("a", .retry, now: start)
        let actions = queue.add("a", group: "x", now: start)
        #expect(actions.start == ["a"])
        #expect(actions.wakeAt == nil, "the old wake-up is dropped")
        #expect(queue.tick(now: start.advanced(by: .seconds(10))).start.isEmpty)
    }

    @Test func aSetWaitCountsAsNoFailure() {
        var queue = makeQueue()
        _ = queue.add("a", group: "x", now: start)
        let actions = queue.finish("a", .retryAfter(.seconds(300)), now: start)
        #expect(actions.wakeAt == start.advanced(by: .seconds(300)))
        #expect(queue.failures(of: "a") == 0)
    }

    @Test func aGroupThatIsOverloadedDoesNotHoldUpAnother() {
        var queue = makeQueue(workers: 8, initial: 4)
        for key in 0..<8 { _ = queue.add("down-\(key)", group: "down", now: start) }
        #expect(queue.running == 4, "the group's limit")
        // Every operation of the group fails for overload until one at a time is left.
        for key in 0..<4 { _ = queue.finish("down-\(key)", .retry, sample: .overloaded, now: start) }
        for key in 4..<8 { _ = queue.finish("down-\(key)", .retry, sample: .overloaded, now: start) }
        #expect(queue.limit(of: "down") < 4)
        let actions = queue.add("up-0", group: "up", now: start)
        #expect(actions.start == ["up-0"])
    }

    @Test func groupsTakeTurns() {
        var queue = makeQueue(workers: 1)
        _ = queue.add("a0", group: "a", now: start)
        for key in ["a1", "a2", "b1", "b2"] { _ = queue.add(key, group: String(key.prefix(1)), now: start) }
        var order: [String] = []
        var running = "a0"
        while let next = queue.finish(running, .done, now: start).start.first {
            order.append(next)
            running = next
        }
        #expect(order == ["a1", "b1", "a2", "b2"])
    }

    @Test func aClosedQueueStartsNothing() {
        var queue = makeQueue(workers: 1)
        _ = queue.add("a", group: "x", now: start)
        _ = queue.add("b", group: "x", now: start)
        queue.close()
        let actions = queue.finish("a", .retry, now: start)
        #expect(actions.start.isEmpty)
        #expect(actions.wakeAt == nil)
    }

    /// Random adds, ends and ticks: never two workers on a key, never more than the limits, nothing lost.
    @Test(arguments: [UInt64](1...40))
    func propertiesHoldForRandomRuns(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = Queue(
            maximumRunning: 6, backoff: Backoff(), limits: .init(initial: 3, minimum: 1, maximum: 5), seed: seed)
        var now = start
        var running: Set<String> = []
        var owed: Set<String> = []  // added, and not started since
        func apply(_ actions: Queue.Actions) {
            for key in actions.start {
                #expect(running.insert(key).inserted, "seed \(seed): two workers on \(key)")
                owed.remove(key)
            }
            #expect(running.count <= 6, "seed \(seed)")
        }
        for _ in 0..<2_000 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...400, using: &random)))
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let key = "k\(Int.random(in: 0..<12, using: &random))"
                owed.insert(key)
                apply(queue.add(key, group: "g\(key.hashValue & 1)", now: now))
            case 1:
                guard let key = running.sorted().randomElement(using: &random) else { continue }
                running.remove(key)
                let outcome: WorkOutcome = Bool.random(using: &random) ? .done : .retry
                if outcome == .retry { owed.insert(key) }
                let sample: ConcurrencyLimit.Sample = Bool.random(using: &random) ? .overloaded : .answered(.zero)
                apply(queue.finish(key, outcome, sample: sample, now: now))
            default:
                apply(queue.tick(now: now))
            }
        }
        // From here on all ends well: whatever is owed must be started.
        while let key = running.popFirst() { apply(queue.finish(key, .done, now: now)) }
        for _ in 0..<100 where !owed.isEmpty || !running.isEmpty {
            now = now.advanced(by: .seconds(300))
            apply(queue.tick(now: now))
            while let key = running.popFirst() { apply(queue.finish(key, .done, now: now)) }
        }
        #expect(owed.isEmpty, "seed \(seed): lost \(owed)")
        #expect(queue.count == 0, "seed \(seed)")
    }
}

@Suite struct ConcurrencyLimitTests {
    @Test func itGrowsByOneForEachFullRound() {
        var limit = ConcurrencyLimit(.init(initial: 4, minimum: 1, maximum: 8))
        for _ in 0..<4 { limit.record(.answered(.milliseconds(10)), running: 3) }
        #expect(limit.current == 4 || limit.current == 5)
        for _ in 0..<200 { limit.record(.answered(.milliseconds(10)), running: 7) }
        #expect(limit.current == 8, "never above the maximum")
    }

    @Test func itDoesNotGrowWhereItWasNotReached() {
        var limit = ConcurrencyLimit(.init(initial: 4, minimum: 1, maximum: 8))
        for _ in 0..<200 { limit.record(.answered(.milliseconds(10)), running: 0) }
        #expect(limit.current == 4)
    }

    @Test func oneRoundOfRefusalsHalvesItOnce() {
        var limit = ConcurrencyLimit(.init(initial: 32, minimum: 1, maximum: 64))
        for running in (0..<32).reversed() { limit.record(.overloaded, running: running) }
        #expect(limit.current == 16)
        for _ in 0..<20 { limit.record(.overloaded, running: 0) }
        #expect(limit.current == 1, "never below the minimum")
    }

    @Test func answersMuchSlowerThanUsualShrinkIt() {
        var limit = ConcurrencyLimit(.init(initial: 10, minimum: 1, maximum: 64, latencyTolerance: 8))
        for _ in 0..<5 { limit.record(.answered(.milliseconds(200)), running: 0) }
        limit.record(.answered(.seconds(10)), running: 9)
        #expect(limit.current == 9)
    }

    @Test func whatNeverWentToCephSaysNothing() {
        var limit = ConcurrencyLimit(.init(initial: 10, minimum: 1, maximum: 64))
        for _ in 0..<100 { limit.record(.none, running: 9) }
        #expect(limit.current == 10)
    }
}

@Suite struct BackoffTests {
    @Test func jitterShortensWithinItsShare() {
        let backoff = Backoff(initial: .seconds(1), maximum: .seconds(300), jitter: 0.25)
        var generator = JitterGenerator(seed: 7)
        var distinct: Set<Duration> = []
        for _ in 0..<200 {
            let delay = backoff.delay(afterFailures: 3, using: &generator)
            #expect(delay > .seconds(3) && delay <= .seconds(4))
            distinct.insert(delay)
        }
        #expect(distinct.count > 100)
    }
}
