import KubernetesModel
import Testing

@testable import Commands

@Suite struct ManifestReaderTests {
    private func read(_ text: String) throws -> [Manifest] { try ManifestReader.read(text, file: "f.yaml") }

    @Test func documentsKeepTheirLines() throws {
        let manifests = try read(
            """
            # a comment
            kind: A
            metadata:
              name: x
            ---
            ---
            kind: B
            spec:
              list:
                - 1
                - deep: true
            """)
        #expect(manifests.map(\.kind) == ["A", "B"])
        #expect(manifests.map(\.place.line) == [2, 7])
        #expect(manifests[0].place(of: ["metadata", "name"]).line == 4)
        #expect(manifests[1].place(of: ["spec", "list", "1", "deep"]).line == 11)
        #expect(manifests[1].place(of: ["spec", "missing", "field"]).line == 8, "the nearest parent")
        #expect(manifests[1].place.description == "f.yaml:7")
    }

    @Test(
        arguments: [
            ("true", .bool(true)), ("yes", .bool(true)), ("off", .bool(false)), ("'yes'", "yes"), ("\"1\"", "1"),
            ("12", 12), ("-3", -3), ("0755", 493), ("0x10", 16), ("1_000", 1000), ("1:30", "1:30"), ("1.5", 1.5),
            ("1e3", .number(1000)), (".inf", ".inf"), ("~", .null), ("", .null), ("1Gi", "1Gi"),
            ("2026-01-01", "2026-01-01"),
            ("99999999999999999999", .number(1e20)), ("!!str 5", "5"), ("|\n  a\n  b\n", "a\nb\n"), ("=", "="),
        ] as [(String, JSONValue)]) func scalars(text: String, expected: JSONValue) throws
    {
        #expect(try read("v: \(text)").first?.json["v"] == expected)
    }

    @Test func jsonIsYAML() throws {
        let manifest = try #require(try read("{\"kind\": \"A\",\n\t\"x\": [1, null, \"\\u00fc\\/\"]}").first)
        #expect(manifest.json["x"] == [1, .null, "ü/"])
        #expect(manifest.place(of: ["x"]).line == 2)
    }

    @Test func jsonMayEscapeAnyCharacter() throws {
        let list = "{\"kind\": \"List\", \"items\": [{\"kind\": \"A\", \"x\": \"\\ud83d\\ude00\"}]}"
        #expect(try read(list).first?.json == ["kind": "A", "x": "😀"])
    }

    @Test func listsAreOpened() throws {
        let manifests = try read(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Secret, metadata: {name: a}}
            - apiVersion: v1
              kind: PersistentVolumeClaimList
              items:
              - metadata:
                  name: b
            """)
        #expect(manifests.map(\.kind) == ["Secret", "PersistentVolumeClaim"])
        #expect(manifests[1].apiVersion == "v1")
        #expect(manifests[1].place(of: ["metadata", "name"]).line == 9)
    }

    @Test func aKindThatOnlyEndsLikeAListIsNoList() throws {
        #expect(try read("kind: AllowList\nspec: 1").map(\.kind) == ["AllowList"])
    }

    @Test func mergeKeysAreMerged() throws {
        let json = try #require(
            try read(
                """
                base: &base {a: 1, b: 2}
                other: &other {b: 3, c: 4}
                one: {<<: *base, b: 9}
                two: {<<: [*base, *other]}
                """
            ).first?.json)
        #expect(json["one"] == ["a": 1, "b": 9])
        #expect(json["two"] == ["a": 1, "b": 2, "c": 4])
    }

    @Test(arguments: [
        ("a: 1\nb: [1, 2\nc: 3", "f.yaml:3"), ("a: 1\na: 2", "f.yaml:1: the key a"), ("a: *nobody", "f.yaml:1"),
        ("a: 1\n\tb: 2", "f.yaml:2"), ("- 1", "f.yaml:1: this is no object"),
        ("just text", "f.yaml:1: this is no object"),
        ("a: 1\n---\n5", "f.yaml:3: this is no object"), ("? [a]\n: 1", "f.yaml:1: a key that is no text"),
        ("kind: List\nitems: 5", "f.yaml:2: items is no list"),
        ("kind: List\nitems:\n- 5", "f.yaml:3: item 1 of the list is no object"),
        ("a: {<<: 5}", "f.yaml:1: << names"), ("a: \"\u{0}\"", "f.yaml:1: not YAML"),
    ]) func faultsNameTheirLine(text: String, expected: String) {
        let fault = #expect(throws: ManifestFault.self) { try read(text) }
        #expect(fault?.description.hasPrefix(expected) == true, "\(fault?.description ?? "no fault")")
    }

    @Test func nestedAliasesDoNotFillTheMemory() {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            // Without the limit this would be ten billion values.
            text +=
                "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        let fault = #expect(throws: ManifestFault.self) {
            try ManifestReader.read(text, file: "f.yaml")
        }
        #expect(fault?.problem.contains("aliases") == true)
    }

    @Test func manyValuesAndSomeAliasesAreRead() throws {
        let labels = "labels: &labels {app: db, tier: gold}\nclaims:\n"
        let claims = (0..<2_000).map { "- {name: c\($0), labels: *labels, size: 1Gi}\n" }.joined()
        let manifest = try #require(try ManifestReader.read(labels + claims, file: "f.yaml").first)
        #expect(manifest.json["claims"]?.arrayValue?.count == 2_000)
    }

    @Test func deepNestingIsRefused() {
        let text = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        let fault = #expect(throws: ManifestFault.self) { try read("a: \(text)") }
        #expect(fault?.problem.contains("nested") == true)
    }

    @Test(arguments: ["", "---\n---\n", "# nothing\n", "null\n"]) func emptyFilesHoldNothing(text: String) throws {
        #expect(try read(text).isEmpty)
    }

    @Test func windowsLineEndsAndAByteOrderMark() throws {
        let manifest = try #require(try read("\u{FEFF}kind: A\r\nx: y\r\n").first)
        #expect(manifest.json == ["kind": "A", "x": "y"])
    }
}
