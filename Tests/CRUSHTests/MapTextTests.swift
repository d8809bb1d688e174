import CRUSH
import Foundation
import TestSupport
import Testing

/// The text of maps by chance, against the tool itself.
@Suite(.enabled(if: CrushTool.path != nil, "crushtool is not installed"))
struct MapTextOracleTests {
    /// Which release of the tool this machine has, by how it prints a weight.
    static let release: CrushToolRelease? = {
        do {
            let bytes = try CrushFixture.bytes("small-16.bin")
            let answer = try CrushTool.run(["-d", "in", "-o", "out"], input: bytes)
            return try [CrushToolRelease.pacific, .reef].first { release in
                try Array(CrushMap(decoding: bytes).text(.crushtool(release)).utf8) == answer.written
            }
        } catch {
            return nil
        }
    }()

    @Test(arguments: 1...15)
    func aMapReadsAndCompilesAsTheToolHasIt(seed: UInt64) throws {
        let release = try #require(Self.release, "crushtool -d prints the fixture unlike any release that is known")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<8 {
            let map = RandomMap.make(using: &generator)
            let theirs = try CrushTool.run(["-d", "in", "-o", "out"], input: map.encoded())
            let text = try #require(theirs.written, "seed \(seed): \(theirs.answer.errors)")
            let ours = try map.text(.crushtool(release))
            #expect(ours == String(decoding: text, as: UTF8.self), "seed \(seed)")
            try compare(text, release, "seed \(seed)")
        }
    }

    /// Texts that leave out what may be left out, in an order that is not the tool's own.
    @Test(arguments: 1...15)
    func aTerseTextCompilesAsTheToolCompilesIt(seed: UInt64) throws {
        let release = try #require(Self.release)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<8 {
            let text = try RandomMap.make(using: &generator).text(.crushtool(release))
            try compare(Array(Self.terse(text, using: &generator).utf8), release, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "host a { alg straw2 item osd.0 weight 1e1 item osd.1 weight .5 item osd.2 weight 3.}",
        "host a{alg straw2 item osd.0 weight 1.5pos 0}",
        "host a { alg straw2 item osd.0 pos 1 item osd.1 }",
        "host a { alg straw2 hash rjenkins1 hash 2 item osd.0 }",
        "rack r { alg straw2 item a } host a { alg straw2 item osd.0 weight 1 }",
        "rack q { alg straw2 item r } rack r { alg straw2 item a } host a { alg straw2 item osd.0 weight 1 }",
        "host a { alg straw2 item osd.0 } rule { id 3 type replicated min_size 1 max_size 3 step take a step emit }",
        "host a { alg straw2 item osd.0 } rule x { id 1 type erasure min_size 1 max_size 3 step takea stepemit }",
        "host a { alg straw2 item osd.0 weight 101 }",
        "host a { alg straw2 item osd.0 weight -1 }",
        "host a { alg straw2 item osd.0 pos 2 item osd.1 }",
        "host a { alg straw2 item osd.0 } host a { alg straw2 item osd.1 }",
        "host a { alg tree } host b { alg list } host c { alg straw } host d { alg uniform }",
        "host a { id -3 alg straw2 } host b { id -3 alg straw2 }",
        "host a { alg uniform item osd.0 weight 1 item osd.1 weight 2 }",
        """
        host a { alg uniform item osd.0 weight 2 item osd.1 weight 2 }
        rule x { id 0 type replicated min_size 1 max_size 3 step take a class hdd step emit }
        """,
        """
        host a { alg straw2 item osd.0 } choose_args 5 { { bucket_id -1 weight_set [ [ 2 ] [ 0.1 ] ] ids [ -7 ] } }
        choose_args 4294967296 { }
        """,
    ])
    func aTextIsAcceptedWhereTheToolAcceptsIt(body: String) throws {
        let head =
            "device 0 osd.0 class hdd device 1 osd.1 class hdd device 2 osd.2 type 0 osd type 1 host type 2 rack\n"
        try compare(Array((head + body).utf8), try #require(Self.release), body)
    }

    /// Both refuse a text, or both make the same bytes of it.
    private func compare(_ text: [UInt8], _ release: CrushToolRelease, _ label: String) throws {
        let (answer, written) = try CrushTool.run(["-c", "in", "-o", "out"], input: text)
        do throws(CompilationFailure) {
            let ours = try CrushMap(compiling: text, as: release)
            guard let written else {
                Issue.record("\(label): accepted, but crushtool says \(answer.status): \(answer.errors.prefix(300))")
                return
            }
            compareBytes(ours, written, label)
        } catch {
            #expect(written == nil, "\(label): crushtool accepts it, but \(error)")
        }
    }

    /// The tree of a shadow is made item by item, and crushtool then leaves some nodes as the heap had them: those
    /// of an algorithm that since jewel may not be chosen for new buckets.
    private func compareBytes(_ ours: CrushMap, _ written: [UInt8], _ label: String) {
        guard ours.encoded() != written else { return }
        do throws(DecodingFailure) {
            var theirs = try CrushMap(decoding: written)
            for (slot, bucket) in ours.buckets.enumerated() {
                guard let bucket, ours.isShadow(bucket.id), case .tree = bucket.content else { continue }
                guard let other = theirs.bucket(bucket.id), case .tree = other.content else { continue }
                for position in bucket.items.indices {
                    #expect(bucket.weight(at: position) == other.weight(at: position), "\(label)")
                }
                theirs.buckets[slot]?.content = bucket.content
            }
            #expect(ours == theirs, "\(label)")
        } catch {
            Issue.record("\(label): \(error)")
        }
    }

    /// The same text without comments and with some ids, positions and weights left out, its buckets shuffled a bit.
    private static func terse(_ text: String, using generator: inout SeededGenerator) -> String {
        var lines: [Substring] = []
        for line in text.split(separator: "\n") {
            let bare = line.prefix { $0 != "#" }
            guard !bare.allSatisfy(\.isWhitespace) else { continue }
            let words = bare.split(whereSeparator: \.isWhitespace)
            if words.first == "id", words.count > 1, words[1].hasPrefix("-"),
                Int.random(in: 0..<3, using: &generator) == 0
            {
                continue
            }
            if words.first == "item", Int.random(in: 0..<5, using: &generator) == 0 {
                lines.append(Substring(words.prefix(2).joined(separator: " ")))
                continue
            }
            if words.first == "hash" { continue }
            lines.append(bare)
        }
        return lines.joined(separator: "\n")
    }
}

@Suite struct MapTextTests {
    @Test(arguments: 1...20)
    func theExactTextGivesTheSameBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var options = RandomMap.Options()
            options.msr = Bool.random(using: &generator)
            var map = RandomMap.make(using: &generator, options)
            Self.disturb(&map, using: &generator)
            let text = try map.text()
            let again = try CrushMap(compiling: Array(text.utf8))
            #expect(again.encoded() == map.encoded(), "seed \(seed)")
            #expect(try again.text() == text, "seed \(seed)")
        }
    }

    /// What crushtool's language has no words for: weights that its arithmetic skips or its limits forbid, sums that
    /// do not fit, sizes of rules, spare slots, numbers of classes, an older form.
    private static func disturb(_ map: inout CrushMap, using generator: inout SeededGenerator) {
        for slot in map.buckets.indices {
            guard let bucket = map.buckets[slot], !map.isShadow(bucket.id), !bucket.items.isEmpty else { continue }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                map.buckets[slot]?.weight = Weight(raw: UInt32.random(in: 0 ... .max, using: &generator))
            }
            guard map.classNames.isEmpty else { continue }
            switch bucket.content {
            case .straw2(var weights):
                weights[0] = Weight(raw: UInt32.random(in: 0 ... .max / 2, using: &generator))
                map.buckets[slot]?.content = .straw2(weights: weights)
            case .straw(let weights, var straws):
                straws[0] = UInt32.random(in: 0 ... .max, using: &generator)
                map.buckets[slot]?.content = .straw(weights: weights, straws: straws)
            default: continue
            }
        }
        for number in map.rules.indices {
            map.rules[number]?.minimumSize = UInt8.random(in: 0...9, using: &generator)
            map.rules[number]?.maximumSize = UInt8.random(in: 0 ... .max, using: &generator)
        }
        if let last = map.rules.indices.last {
            map.rules[last]?.steps.append(Rule.Step(code: 99, -1, 7))
            map.rules[last]?.steps.append(Rule.Step(.noop))
        }
        map.buckets.append(contentsOf: repeatElement(nil, count: Int.random(in: 0...20, using: &generator)))
        map.deviceLimit += Int32.random(in: 0...5, using: &generator)
        for pool in map.chooseArgs.keys {
            for bucket in map.chooseArgs[pool]?.keys.sorted() ?? [] {
                guard map.chooseArgs[pool]?[bucket]?.weightSets.isEmpty == false else { continue }
                map.chooseArgs[pool]?[bucket]?.weightSets[0][0] = Weight(
                    raw: UInt32.random(in: 0 ... .max, using: &generator))
            }
        }
        if map.extent != .msr, map.deviceClasses.isEmpty, map.chooseArgs.isEmpty, map.classNames.isEmpty {
            map.extent = Bool.random(using: &generator) ? .stable : .classes
        }
    }

    @Test(arguments: [
        (UInt32(0), "0.00000"), (1, "0.00002"), (0x10000, "1.00000"), (0x1d1ec, "1.82001"), (0x1d1eb, "1.8199921"),
        (26_214_399, nil), (26_214_400, "400.00000"),
    ])
    func aWeightHasAsManyDecimalsAsItTakes(raw: UInt32, text: String?) throws {
        var map = CrushMap()
        map.typeNames = [0: "osd", 1: "root"]
        map.itemNames = [ItemID(-1): "default", ItemID(-2): "below"]
        map.buckets = [
            Bucket(
                id: ItemID(-1), type: 1, weight: Weight(raw: raw), items: [ItemID(-2)],
                content: .straw2(weights: [Weight(raw: raw)])),
            Bucket(id: ItemID(-2), type: 1, weight: .zero, items: [], content: .straw2(weights: [])),
        ]
        let written = try map.text()
        if let text { #expect(written.contains("weight \(text)") && !written.contains("#@ raw"), "\(written)") }
        if text == nil { #expect(written.contains("#@ raw \(raw)"), "\(written)") }
        #expect(try CrushMap(compiling: Array(written.utf8)).bucket(ItemID(-1))?.weight(at: 0).raw == raw)
    }

    @Test(arguments: [
        ("device", 1, 7, "the text ends where one of these should be: a number"),
        ("type 1 host\nhost a {\n  alg straw9\n}", 2, 1, "there is no algorithm 'straw9'"),
        ("type 1 host\nhost a {\n  alg straw2\n  item osd.7\n}", 4, 3, "item 'osd.7' in bucket 'a' is not defined"),
        ("host a { alg straw2 }", 1, 1, "bucket type 'host' is not defined"),
        ("tunable fast 1", 1, 1, "there is no tunable 'fast'"),
        ("type 1 host\nhost a { id -9999999 alg list }", 2, 10, "below -1048576"),
        ("rule x { id 300 type erasure step emit }", 1, 1, "rule number 300 is not from 0 to 255"),
        ("rule x { id 0 type erasure\n step take ssd\n step emit }", 2, 2, "item 'ssd' is not defined"),
        ("rule x { id 0 type erasure\n step jump }", 2, 7, "'jump' where one of these should be"),
        ("type 1 host\nrule x { id 0 type erasure step emit }\nhost a { alg list }", 3, 1, "before rules"),
        ("type 1 host # comment\n\u{e9}", 2, 1, "an unexpected byte"),
        ("#@ slots 4294967295", 1, 1, "or more than 1048576"),
        ("type 1 host\nhost a {\n#@ weight x\nalg list }", 3, 1, "expected '#@ weight NUMBER'"),
    ])
    func anErrorIsToldWithItsPlace(text: String, line: Int, column: Int, why: String) {
        let failure = #expect(throws: CompilationFailure.self) { try CrushMap(compiling: Array(text.utf8)) }
        #expect(failure?.line == line)
        #expect(failure?.column == column)
        #expect(failure?.message.contains(why) == true, "\(String(describing: failure))")
    }

    @Test func bucketsThatHoldEachOtherHaveNoText() {
        var map = CrushMap()
        for (id, other) in [(Int32(-1), Int32(-2)), (-2, -1)] {
            map.buckets.append(
                Bucket(
                    id: ItemID(id), type: 1, weight: .one, items: [ItemID(other)], content: .straw2(weights: [.one])))
        }
        #expect(throws: DecompilationFailure.self) { try map.text() }
        #expect(CrushTree(of: map).rows.isEmpty)
    }
}
