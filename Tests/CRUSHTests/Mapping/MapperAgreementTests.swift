import TestSupport
import Testing

@testable import CRUSH

/// The batch mapper against the plain one: same items, whatever the map.
@Suite struct MapperAgreementTests {
    /// Maps of today's kind, which run in batches, and maps of all kinds, which mostly do not.
    @Test(arguments: [true, false])
    func bothMappersAgree(today: Bool) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var options = RandomMap.Options()
        if today {
            options.algorithms = [.straw2]
            options.devices = 4...200
        } else {
            options.msr = true
        }
        var batched = 0
        for _ in 0..<(today ? 150 : 80) {
            var map = RandomMap.make(using: &generator, options)
            if today {
                map.tunables.chooseLocalTries = 0
                map.tunables.chooseLocalFallbackTries = 0
            }
            let trial = Trial(map: map, using: &generator)
            if trial.mapper.isFast { batched += 1 }
            let difference = trial.difference()
            #expect(difference == nil, "seed \(seed): \(trial)")
        }
        if today { #expect(batched >= 50, "seed \(seed): only \(batched) of 150 maps ran in batches") }
    }

    @Test func aRuleThatIsNotThereMapsNothing() {
        let mapper = RuleMapper(map: CrushMap(), rule: 3, resultMax: 3)
        #expect(mapper.map([1, 2], weights: []) == Array(repeating: RuleMapper.absent, count: 6))
    }

    @Test func onAllCoresAsOnOne() async throws {
        var generator = SeededGenerator(seed: 11)
        var options = RandomMap.Options()
        options.algorithms = [.straw2]
        options.devices = 40...40
        let map = RandomMap.make(using: &generator, options)
        let mapper = RuleMapper(map: map, rule: 0, resultMax: 3)
        let inputs = (0..<50_000).map { UInt32($0) }
        let weights = [Weight](repeating: .one, count: Int(map.deviceLimit))
        let losses = RuleMapper.Losses(
            groups: (0..<map.deviceLimit).map { $0 % 5 }, lost: inputs.map { [Int32($0 % 7), -2] })
        let alone = mapper.map(inputs, weights: weights, losses: losses)
        #expect(await mapper.mapConcurrently(inputs, weights: weights, losses: losses, workers: 3) == alone)
    }

    /// A bucket that holds itself, one that names a bucket there is none of, and one without items: Ceph would hang or
    /// crash, and no monitor lets them in. Here they end.
    @Test func mapsThatMakeNoSenseEnd() {
        var map = CrushMap()
        map.deviceLimit = 2
        map.buckets = [
            Bucket(
                id: ItemID(-1), type: 2, weight: .one, items: [ItemID(-1), ItemID(-2), ItemID(-9), ItemID(0)],
                content: .straw2(weights: [.one, .one, .one, .one])),
            Bucket(id: ItemID(-2), type: 1, weight: .zero, items: [], content: .straw2(weights: [])),
        ]
        for operation in [Rule.Operation.chooseLeafFirstN, .chooseLeafIndep, .chooseFirstN, .chooseIndep] {
            for type: Int32 in 0...3 {
                map.rules = [
                    Rule(
                        kind: .replicated, ruleset: 0,
                        steps: [.init(.take, -1), .init(operation, 0, type), .init(.emit)])
                ]
                let mapper = RuleMapper(map: map, rule: 0, resultMax: 3)
                let results = mapper.map((0..<100).map { UInt32($0) }, weights: [.one, .one])
                #expect(results.allSatisfy { $0 == RuleMapper.absent || $0 == ItemID.none.value || $0 < 2 })
            }
        }
    }
}

/// A map with a rule, weights and losses by chance, mapped both ways.
private struct Trial: CustomStringConvertible {
    let map: CrushMap
    let rule: Int32
    let size: Int
    let weights: [Weight]
    let losses: RuleMapper.Losses
    let inputs: [UInt32]
    let mapper: RuleMapper

    init(map: CrushMap, using generator: inout SeededGenerator) {
        self.map = map
        rule = Int32.random(in: 0..<max(1, Int32(map.rules.count)), using: &generator)
        size = Int.random(in: 1...9, using: &generator)
        weights = (0..<map.deviceLimit).map { _ in
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: Weight.zero
            case 1: Weight(raw: UInt32.random(in: 1..<65536, using: &generator))
            default: Weight.one
            }
        }
        let first = UInt32.random(in: 0...UInt32.max - 200, using: &generator)
        inputs = (first..<first + 150).map { $0 }
        losses = RuleMapper.Losses(
            groups: (0..<map.deviceLimit).map { _ in Int32.random(in: -1..<6, using: &generator) },
            lost: inputs.map { _ in
                [Int32.random(in: 0..<6, using: &generator), Bool.random(using: &generator) ? 3 : -2]
            })
        mapper = RuleMapper(map: map, rule: rule, resultMax: size, overrides: map.overrides(for: 1))
    }

    var description: String { "rule \(rule), size \(size), \(map.buckets.count) buckets, \(map.deviceLimit) devices" }

    /// The first input that is mapped differently, with both mappings.
    func difference() -> String? {
        let reference = ReferenceMapper(map: map)
        let without = mapper.map(inputs, weights: weights)
        let with = mapper.map(inputs, weights: weights, losses: losses)
        for (index, input) in inputs.enumerated() {
            let lost = losses.lost[index]
            let left = zip(weights, losses.groups).map { $1 == lost.x || $1 == lost.y ? Weight.zero : $0 }
            for (results, weights) in [(without, weights), (with, left)] {
                let expected = reference.map(
                    rule: rule, x: input, resultMax: size, weights: weights, overrides: map.overrides(for: 1))
                let got = results[index * size..<(index + 1) * size].prefix { $0 != RuleMapper.absent }
                if got != expected.map(\.value)[...] { return "x \(input): \(Array(got)), not \(expected)" }
            }
        }
        return nil
    }
}
