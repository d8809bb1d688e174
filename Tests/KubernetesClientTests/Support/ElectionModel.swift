import KubernetesModel
import TestSupport

@testable import KubernetesClient

/// Three electors, a Lease with preconditions, and time that a seed drives: electors freeze and wake, their writes
/// take up to four seconds and may be lost on the way there or back. Their wall clocks are worth nothing.
struct ElectionModel {
    private struct Write {
        var elector: Int
        var lease: Lease
        var startedAt: ContinuousClock.Instant
        var arrivesAt: ContinuousClock.Instant
        var isLost: Bool
    }

    private var generator: SeededGenerator
    private var electors: [ElectionMachine]
    private var frozenUntil: [ContinuousClock.Instant]
    private var lease: Lease?
    private var version = 0
    private var now = ContinuousClock.now
    private var underWay: [Write] = []
    private(set) var terms = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        electors = (0..<3).map { ElectionMachine(identity: "e\($0)", timing: ElectionTiming()) }
        frozenUntil = Array(repeating: now, count: 3)
    }

    var leaders: Int { electors.count { $0.leads(at: now) } }

    mutating func step() {
        now = now.advanced(by: .milliseconds(Int.random(in: 50...1500, using: &generator)))
        arrive()
        for index in electors.indices
        where frozenUntil[index] <= now && !underWay.contains(where: { $0.elector == index }) {
            if Int.random(in: 0..<40, using: &generator) == 0 {
                frozenUntil[index] = now.advanced(by: .seconds(Int.random(in: 1...60, using: &generator)))
            } else {
                act(index)
            }
        }
    }

    private mutating func act(_ index: Int) {
        let wallClock = Timestamp(microseconds: Int64.random(in: 0...1_000_000_000_000, using: &generator))
        if electors[index].renewedAt != nil, !electors[index].leads(at: now) { electors[index].stepDown() }
        var move = electors[index].firstMove(wallClock: wallClock)
        if move == .read { move = electors[index].saw(lease, now: now, wallClock: wallClock) }
        guard case .write(let wanted, _) = move else { return }
        underWay.append(
            Write(
                elector: index, lease: wanted, startedAt: now,
                arrivesAt: now.advanced(by: .milliseconds(Int.random(in: 0...4000, using: &generator))),
                isLost: Int.random(in: 0..<10, using: &generator) == 0))
    }

    private mutating func arrive() {
        for write in underWay where write.arrivesAt <= now {
            let fits = lease?.metadata.resourceVersion == write.lease.metadata.resourceVersion
            if fits {
                var stored = write.lease
                version += 1
                stored.metadata.resourceVersion = String(version)
                if lease?.holder != stored.holder { terms += 1 }
                lease = stored
            }
            if let lease, fits, !write.isLost {
                _ = electors[write.elector].wrote(lease, startedAt: write.startedAt)
            } else {
                electors[write.elector].writeFailed()
            }
        }
        underWay.removeAll { $0.arrivesAt <= now }
    }
}
