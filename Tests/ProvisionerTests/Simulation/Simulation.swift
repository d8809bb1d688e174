import KubernetesModel
import Logging
import Synchronization
import TestSupport

@testable import Provisioner

/// One run: a world, the process in it, and a seed that decides what happens next.
final class Simulation {
    private var random: SeededGenerator
    private let clock = SimulatedClock()
    private var process: SimulatedProcess
    private var nextClaim: UInt64 = 1
    private var restarts: UInt64 = 0
    /// Events that one process told twice in a row about an object.
    private(set) var repeatedEvents: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        process = SimulatedProcess(World(), clock: clock, seed: seed)
    }

    /// Takes steps, each drawn at random.
    func run(steps: Int) async {
        for _ in 0..<steps {
            await process.settle()
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50: process.release(drawnFate(), using: &random)
            case 50..<70: process.deliver(using: &random)
            case 70..<84: bindOne()
            case 84..<90: clock.advance(by: .milliseconds(Int.random(in: 0...5_000, using: &random)))
            case 90..<95: addClaim()
            case 95..<98: deleteClaim()
            default: await kill()
            }
        }
    }

    /// Lets everything come to its end without further faults. Gives the world as it is then.
    func finish() async -> World {
        for _ in 0..<20_000 {
            await process.settle()
            if process.turnstile.waiting > 0 {
                process.release(.pass, using: &random)
            } else if !process.deliver(using: &random) && !bindOne() {
                if process.isIdle { break }
                clock.advance(by: .seconds(301))
            }
        }
        noteRepeatedEvents()
        return process.door.world.withLock { $0 }
    }

    private func drawnFate() -> Turnstile.Fate {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .refuse
        case 1: .loseAnswer
        default: .pass
        }
    }

    @discardableResult private func bindOne() -> Bool {
        process.door.world.withLock { world in
            for name in world.volumes.keys.sorted().shuffled(using: &random) where world.bind(name) { return true }
            return false
        }
    }

    private func addClaim() {
        guard nextClaim <= 12 else { return }
        process.door.world.withLock { $0.addClaim(nextClaim) }
        nextClaim += 1
    }

    private func deleteClaim() {
        process.door.world.withLock { world in
            guard let uid = world.claims.keys.sorted().randomElement(using: &random) else { return }
            world.claims[uid] = nil
        }
    }

    /// Ends the process at this very call, and starts another one in the same world.
    private func kill() async {
        noteRepeatedEvents()
        let world = process.door.world.withLock { $0 }
        await process.die(using: &random)
        restarts += 1
        process = SimulatedProcess(world, clock: clock, seed: restarts)
        await process.replay()
    }

    private func noteRepeatedEvents() {
        let events = process.door.world.withLock { $0.events.dropFirst(process.firstEvent) }
        var last: [String: (reason: String, message: String)] = [:]
        for event in events {
            if let before = last[event.object], before == (event.reason, event.message) {
                repeatedEvents.append("\(event.object): \(event.reason): \(event.message)")
            }
            last[event.object] = (event.reason, event.message)
        }
    }
}

/// The simulation's time.
final class SimulatedClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { instant.withLock { $0 } }
    func advance(by duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
}

/// What a kill ends: the controllers, their memory and their queue.
final class SimulatedProcess {
    let door: WorldDoor
    let turnstile = Turnstile()
    /// How many events the world had seen before this process.
    let firstEvent: Int
    private let context: ControllerContext
    private let clock: SimulatedClock
    private let inbox = Inbox()
    private var queue: WorkQueue<WorkKey, WorkGroup>

    /// Keys that the controllers asked for, and outcomes of work that has ended.
    private final class Inbox: Sendable {
        let added = Mutex<[(WorkKey, WorkGroup)]>([])
        let finished = Mutex<[(WorkKey, WorkResult)]>([])
    }

    init(
        _ world: World, clock: SimulatedClock, seed: UInt64,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.clock = clock
        firstEvent = world.events.count
        door = WorldDoor(world, turnstile: turnstile)
        queue = WorkQueue(
            maximumRunning: 4, backoff: Backoff(initial: .milliseconds(200), maximum: .seconds(5)),
            limits: .init(initial: 4, minimum: 1, maximum: 4), seed: seed)
        let inbox = inbox
        context = ControllerContext(
            settings: ProvisionerSettings(), kubernetes: door, backend: door, infeasibleInterval: .seconds(300),
            operationTimeout: .seconds(60), logger: logger,
            now: { clock.now },
            enqueue: { key, group in inbox.added.withLock { $0.append((key, group)) } })
        let keys = door.world.withLock { $0.relist() }
        for key in keys { start(queue.add(key, group: .ceph("c1"), now: clock.now)) }
    }

    /// Takes up what is on record.
    func replay() async {
        for place in await Replay(context: context).places() {
            start(queue.add(.replay(place), group: .ceph("c1"), now: clock.now))
        }
    }

    /// Runs without faults until a whole round of watches, bindings and retries changes nothing, or for a while where
    /// something is retried for ever.
    func runUntilQuiet(using random: inout SeededGenerator) async {
        for _ in 0..<3 {
            var isBusy = true
            while isBusy {
                await settle()
                isBusy = turnstile.waiting > 0
                release(.pass, using: &random)
                if !isBusy { isBusy = deliver(using: &random) || bindAll() }
            }
            clock.advance(by: .seconds(10))
        }
    }

    private func bindAll() -> Bool {
        door.world.withLock { world in
            world.volumes.keys.sorted().reduce(false) { world.bind($1) || $0 }
        }
    }

    /// Whether the queue has nothing left.
    var isIdle: Bool { queue.count == 0 }

    /// Waits until every task has ended or stands at the turnstile, then takes in what came of those that ended.
    func settle() async {
        repeat {
            await turnstile.quiesce()
            for (key, result) in inbox.finished.withLock({ take(&$0) }) {
                start(queue.finish(key, result.outcome, sample: result.sample, now: clock.now))
            }
            for (key, group) in inbox.added.withLock({ take(&$0) }) {
                start(queue.add(key, group: group, now: clock.now))
            }
            start(queue.tick(now: clock.now))
        } while turnstile.isBusy
    }

    func release(_ fate: Turnstile.Fate, using random: inout SeededGenerator) {
        turnstile.release(fate, using: &random)
    }

    /// Brings one change to the process; false when it has seen all.
    @discardableResult func deliver(using random: inout SeededGenerator) -> Bool {
        guard let key = door.world.withLock({ $0.deliver(using: &random) }) else { return false }
        start(queue.add(key, group: .ceph("c1"), now: clock.now))
        return true
    }

    /// Ends all tasks; nothing they still do reaches the world, which has been copied before.
    func die(using random: inout SeededGenerator) async {
        await turnstile.quiesce()
        while turnstile.waiting > 0 {
            turnstile.release(.dead, using: &random)
            await turnstile.quiesce()
        }
    }

    private func start(_ actions: WorkQueue<WorkKey, WorkGroup>.Actions) {
        for key in actions.start {
            turnstile.enter()
            Task { [context, inbox, turnstile] in
                let result = await context.perform(key)
                inbox.finished.withLock { $0.append((key, result)) }
                turnstile.leave()
            }
        }
    }

    private func take<Element>(_ list: inout [Element]) -> [Element] {
        defer { list = [] }
        return list
    }
}
