import CRUSH
import ClusterState
import Vocabulary

extension PlacementSnapshot {
    /// What a loss does.
    public func report(losing scenario: LossScenario) -> LossReport {
        LossReport(scenario, LossRun(self, [scenario]).remaps(0..<1)[0].tally, in: self)
    }

    /// What each of some losses does, in their order, on all cores.
    ///
    /// Only PGs that have to do with what is lost are mapped again. Cancellation: between chunks of losses; what is not done
    /// then is left out, so the list is shorter.
    ///
    /// - Parameters:
    ///   - scenarios: each loss by itself.
    ///   - workers: how many threads there may be.
    ///   - progress: told how many more losses are done, one call after the other.
    public func reports(
        losing scenarios: [LossScenario], workers: Int = 4, progress: (@Sendable (Int) -> Void)? = nil
    ) async -> [LossReport] {
        let chunks = chunks(of: scenarios, atMost: max(1, min(32, scenarios.count / max(1, workers * 4))))
        return await inOrder(chunks, workers: workers, progress: progress) { chunk in
            let run = LossRun(self, Array(scenarios[chunk]))
            return zip(run.losses, run.remaps(run.losses.indices)).map { LossReport($0, $1.tally, in: self) }
        }
    }

    /// What the loss of each domain of a type does, in the order of ``FailureDomains/all(_:includingEmpty:)``.
    public func reports(
        each type: String, workers: Int = 4, progress: (@Sendable (Int) -> Void)? = nil
    ) async -> [LossReport] {
        let scenarios = domains.all(type).map { domains.scenario(losing: [$0]) }
        return await reports(losing: scenarios, workers: workers, progress: progress)
    }

    /// Ranges of losses, in each of which no two have an OSD in common.
    func chunks(of scenarios: [LossScenario], atMost limit: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var start = 0
        var seen = Set<OSDID>()
        for (number, scenario) in scenarios.enumerated() {
            if number > start, number - start >= limit || scenario.osds.contains(where: seen.contains) {
                chunks.append(start..<number)
                start = number
                seen.removeAll(keepingCapacity: true)
            }
            seen.formUnion(scenario.osds)
        }
        if start < scenarios.count { chunks.append(start..<scenarios.count) }
        return chunks
    }

    /// Does pieces of work on all cores and joins what they give in their order.
    func inOrder<Piece: Sendable, Result: Sendable>(
        _ pieces: [Piece], workers: Int, progress: (@Sendable (Int) -> Void)?,
        _ work: @escaping @Sendable (Piece) -> [Result]
    ) async -> [Result] {
        var results = [[Result]](repeating: [], count: pieces.count)
        await withTaskGroup(of: (Int, [Result]).self) { group in
            var next = 0
            func start() {
                guard next < pieces.count, !Task.isCancelled else { return }
                let number = next
                let piece = pieces[number]
                next += 1
                group.addTask { (number, work(piece)) }
            }
            for _ in 0..<max(1, workers) { start() }
            for await (number, part) in group {
                results[number] = part
                progress?(part.count)
                start()
            }
        }
        return results.flatMap { $0 }
    }
}
