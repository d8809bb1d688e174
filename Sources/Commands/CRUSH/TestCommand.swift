import ArgumentParser
import CRUSH
import Console

/// `holdfast crush test`: what a rule makes of a range of inputs.
struct TestCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Map a range of inputs by a rule, as crushtool --test does.",
        usage: """
            holdfast crush test --map <file> [--rule <id|name>] [--num-rep <n>] [--min-x <a>] [--max-x <b>] \
            [--weight <osd> <w>]... [--pool-id <p>] --show-mappings|--show-statistics|--show-bad-mappings
            """,
        discussion: """
            Prints the lines that crushtool --test prints for the same options. An OSD that stands in the tree is in,
            any other is out, unless --weight says so; a weight is a reweight from 0 (out) to 1 (in).

            EXAMPLES:
              holdfast crush test --map map.bin --rule replicated_rule --num-rep 3 --show-statistics
              holdfast crush test --map map.bin --rule 1 --num-rep 9 --max-x 99999 --show-bad-mappings
              holdfast crush test --map map.bin --num-rep 3 --weight 7 0 --pool-id 2 --show-mappings

            EXIT CODES:
              0 done, whatever the mappings are like   1 this is no CRUSH map   2 there is no such file or rule
            """)

    @Option(help: ArgumentHelp("The map; - is standard input.", valueName: "file"), completion: .file())
    var map: String

    @Option(help: ArgumentHelp("The rule's number or name. Default: every rule.", valueName: "id|name"))
    var rule: String?

    @Option(help: "Replicas or shards a mapping. Default: all sizes that the rule allows.")
    var numRep: Int?

    @Option(help: "The first input.")
    var minX: UInt32 = 0

    @Option(help: "The last input.")
    var maxX: UInt32 = 1023

    @Option(
        name: .customLong("weight"), parsing: .upToNextOption,
        help: ArgumentHelp("The reweight of an OSD, from 0 to 1; may be given again.", valueName: "osd> <w"))
    var weights: [String] = []

    @Option(help: "Hash the inputs with this pool's id, as PGs are.")
    var poolID: Int64?

    @Flag(help: "A line for each mapping.")
    var showMappings = false

    @Flag(help: "A line for each rule, and how many mappings came out how long.")
    var showStatistics = false

    @Flag(help: "A line for each mapping that is too short or has holes.")
    var showBadMappings = false

    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { .text }

    mutating func validate() throws {
        guard minX <= maxX else { throw ValidationError("--min-x \(minX) is above --max-x \(maxX)") }
        guard (1...255).contains(numRep ?? 1) else { throw ValidationError("--num-rep must be from 1 to 255") }
        guard showMappings || showStatistics || showBadMappings else {
            throw ValidationError("give --show-mappings, --show-statistics or --show-bad-mappings")
        }
        _ = try reweights()
    }

    func perform(in session: Session) async throws {
        let read = try CrushMapFile.read(map, in: session)
        try read.warn(about: map, in: session)
        var output: MappingTest.Output = []
        if showMappings { output.insert(.mappings) }
        if showStatistics { output.insert(.statistics) }
        if showBadMappings { output.insert(.badMappings) }
        let test = MappingTest(
            map: read.map, rules: try rules(of: read.map), replicas: numRep.map { $0...$0 }, inputs: minX...maxX,
            weights: try reweights(), pool: poolID, output: output)
        try test.run { try session.streams.answer(String(decoding: $0, as: UTF8.self)) }
    }

    /// The rules that are tested.
    ///
    /// - Throws: `Failure` if there is none of this number or name.
    private func rules(of map: CrushMap) throws -> ClosedRange<Int32> {
        guard let rule else { return 0...max(0, Int32(map.rules.count) - 1) }
        let number = Int32(rule) ?? map.ruleNames.first { $0.value == rule }?.key
        guard let number, Int32(rule) != nil || map.rule(number) != nil else {
            let names = map.ruleNames.values.sorted().joined(separator: ", ")
            throw Failure(.notFound, code: "NoRule", "there is no rule \(rule)", hint: "the map has \(names)")
        }
        return number...number
    }

    /// The pairs of `--weight`.
    ///
    /// - Throws: `ValidationError` for what is no pair of an OSD and a weight.
    private func reweights() throws -> [ItemID: Weight] {
        guard weights.count.isMultiple(of: 2) else { throw ValidationError("--weight takes an OSD and its weight") }
        var pairs: [ItemID: Weight] = [:]
        for index in stride(from: 0, to: weights.count, by: 2) {
            guard let osd = Int32(weights[index]), osd >= 0 else {
                throw ValidationError("--weight \(weights[index]): this is no number of an OSD")
            }
            guard let weight = Float(weights[index + 1]), weight >= 0, weight <= 1 else {
                throw ValidationError("--weight \(osd) \(weights[index + 1]): a reweight is from 0 to 1")
            }
            pairs[ItemID(osd)] = Weight(raw: UInt32(weight * 65536))
        }
        return pairs
    }
}
