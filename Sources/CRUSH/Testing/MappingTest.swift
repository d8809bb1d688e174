/// Maps a range of inputs by a rule and says what came of it, line for line as `crushtool --test` does.
public struct MappingTest: Sendable {
    /// What is said.
    public struct Output: OptionSet, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Outputs by their bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A line for each mapping.
        public static let mappings = Output(rawValue: 1)
        /// A line for each rule, and how many mappings came out how long.
        public static let statistics = Output(rawValue: 2)
        /// A line for each mapping that is too short or has holes.
        public static let badMappings = Output(rawValue: 4)
    }

    /// The map.
    public var map: CrushMap
    /// The rules to test.
    public var rules: ClosedRange<Int32>
    /// The numbers of replicas to test; nil takes what the rules' masks say.
    public var replicas: ClosedRange<Int>?
    /// The inputs.
    public var inputs: ClosedRange<UInt32>
    /// Reweights that differ: an OSD that is in the tree weighs 1 else, and one that is not 0.
    public var weights: [ItemID: Weight]
    /// The pool that inputs are hashed with; nil hashes nothing.
    public var pool: Int64?
    /// What is said.
    public var output: Output

    /// A test of these parts.
    public init(
        map: CrushMap, rules: ClosedRange<Int32>, replicas: ClosedRange<Int>?, inputs: ClosedRange<UInt32>,
        weights: [ItemID: Weight] = [:], pool: Int64? = nil, output: Output
    ) {
        self.map = map
        self.rules = rules
        self.replicas = replicas
        self.inputs = inputs
        self.weights = weights
        self.pool = pool
        self.output = output
    }

    /// Inputs that are mapped before their lines are handed over.
    private static let chunk = 65536

    /// Runs the test.
    ///
    /// - Parameter write: takes the lines, some thousand at a time.
    /// - Returns: How many mappings were too short or had holes.
    @discardableResult
    public func run(_ write: (_ lines: [UInt8]) throws -> Void) rethrows -> Int {
        let weights = osdWeights
        var bad = 0
        for number in rules {
            guard let rule = map.rule(number) else {
                if output.contains(.statistics) { try write(Array("rule \(number) dne\n".utf8)) }
                continue
            }
            let sizes = replicas ?? Self.sizes(of: rule)
            let name = map.ruleNames[number] ?? ""
            if output.contains(.statistics) {
                let header =
                    "rule \(number) (\(name)), x = \(inputs.lowerBound)..\(inputs.upperBound), "
                    + "numrep = \(sizes.lowerBound)..\(sizes.upperBound)\n"
                try write(Array(header.utf8))
            }
            guard weights.contains(where: { $0 > .zero }) else { continue }
            for size in sizes {
                bad += try run(rule: number, name: name, size: size, weights, write)
            }
        }
        return bad
    }

    private func run(
        rule: Int32, name: String, size: Int, _ weights: [Weight], _ write: (_ lines: [UInt8]) throws -> Void
    ) rethrows -> Int {
        // crushtool asks for the weight-set of pool 0, whatever pool it is told of.
        let mapper = RuleMapper(map: map, rule: rule, resultMax: size, overrides: map.overrides(for: 0))
        var lengths: [Int: Int] = [:]
        var bad = 0
        var next = UInt64(inputs.lowerBound)
        while next <= UInt64(inputs.upperBound) {
            let last = min(next + UInt64(Self.chunk) - 1, UInt64(inputs.upperBound))
            let part = (next...last).map { UInt32($0) }
            let results = mapper.map(part.map(seed), weights: weights)
            var lines = LineBuffer()
            for (index, input) in part.enumerated() {
                let mapping = results[index * size..<(index + 1) * size].prefix { $0 != RuleMapper.absent }
                lengths[mapping.count, default: 0] += 1
                let isBad = mapping.count != size || mapping.contains(ItemID.none.value)
                if isBad { bad += 1 }
                if output.contains(.mappings) {
                    lines.append("CRUSH rule ", rule, " x ", Int64(input), mapping)
                }
                if isBad, output.contains(.badMappings) {
                    lines.append(
                        "bad mapping rule ", rule, " x ", Int64(input), tail: " num_rep \(size) result", mapping)
                }
            }
            try write(lines.bytes)
            next = last + 1
        }
        if output.contains(.statistics) {
            let total = UInt64(inputs.upperBound) - UInt64(inputs.lowerBound) + 1
            let text = lengths.sorted { $0.key < $1.key }.map {
                "rule \(rule) (\(name)) num_rep \(size) result size == \($0.key):\t\($0.value)/\(total)\n"
            }
            try write(Array(text.joined().utf8))
        }
        return bad
    }

    private func seed(_ input: UInt32) -> UInt32 {
        guard let pool else { return input }
        return CRUSHHash.hash(input, UInt32(truncatingIfNeeded: pool))
    }

    /// An OSD that stands in the tree is in, one that does not is out, unless a weight is given.
    private var osdWeights: [Weight] {
        let present = Set(map.buckets.compactMap(\.self).flatMap(\.items))
        return (0..<max(0, map.deviceLimit)).map { number in
            let item = ItemID(number)
            return weights[item] ?? (present.contains(item) ? .one : .zero)
        }
    }

    private static func sizes(of rule: Rule) -> ClosedRange<Int> {
        Int(rule.minimumSize)...max(Int(rule.minimumSize), Int(rule.maximumSize))
    }
}

/// Lines under way to where they are written.
private struct LineBuffer {
    var bytes: [UInt8] = []

    /// `CRUSH rule 0 x 17 [1,2,3]`.
    mutating func append(
        _ head: StaticString, _ rule: Int32, _ middle: StaticString, _ input: Int64, tail: String = "",
        _ mapping: ArraySlice<Int32>
    ) {
        append(head)
        append(Int64(rule))
        append(middle)
        append(input)
        bytes.append(contentsOf: tail.utf8)
        append(" [")
        for (place, item) in mapping.enumerated() {
            if place > 0 { append(",") }
            append(Int64(item))
        }
        append("]\n")
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// A number in decimal, without a string for it.
    private mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
