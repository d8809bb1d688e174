/// Where one rule sends inputs: exactly as Ceph does, many inputs at a time.
///
/// Immutable, so one mapper serves any number of threads. What it agrees with is ``ReferenceMapper``, on which it also
/// falls back for rules and maps that are not of today's kind (see ``isFast``).
public struct RuleMapper: Sendable {
    /// What stands behind the last item of a mapping that is shorter than the pool's size.
    ///
    /// ``ItemID/none`` is a place that was kept free, this is no place at all.
    public static let absent = Int32.min

    /// What is lost with each input, beside the OSDs that are out for all.
    public struct Losses: Sendable {
        /// By OSD the group that it is lost with; -1 for none.
        public var groups: [Int32]
        /// By input the two groups that are lost; -2 where only one is, or none.
        public var lost: [SIMD2<Int32>]

        /// Losses of groups of OSDs.
        public init(groups: [Int32], lost: [SIMD2<Int32>]) {
            self.groups = groups
            self.lost = lost
        }
    }

    /// How many items a mapping may have.
    public let resultMax: Int
    private let reference: ReferenceMapper
    private let rule: Int32
    private let overrides: [ItemID: CrushMap.Override]
    private let tables: StrawTables
    private let program: RuleProgram?

    /// Makes a rule ready for mapping.
    ///
    /// - Parameters:
    ///   - map: The map.
    ///   - rule: The rule's number; a number without a rule maps everything to nothing.
    ///   - resultMax: How many items a mapping may have: the pool's size.
    ///   - overrides: The weight-set to use, from ``CrushMap/overrides(for:)``.
    public init(map: CrushMap, rule: Int32, resultMax: Int, overrides: [ItemID: CrushMap.Override] = [:]) {
        self.resultMax = max(0, resultMax)
        self.reference = ReferenceMapper(map: map)
        self.rule = rule
        self.overrides = overrides
        let tables = StrawTables(map: map, overrides: overrides)
        self.tables = tables
        self.program = map.rule(rule).flatMap {
            RuleProgram(rule: $0, map: map, tables: tables, resultMax: max(0, resultMax))
        }
    }

    /// Whether the rule runs many inputs at a time: straw2 buckets that form a tree, and no local retries.
    public var isFast: Bool { program != nil }

    /// Maps inputs.
    ///
    /// - Parameters:
    ///   - inputs: The placement seeds.
    ///   - weights: The reweight of each OSD by number; an OSD beyond the end is out.
    ///   - losses: What is lost beside; its lists are as long as the OSDs and the inputs.
    /// - Returns: ``resultMax`` items for each input, one input after the other; behind the end of a mapping ``absent``.
    public func map(_ inputs: [UInt32], weights: [Weight], losses: Losses? = nil) -> [Int32] {
        var results = [Int32](repeating: Self.absent, count: inputs.count * resultMax)
        results.withUnsafeMutableBufferPointer { results in
            map(inputs, weights: weights, losses: losses, range: inputs.indices, into: results)
        }
        return results
    }

    /// Maps inputs on all cores.
    ///
    /// Cancellation: between pieces of some thousand inputs; what is not done then is ``absent``.
    ///
    /// - Returns: As ``map(_:weights:losses:)``.
    public func mapConcurrently(
        _ inputs: [UInt32], weights: [Weight], losses: Losses? = nil, workers: Int
    ) async -> [Int32] {
        let piece = max(Self.chunk, (inputs.count + max(1, workers) - 1) / max(1, workers))
        guard inputs.count > piece else { return map(inputs, weights: weights, losses: losses) }
        return await withTaskGroup(of: (Int, [Int32]).self) { group in
            for start in stride(from: 0, to: inputs.count, by: piece) {
                group.addTask {
                    if Task.isCancelled { return (start, []) }
                    let range = start..<min(start + piece, inputs.count)
                    var part = [Int32](repeating: Self.absent, count: range.count * resultMax)
                    part.withUnsafeMutableBufferPointer {
                        map(inputs, weights: weights, losses: losses, range: range, into: $0)
                    }
                    return (start, part)
                }
            }
            var results = [Int32](repeating: Self.absent, count: inputs.count * resultMax)
            for await (start, part) in group {
                results.replaceSubrange(start * resultMax..<start * resultMax + part.count, with: part)
            }
            return results
        }
    }

    /// Inputs that are worked on together: enough to fill the lanes at the lowest buckets, few enough for the cache.
    private static let chunk = 16384

    private func map(
        _ inputs: [UInt32], weights: [Weight], losses: Losses?, range: Range<Int>,
        into results: UnsafeMutableBufferPointer<Int32>
    ) {
        guard resultMax > 0, !range.isEmpty else { return }
        guard let program else {
            mapByReference(inputs, weights: weights, losses: losses, range: range, into: results)
            return
        }
        let chunk = max(1024, Self.chunk * 3 / max(3, resultMax))
        var batch = ProgramRun(
            program: program, tables: tables, resultMax: resultMax, deviceLimit: reference.map.deviceLimit,
            chunk: min(chunk, range.count))
        let raw = weights.map(\.raw)
        batch.map(inputs, raw, losses, range, into: results)
    }

    private func mapByReference(
        _ inputs: [UInt32], weights: [Weight], losses: Losses?, range: Range<Int>,
        into results: UnsafeMutableBufferPointer<Int32>
    ) {
        for (offset, index) in range.enumerated() {
            let left = losses.map { Self.weights(weights, without: $0, at: index) } ?? weights
            let mapped = reference.map(
                rule: rule, x: inputs[index], resultMax: resultMax, weights: left, overrides: overrides)
            for (place, item) in mapped.enumerated() { results[offset * resultMax + place] = item.value }
        }
    }

    private static func weights(_ weights: [Weight], without losses: Losses, at index: Int) -> [Weight] {
        let lost = losses.lost[index]
        guard lost.x >= 0 || lost.y >= 0 else { return weights }
        return zip(weights, losses.groups).map { $1 == lost.x || $1 == lost.y ? .zero : $0 }
    }
}
