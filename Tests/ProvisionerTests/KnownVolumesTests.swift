import TestSupport
import Testing

@testable import Provisioner

@Suite struct KnownVolumesTests {
    @Test func twoRoundsThatBeganLaterMakeAVolumeKnown() {
        var known = KnownVolumes()
        #expect(known.handle(.saved("a")) == [.probe(round: 1)])
        #expect(known.handle(.saved("b")) == [], "a round is under way")
        #expect(known.handle(.answered(round: 1)) == [.probe(round: 2)])
        #expect(known.handle(.answered(round: 2)) == [.known(["a"]), .probe(round: 3)])
        #expect(known.handle(.answered(round: 3)) == [.known(["b"])], "nothing waits, nothing is asked")
        #expect(known.handle(.saved("c")) == [.probe(round: 4)])
    }

    @Test func anAnswerThatIsLateOrTwiceCountsForNothing() {
        var known = KnownVolumes()
        _ = known.handle(.saved("a"))
        #expect(known.handle(.overdue(round: 1)) == [.silent(rounds: 1), .probe(round: 2)])
        #expect(known.handle(.answered(round: 1)) == [])
        #expect(known.handle(.overdue(round: 1)) == [])
        #expect(known.handle(.failed(round: 2)) == [.probe(round: 3)])
        #expect(known.handle(.answered(round: 3)) == [.probe(round: 4)])
        #expect(known.handle(.answered(round: 3)) == [])
        #expect(known.handle(.answered(round: 4)) == [.known(["a"])])
    }

    @Test func whatIsForgottenIsNotAskedFor() {
        var known = KnownVolumes()
        _ = known.handle(.saved("a"))
        #expect(known.handle(.forgotten("a")) == [])
        #expect(known.handle(.answered(round: 1)) == [])
        #expect(known.count == 0)
    }

    /// A controller-manager as it is: a store that a watch fills in order and with delay, a queue that holds each name
    /// once, one worker that takes a name and works on what the store holds then, and whose writes cost time.
    private struct ControllerManager {
        /// Changes on their way to its store: a PV, or a round of the probe (nil: its own answer).
        enum Change { case volume(String), round(Int), answer }

        var stream: [Change] = []
        /// Its store: the probe's round that has no answer yet, and the PVs.
        var openRound: Int?
        var queue: [String] = []
        var processed: Set<String> = []
        var arrived: Set<String> = []

        mutating func deliver() {
            guard !stream.isEmpty else { return }
            switch stream.removeFirst() {
            case .volume(let name):
                arrived.insert(name)
                enqueue(name)
            case .round(let round):
                openRound = round
                enqueue("probe")
            case .answer:
                enqueue("probe")
            }
        }

        mutating func enqueue(_ name: String) {
            if !queue.contains(name) { queue.append(name) }
        }

        /// Works on the first name; gives the round that it answers.
        mutating func work() -> Int? {
            guard !queue.isEmpty else { return nil }
            let name = queue.removeFirst()
            guard name == "probe" else {
                if arrived.contains(name) { processed.insert(name) }
                return nil
            }
            defer { openRound = nil }
            if openRound != nil { stream.append(.answer) }
            return openRound
        }
    }

    /// PVs come at random, the controller-manager gets on at random, resyncs put every name into its queue at random, and
    /// rounds are lost: whatever is said to be known has been processed, and in the end everything is.
    @Test(arguments: UInt64(1)...60)
    func whatIsKnownHasBeenProcessed(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var known = KnownVolumes()
        var manager = ControllerManager()
        var saved = 0
        var told: Set<String> = []
        var answers: [Int] = []
        var lastProbe = 0

        func take(_ actions: [KnownVolumes.Action]) {
            for action in actions {
                switch action {
                case .probe(let round):
                    lastProbe = round
                    manager.stream.append(.round(round))
                case .known(let names):
                    for name in names {
                        #expect(manager.processed.contains(name), "\(name), seed \(seed)")
                        told.insert(name)
                    }
                case .silent: break
                }
            }
        }

        for step in 0..<1_000 {
            switch Int.random(in: 0..<(step < 700 ? 12 : 6), using: &random) {
            case 0, 1: manager.deliver()
            case 2, 3: if let answer = manager.work() { answers.append(answer) }
            case 4, 5: if !answers.isEmpty { take(known.handle(.answered(round: answers.removeFirst()))) }
            case 6, 7, 8:
                saved += 1
                manager.stream.append(.volume("pv-\(saved)"))
                take(known.handle(.saved("pv-\(saved)")))
            case 9: if Int.random(in: 0..<5, using: &random) == 0 { take(known.handle(.overdue(round: lastProbe))) }
            case 10: for name in manager.arrived.union(["probe"]).sorted() { manager.enqueue(name) }
            default: break
            }
        }
        for _ in 0..<(20 * saved + 1_000) where told.count < saved {
            manager.deliver()
            if let answer = manager.work() { take(known.handle(.answered(round: answer))) }
            while !answers.isEmpty { take(known.handle(.answered(round: answers.removeFirst()))) }
            // A round that was overdue may have been answered under its old number: the next one comes by the clock.
            if manager.stream.isEmpty, manager.queue.isEmpty { take(known.handle(.overdue(round: lastProbe))) }
        }
        #expect(told.count == saved && known.count == 0, "seed \(seed)")
    }
}
