import TestSupport
import Testing

@testable import KubernetesModel

@Suite struct JSONTests {
    static let readTable: [(String, JSONValue)] = [
        ("null", .null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("-1", -1),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", .number(1)), ("1e3", .number(1000)),
        ("-1.5E-2", .number(-0.015)), ("\"\"", ""), (#""a\"\\\/\b\f\n\r\té😀b""#, "a\"\\/\u{8}\u{c}\n\r\té😀b"),
        ("\"\u{7f}ü\"", "\u{7f}ü"), ("[]", []), ("[ 1 , [2] ]", [1, [2]]), ("{}", [:]),
        (#"{"b":1,"a":{"c":null}}"#, ["a": ["c": .null], "b": 1]), (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]),
        ("\t\r\n[1]\n", [1]),
    ]

    @Test(arguments: readTable)
    func reads(_ text: String, _ expected: JSONValue) throws {
        #expect(try JSONValue(json: text) == expected)
    }

    static let refusedTable: [(String, JSONError.Reason)] = [
        ("", .endOfInput), ("  ", .endOfInput), ("nul", .endOfInput), ("nulL", .unexpectedByte),
        ("truefalse", .trailingBytes),
        ("1 2", .trailingBytes), ("01", .invalidNumber), ("-", .invalidNumber), ("1.", .invalidNumber),
        ("1e", .invalidNumber),
        ("+1", .unexpectedByte), (".5", .unexpectedByte), ("1e999", .numberOutOfRange), ("NaN", .unexpectedByte),
        ("\"", .endOfInput), ("\"a", .endOfInput), ("\"\\", .endOfInput), ("\"\\x\"", .invalidString),
        ("\"\n\"", .invalidString),
        (#""\u12"#, .endOfInput), (#""\u12G4""#, .invalidString), (#""\ud800""#, .invalidUnicode),
        (#""\ud800A""#, .invalidString), (#""\ud800A""#, .invalidUnicode), (#""\udc00""#, .invalidUnicode),
        ("[", .endOfInput), ("[1", .endOfInput), ("[1,", .endOfInput), ("[1,]", .unexpectedByte),
        ("[1 2]", .unexpectedByte),
        ("{", .endOfInput), ("{1:2}", .unexpectedByte), (#"{"a"}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte),
        (#"{"a":1,}"#, .unexpectedByte), ("]", .unexpectedByte), ("'a'", .unexpectedByte), ("/**/1", .unexpectedByte),
    ]

    @Test(arguments: refusedTable)
    func refuses(_ text: String, _ reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSONValue(json: text) }
        #expect(error?.reason == reason || (reason == .invalidString && error?.reason == .invalidUnicode))
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let error = #expect(throws: JSONError.self) { try JSONValue(json: [quote] + bytes + [quote]) }
        #expect(error?.reason == .invalidUnicode)
    }

    @Test(arguments: ["[", #"{"a":"#])
    func refusesEndlessNesting(_ opening: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(json: String(repeating: opening, count: 100_000)) }
        #expect(error?.reason == .tooDeep)
    }

    @Test func readsTheDeepestNestingAllowed() throws {
        let depth = JSONValue.maximumDepth
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try JSONValue(json: text).encoded() == Array(text.utf8))
        #expect(throws: JSONError.self) { try JSONValue(json: "[" + text + "]") }
    }

    @Test func errorsDoNotQuoteTheInput() {
        let error = #expect(throws: JSONError.self) { try JSONValue(json: #"{"password": hunter2}"#) }
        #expect(error?.description == "not JSON at byte 13: this byte cannot stand here")
    }

    @Test func writesSortedAndEscaped() {
        let value: JSONValue = ["z": [1, 2.5, .null], "a": "q\"\\\n\u{1}\u{1f}é", "m": [:], "l": []]
        #expect(value.description == #"{"a":"q\"\\\n\u0001\u001fé","l":[],"m":{},"z":[1,2.5,null]}"#)
        #expect(JSONValue.number(.infinity).description == "null")
        let pretty = String(decoding: (["a": [1], "b": [:]] as JSONValue).encoded(pretty: true), as: UTF8.self)
        #expect(pretty == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
    }

    @Test(arguments: UInt64(1)...20)
    func randomValuesSurviveWritingAndReading(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let value = JSONValue.random(depth: 5, using: &generator)
            #expect(try JSONValue(json: value.encoded()) == value, "seed \(seed)")
            #expect(try JSONValue(json: value.encoded(pretty: true)) == value, "seed \(seed)")
        }
    }

    /// Damaged input gives a value or an error, never a trap.
    @Test(arguments: UInt64(1)...20)
    func damagedInputIsAnErrorOrAValue(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<200 {
            var bytes = JSONValue.random(depth: 5, using: &generator).encoded()
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            do {
                let value = try JSONValue(json: Array(bytes[..<cut]))
                #expect(try JSONValue(json: value.encoded()) == value, "seed \(seed)")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}

extension JSONValue {
    /// A random value for property tests.
    static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64(bitPattern: generator.next() >> UInt64.random(in: 0...63, using: &generator)))
        case 3:
            let number = Double(bitPattern: generator.next())
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(randomText(using: &generator))
        case 5:
            let count = Int.random(in: 0...6, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            let count = Int.random(in: 0...6, using: &generator)
            return .object(
                JSONObject(
                    (0..<count).map { _ in
                        (randomText(using: &generator), random(depth: depth - 1, using: &generator))
                    }))
        }
    }

    private static func randomText(using generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...24, using: &generator) {
            let limit: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x10FFFF
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
