import CRUSH
import Foundation
import TestSupport
import Testing

/// Maps by chance, mapped here and by Ceph's own crushtool: line for line the same.
///
/// `HOLDFAST_CRUSH_MAPS` says how many maps (default 100), `HOLDFAST_CRUSH_SEED` repeats a run. A map that is mapped
/// differently is made as small as it can be and kept in the temporary folder with the command to repeat it.
@Suite struct CrushToolDifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["HOLDFAST_CRUSH_MAPS"].flatMap(Int.init) ?? 100
    private static let seed = environment["HOLDFAST_CRUSH_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)

    @Test func everyLineIsCrushtools() async throws {
        guard CrushTool.path != nil else {
            try #require(Self.environment["HOLDFAST_REQUIRE_LAB"] != "1", "crushtool is not installed")
            return
        }
        let workers = 2
        let mappings = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<workers {
                group.addTask { try Self.work(worker, of: workers) }
            }
            return try await group.reduce(0, +)
        }
        #expect(mappings >= Self.count * 1000)
        print("crushtool: \(Self.count) maps, \(mappings) mappings, seed \(Self.seed)")
    }

    /// Every `workers`th map; returns how many mappings were compared.
    private static func work(_ worker: Int, of workers: Int) throws -> Int {
        var mappings = 0
        for number in stride(from: worker, to: count, by: workers) {
            try Task.checkCancellation()
            var generator = SeededGenerator(seed: seed &+ UInt64(number))
            let trial = OracleTrial(using: &generator)
            if try trial.differs() {
                let small = try trial.shrunk()
                let file = try small.keep(as: "holdfast-crush-\(seed)-\(number)")
                Issue.record("map \(number) of seed \(seed): \(small.difference ?? ""); kept in \(file)")
            }
            mappings += Int(trial.inputs.count)
        }
        return mappings
    }
}

/// A map, a rule of it, weights and inputs: what both are asked.
private struct OracleTrial {
    var map: CrushMap
    let rule: Int32
    let size: Int
    var weights: [ItemID: Weight]
    let pool: Int64?
    var inputs: ClosedRange<UInt32>
    var difference: String?

    init(using generator: inout SeededGenerator) {
        var options = RandomMap.Options()
        // Half of the maps are of today's kind, so that the batches are tried as much as the rest.
        if Bool.random(using: &generator) { options.algorithms = [.straw2] }
        if Int.random(in: 0..<8, using: &generator) == 0 { options.devices = 100...400 }
        var map = RandomMap.make(using: &generator, options)
        while map.readsPastItsItems { map = RandomMap.make(using: &generator, options) }
        self.map = map
        let rules = map.rules.indices.filter { map.rules[$0] != nil }
        rule = Int32(rules.randomElement(using: &generator) ?? 0)
        size = Int.random(in: 1...10, using: &generator)
        weights = [:]
        for _ in 0..<Int.random(in: 0...6, using: &generator) where map.deviceLimit > 0 {
            // Such that crushtool, which reads them as decimals, has the same 65,536ths.
            weights[ItemID(Int32.random(in: 0..<map.deviceLimit, using: &generator))] =
                Weight(raw: UInt32.random(in: 0...16, using: &generator) << 12)
        }
        pool = Bool.random(using: &generator) ? Int64.random(in: 0...9, using: &generator) : nil
        let first = UInt32.random(in: 0...1 << 30, using: &generator)
        inputs = first...first + 1023
    }

    private var arguments: [String] {
        var arguments = [
            "-i", "in", "--test", "--rule", "\(rule)", "--num-rep", "\(size)", "--min-x", "\(inputs.lowerBound)",
            "--max-x", "\(inputs.upperBound)", "--show-mappings", "--show-statistics", "--show-bad-mappings",
        ]
        for (osd, weight) in weights.sorted(by: { $0.key < $1.key }) {
            arguments += ["--weight", "\(osd)", "\(weight.value)"]
        }
        if let pool { arguments += ["--pool-id", "\(pool)"] }
        return arguments
    }

    /// Whether the two say different things; what, is then in ``difference`` of a copy from ``compared()``.
    func differs() throws -> Bool {
        try compared().difference != nil
    }

    func compared() throws -> OracleTrial {
        let answer = try CrushTool.run(arguments, input: map.encoded()).answer
        #expect(answer.status == 0, "crushtool \(arguments.joined(separator: " ")): \(answer.errors)")
        var ours: [UInt8] = []
        let test = MappingTest(
            map: map, rules: rule...rule, replicas: size...size, inputs: inputs, weights: weights, pool: pool,
            output: [.mappings, .statistics, .badMappings])
        test.run { ours += $0 }
        var copy = self
        copy.difference = nil
        guard ours != answer.output else { return copy }
        let lines = (
            String(decoding: ours, as: UTF8.self).split(separator: "\n"), answer.text.split(separator: "\n")
        )
        let pair = zip(lines.0, lines.1).first { $0 != $1 }
        copy.difference = pair.map { "\($0.0) here, \($0.1) there" } ?? "\(lines.0.count) lines, not \(lines.1.count)"
        return copy
    }

    /// The same difference with as little map as possible, found in at most 200 runs.
    func shrunk() throws -> OracleTrial {
        var best = try compared()
        var runs = 200
        var isSmaller = true
        while isSmaller, runs > 0 {
            isSmaller = false
            for candidate in best.smaller where runs > 0 {
                runs -= 1
                let compared = try candidate.compared()
                if compared.difference != nil {
                    best = compared
                    isSmaller = true
                    break
                }
            }
        }
        return best
    }

    /// Ways to leave something out.
    private var smaller: [OracleTrial] {
        var candidates: [OracleTrial] = []
        func add(_ change: (inout OracleTrial) -> Void) {
            var copy = self
            change(&copy)
            if copy.map != map || copy.weights != weights || copy.inputs != inputs { candidates.append(copy) }
        }
        let middle = inputs.lowerBound + (inputs.upperBound - inputs.lowerBound) / 2
        add { $0.inputs = inputs.lowerBound...middle }
        if inputs.count > 1 { add { $0.inputs = (middle + 1)...inputs.upperBound } }
        add { $0.map.chooseArgs = [:] }
        add { $0.weights = [:] }
        for number in map.rules.indices where number != Int(rule) { add { $0.map.rules[number] = nil } }
        for slot in map.buckets.indices {
            guard let bucket = map.buckets[slot], case .straw2(let weights) = bucket.content, weights.count > 1 else {
                continue
            }
            for position in bucket.items.indices {
                add {
                    var lighter = weights
                    lighter.remove(at: position)
                    $0.map.buckets[slot]?.items.remove(at: position)
                    $0.map.buckets[slot]?.content = .straw2(weights: lighter)
                }
            }
        }
        return candidates
    }

    /// Writes the map and the command down; returns the map's file.
    func keep(as name: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(name).crush")
        try Data(map.encoded()).write(to: file)
        let command = "crushtool " + arguments.joined(separator: " ").replacing("-i in", with: "-i \(file.path)")
        try Data(command.utf8).write(to: file.appendingPathExtension("command"))
        return file.path
    }
}

extension CrushMap {
    /// Whether Ceph, mapping by this map, may read memory that is none of its own.
    ///
    /// In a tree bucket whose items weigh nothing it goes right at each node, past the last item unless their number is
    /// a power of two. What it finds there is chance; here it is the first item.
    var readsPastItsItems: Bool {
        buckets.contains { bucket in
            guard let bucket, case .tree(let weights) = bucket.content else { return false }
            return weights.allSatisfy { $0 == .zero } && bucket.items.count.nonzeroBitCount > 1
        }
    }
}
