import CRUSH
import ClusterState
import Vocabulary

/// Losses of two of several domains at once, made of what the loss of each alone does.
///
/// A PG that only one of the two touches, and whose new OSDs are not of the other, does what it did when that one was lost
/// alone. So the figures of both are added, and only the other PGs are counted anew: those that both touch, and those that
/// found a new home where the other loss is.
struct PairRun: Sendable {
    let run: LossRun
    let alone: [LossRun.Remap]
    /// By loss the entries of its remap that another loss has to do with: the other's number in the upper half, the entry in
    /// the lower; ascending.
    private let meetings: [[UInt64]]

    /// - Parameters:
    ///   - run: the losses, no two of which have an OSD in common.
    ///   - alone: what each does alone.
    init(_ run: LossRun, alone: [LossRun.Remap]) {
        self.run = run
        self.alone = alone
        meetings = alone.indices.map { Self.meetings(of: alone[$0], $0, in: run) }
    }

    /// The reports of the pairs of one loss with each that comes after it.
    func reports(with first: Int) -> [LossReport] {
        let others = first + 1..<alone.count
        let specials = others.map { self.specials(first, $0) }
        var tallies = others.map { other in
            var tally = alone[first].tally
            tally.add(alone[other].tally)
            return tally
        }
        let snapshot = run.snapshot
        for number in snapshot.pools.indices {
            let range = Int32(snapshot.bases[number])..<Int32(snapshot.bases[number + 1])
            var seeds: [Int32] = []
            var lost: [SIMD2<Int32>] = []
            var counts: [Int] = []
            for (offset, other) in others.enumerated() {
                let mine = Self.part(of: specials[offset], in: range)
                for pg in mine { seeds.append(pg - range.lowerBound) }
                lost.append(contentsOf: repeatElement(SIMD2(Int32(first), Int32(other)), count: mine.count))
                counts.append(mine.count)
            }
            guard !seeds.isEmpty else { continue }
            let raw = run.map(number, seeds, lost)
            var start = 0
            for (offset, count) in counts.enumerated() where count > 0 {
                recount(number, seeds[start..<start + count], raw, from: start, lost[start], in: &tallies[offset])
                start += count
            }
        }
        return zip(others, tallies).map { other, tally in
            LossReport(scenario(first, other), tally, in: snapshot)
        }
    }

    /// The loss of both.
    private func scenario(_ first: Int, _ second: Int) -> LossScenario {
        let (one, other) = (run.losses[first], run.losses[second])
        return LossScenario(
            domains: one.domains + other.domains, osds: (one.osds + other.osds).sorted(),
            hosts: Set(one.hosts + other.hosts).sorted())
    }

    /// Takes back what PGs did in the losses alone, and counts what they do when both are lost.
    private func recount(
        _ number: Int, _ seeds: ArraySlice<Int32>, _ raw: [Int32], from start: Int, _ lost: SIMD2<Int32>,
        in tally: inout LossTally
    ) {
        let pool = run.snapshot.pools[number]
        let size = pool.pool.size
        var layers = run.snapshot.layers[number]
        layers.states = run.states(losing: [Int(lost.x), Int(lost.y)])
        var mapping = PGMapping()
        raw.withUnsafeBufferPointer { raw in
            for (offset, seed) in seeds.enumerated() {
                let pg = Int32(run.snapshot.bases[number]) + seed
                for single in [lost.x, lost.y] {
                    let remap = alone[Int(single)]
                    guard let entry = remap.entry(of: pg) else { continue }
                    let row = remap.up[Int(remap.starts[entry])..<Int(remap.starts[entry + 1])]
                    let groups = LostGroups(groups: run.groups, lost: SIMD2(single, -2))
                    tally.count(pool, number, Int(seed), new: row, losing: groups, sign: -1)
                }
                let row = (start + offset) * size
                layers.place(
                    UInt32(bitPattern: seed), raw: .init(rebasing: raw[row..<row + size]), into: &mapping)
                let up = PoolPlacement.members(mapping.up, of: pool.pool)
                let groups = LostGroups(groups: run.groups, lost: lost)
                tally.count(pool, number, Int(seed), new: up[...], losing: groups, sign: 1)
            }
        }
    }

    /// The PGs of a pair that must be counted anew, ascending, each once.
    private func specials(_ first: Int, _ second: Int) -> [Int32] {
        var pgs = Set<Int32>()
        for (one, other) in [(first, second), (second, first)] {
            let all = meetings[one]
            let key = UInt64(other) << 32
            var place = Self.lowerBound(all, key)
            while place < all.count, all[place] >> 32 == UInt64(other) {
                pgs.insert(alone[one].pgs[Int(all[place] & 0xffff_ffff)])
                place += 1
            }
        }
        for pool in run.snapshot.pools.indices where run.snapshot.mapsAll[pool] {
            pgs.formUnion(Int32(run.snapshot.bases[pool])..<Int32(run.snapshot.bases[pool + 1]))
        }
        return pgs.sorted()
    }

    /// Which other losses the PGs of a remap have to do with.
    private static func meetings(of remap: LossRun.Remap, _ own: Int, in run: LossRun) -> [UInt64] {
        var meetings: [UInt64] = []
        var members: [Int32] = []
        var others: [Int32] = []
        var number = 0
        var rawStart = 0
        for (entry, pg) in remap.pgs.enumerated() {
            while Int(pg) >= run.snapshot.bases[number + 1] { number += 1 }
            let pool = run.snapshot.pools[number]
            pool.members(of: Int(pg) - run.snapshot.bases[number], below: run.groups.count, into: &members)
            members.append(contentsOf: remap.raw[rawStart..<rawStart + pool.pool.size])
            rawStart += pool.pool.size
            others.removeAll(keepingCapacity: true)
            for osd in members where osd >= 0 && Int(osd) < run.groups.count {
                let group = run.groups[Int(osd)]
                if group >= 0, Int(group) != own, !others.contains(group) { others.append(group) }
            }
            for other in others { meetings.append(UInt64(other) << 32 | UInt64(entry)) }
        }
        return meetings.sorted()
    }

    /// The numbers of a sorted list that are in a range.
    private static func part(of pgs: [Int32], in range: Range<Int32>) -> ArraySlice<Int32> {
        pgs[lowerBound(pgs, range.lowerBound)..<lowerBound(pgs, range.upperBound)]
    }

    /// The place of the first value of a sorted list that is not below a value.
    static func lowerBound<Value: Comparable>(_ list: [Value], _ value: Value) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension LossRun.Remap {
    /// The place of a PG; nil when the loss does not touch it.
    func entry(of pg: Int32) -> Int? {
        let place = PairRun.lowerBound(pgs, pg)
        return place < pgs.count && pgs[place] == pg ? place : nil
    }
}

extension PlacementSnapshot {
    /// What the loss of each two domains of a type does, the first domain with each that comes after it, and so on.
    ///
    /// Cancellation: between domains; what is not done then is left out.
    ///
    /// - Parameters:
    ///   - type: the type, `host` as a rule.
    ///   - workers: how many threads there may be.
    ///   - progress: told how many more pairs are done, one call after the other.
    public func reports(
        pairs type: String, workers: Int = 4, progress: (@Sendable (Int) -> Void)? = nil
    ) async -> [LossReport] {
        let scenarios = domains.all(type).map { domains.scenario(losing: [$0]) }
        let numbers = Array(scenarios.indices)
        guard chunks(of: scenarios, atMost: .max).count == 1 else {
            // Domains that share OSDs: each pair for itself.
            return await inOrder(numbers, workers: workers, progress: progress) { first in
                scenarios[(first + 1)...].map { other in
                    report(losing: domains.scenario(losing: scenarios[first].domains + other.domains))
                }
            }
        }
        let run = LossRun(self, scenarios)
        let alone = await inOrder(numbers, workers: workers, progress: nil) { run.remaps($0..<$0 + 1) }
        guard alone.count == scenarios.count else { return [] }
        let pairs = PairRun(run, alone: alone)
        return await inOrder(numbers, workers: workers, progress: progress) { pairs.reports(with: $0) }
    }
}
