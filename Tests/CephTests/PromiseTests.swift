import TestSupport
import Testing

@testable import Ceph

@Suite(.timeLimit(.minutes(2))) struct PromiseTests {
    @Test func firstOneWins() async {
        let promise = Promise<Int>()
        #expect(promise.complete(.success(1)))
        #expect(!promise.complete(.success(2)))
        #expect(await promise.value() == .success(1))
        #expect(!promise.complete(.success(3)))
    }

    /// Completion, cancellation and expiry race from three threads with a task that begins to wait at any moment: one
    /// wins, and what it brought is what the task gets.
    @Test func racesHaveOneWinner() async {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<3_000 {
            let promise = Promise<Int>()
            let wins = Tally()
            var order = [0, 1, 2, 3]
            order.shuffle(using: &generator)
            var waiter: Task<Result<Int, CephError>, Never>?
            let racers = await withTaskGroup(of: Int?.self) { group in
                for racer in order {
                    guard racer < 3 else {
                        waiter = Task { await promise.value() }
                        continue
                    }
                    group.addTask {
                        guard promise.complete(.success(racer)) else { return nil }
                        wins.add()
                        return racer
                    }
                }
                var winners: [Int] = []
                for await winner in group { winners += winner.map { [$0] } ?? [] }
                return winners
            }
            #expect(racers.count == 1, "seed \(seed), round \(round)")
            #expect(wins.value == 1, "seed \(seed), round \(round)")
            guard let winner = racers.first else { continue }
            #expect(await waiter?.value == .success(winner), "seed \(seed), round \(round)")
        }
    }

    /// Jobs of a lane are cancelled, run into their limit and finish, all at once: each ends exactly one way, a job
    /// that was refused never ran, and nothing stays behind.
    @Test func laneJobsEndExactlyOnce() async {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let table = OperationTable()
        let lane = BlockingLane(name: "race", size: .init(width: 4, depth: 10_000), table: table)
        let call = Call(function: "race", effect: .atomic)
        for _ in 0..<40 {
            let (ran, finished, late) = (Tally(), Tally(), Tally())
            var tasks: [Task<CephError?, Never>] = []
            for _ in 0..<100 {
                let limit = Duration.microseconds(Int.random(in: 1...2_000, using: &generator))
                let spin = Int.random(in: 0...2_000, using: &generator)
                tasks.append(
                    Task {
                        do throws(CephError) {
                            _ = try await lane.run(call, limit: limit, late: { _ in late.add() }) {
                                _ throws(CephError) in
                                ran.add()
                                var sum = 0
                                for step in 0..<spin { sum &+= step }
                                finished.add()
                                return sum
                            }
                            return nil
                        } catch {
                            return error
                        }
                    })
                if Bool.random(using: &generator) { tasks.randomElement(using: &generator)?.cancel() }
            }
            var (succeeded, given) = (0, 0)
            for task in tasks {
                let error = await task.value
                if error == nil { succeeded += 1 }
                if error?.outcome == .unknown { given += 1 }
                #expect(error == nil || error?.code == .cancelled || error?.code == .timedOut, "seed \(seed)")
            }
            await table.reaches(0)
            #expect(ran.value == finished.value, "seed \(seed)")
            #expect(ran.value == succeeded + given, "seed \(seed)")
            #expect(late.value == given, "seed \(seed)")
        }
    }
}
