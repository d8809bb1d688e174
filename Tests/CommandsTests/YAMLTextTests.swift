import KubernetesModel
import TestSupport
import Testing

@testable import Commands

@Suite struct YAMLTextTests {
    @Test func looksLikeKubectl() throws {
        let text = try YAMLText.document([
            "kind": "PersistentVolume", "apiVersion": "v1",
            "metadata": ["name": "pvc-1", "annotations": ["a/b": "true", "n": "5", "empty": ""]],
            "spec": ["accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1Gi"], "flag": true, "count": 3],
        ])
        #expect(
            text == """
                apiVersion: v1
                kind: PersistentVolume
                metadata:
                  annotations:
                    a/b: "true"
                    empty: ""
                    "n": "5"
                  name: pvc-1
                spec:
                  accessModes:
                  - ReadWriteOnce
                  capacity:
                    storage: 1Gi
                  count: 3
                  flag: true

                """)
    }

    @Test func whatIsWrittenIsRead() throws {
        let seed: UInt64 = 0x5EED_0001
        var generator = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let value = Self.value(depth: 4, &generator)
            let text = try YAMLText.document(["value": value])
            let read = try ManifestReader.read(text, file: "f").first?.json["value"]
            #expect(read == value, "seed \(seed), round \(round):\n\(text)")
        }
    }

    private static let texts = [
        "", "y", "N", "yes", "null", "~", "1", "1e3", "0x1", "0o7", "1:30", "-", "- a", "a: b", "#", "a #b", "*a", "&a",
        "!t", "<<", "=", "%", "@", "`", "'", "\"", "{", "[", "a\nb", "a\n", "\n", " a", "a ", "\t", "ü", "卷", "😀",
        ".inf",
        "2026-01-01", "---", "...", "?", ":", "\\", "\u{85}", "\u{2028}", "a: |\n b", "true", "1_0", "0b1", "+1",
    ]

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: .number(Double(Int.random(in: -1000...1000, using: &generator)) + 0.5)
        case 4, 5: .string(texts.randomElement(using: &generator) ?? "")
        case 6: .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth - 1, &generator) })
        default:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        (texts.randomElement(using: &generator) ?? "k", value(depth: depth - 1, &generator))
                    }))
        }
    }
}
