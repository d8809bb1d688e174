import Foundation
import Testing

@testable import Commands

@Suite struct ManifestFilesTests {
    /// Runs `body` with a folder of its own, which holds `a.yaml`, `b.json`, `note.txt` and `deeper/c.yml`.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/deeper", withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
        }
        for (name, text) in [
            ("b.json", "{\"kind\": \"B\"}"), ("a.yaml", "kind: A"), ("note.txt", "%"), ("deeper/c.yml", "kind: C"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        try body(folder)
    }

    private func kinds(_ paths: [String], recursive: Bool = false, input: String = "") throws -> [String] {
        try ManifestFiles(paths: paths, isRecursive: recursive).read(standardInput: { Data(input.utf8) }).map(\.kind)
    }

    @Test func foldersHoldYAMLAndJSONByName() throws {
        try withFolder { folder in
            let cases: [(paths: [String], isRecursive: Bool, kinds: [String])] = [
                ([folder], false, ["A", "B"]), ([folder], true, ["A", "B", "C"]),
                (["\(folder)/b.json", "-", "\(folder)/a.yaml"], false, ["B", "I", "A"]),
            ]
            for (paths, isRecursive, expected) in cases {
                let found = try kinds(paths, recursive: isRecursive, input: "kind: I")
                #expect(found == expected, "\(paths)")
            }
        }
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withFolder { folder in
            let cases: [(path: String, words: String)] = [
                (folder + "/none.yaml", "none.yaml: there is no such file"),
                (folder + "/deeper/../note.txt", "note.txt:1: not YAML"),
                ("https://example.com/a.yaml", "download the file first"),
            ]
            for (path, words) in cases {
                let fault = #expect(throws: ManifestFault.self) { try kinds([path]) }
                #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "none")")
            }
            try FileManager.default.removeItem(atPath: folder + "/deeper/c.yml")
            let fault = #expect(throws: ManifestFault.self) { try kinds([folder + "/deeper"]) }
            #expect(fault?.description.contains("-R searches deeper") == true)
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: folder + "/a.yaml"))
            #expect(throws: ManifestFault.self) { try kinds([folder + "/a.yaml"]) }
        }
        #expect(throws: ManifestFault.self) { try kinds(["-", "-"]) }
    }
}
