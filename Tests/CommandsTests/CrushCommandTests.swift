import ArgumentParser
import Console
import Foundation
import Testing

@testable import Commands

/// `holdfast crush`, on the maps in `Tests/Fixtures/crush`.
@Suite struct CrushCommandTests {
    private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/crush")

    private func path(_ name: String) -> String { fixtures.appending(path: name).path }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: fixtures.appending(path: name), encoding: .utf8)
    }

    /// Runs `holdfast crush` with these words; a name that is a fixture's stands for its path.
    private func run(
        _ words: [String], input: String = ""
    ) async throws -> (status: CommandStatus, output: String, story: String) {
        let session = Samples.session(input: input)
        let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path)
        let arguments = ["crush"] + words.map { names.contains($0) ? path($0) : $0 }
        let command = try #require(try HoldfastCommand.parseAsRoot(arguments) as? any SessionCommand)
        let status = await command.run(in: session)
        return (status, session.streams.output.contents, session.streams.story.contents)
    }

    @Test(arguments: [
        ["crush", "decompile"], ["crush", "decompile", "f", "--as-crushtool", "17"], ["crush", "compile", "f"],
        ["crush", "compile", "f", "-o", "g", "--as-crushtool", "x"], ["crush", "tree"],
        ["crush", "tree", "f", "-o", "yaml"], ["crush", "diff", "f"], ["crush", "diff", "-", "-"],
    ]) func wrongUsageIs64(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try HoldfastCommand.parseAsRoot(arguments) }
        if let error { #expect(HoldfastCommand.exitCode(for: error).rawValue == CommandStatus.usage.rawValue) }
    }

    @Test(arguments: [("small-16", "16"), ("small-18", "18"), ("small-20", "20"), ("msr-20", "20")])
    func decompilePrintsWhatCrushtoolPrints(name: String, release: String) async throws {
        let answer = try await run(["decompile", "\(name).bin", "--as-crushtool", release])
        #expect(answer.status == .success)
        #expect(try answer.output == text("\(name).txt"))
        #expect(answer.story.isEmpty)
    }

    @Test func compilePutsBackWhatDecompilePrinted() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crush-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
        let written = folder.appending(path: "map.bin")
        let decompiled = try await run(["decompile", "small-16.bin"])
        #expect(decompiled.status == .success && decompiled.story.isEmpty, "\(decompiled.story)")
        let compiled = try await run(["compile", "-", "-o", written.path], input: decompiled.output)
        #expect(compiled.status == .success, "\(compiled.story)")
        #expect(try Data(contentsOf: written) == Data(contentsOf: fixtures.appending(path: "small-16.bin")))
        #expect(try await run(["diff", "small-16.bin", written.path]).status == .success)
    }

    @Test func treeShowsDomainsWeightsAndWeightSets() async throws {
        let answer = try await run(["tree", "small-18.bin"])
        let lines = answer.output.split(separator: "\n")
        #expect(lines.first == "ID  CLASS  WEIGHT   (compat)  7  TYPE NAME")
        #expect(lines.contains("-1         5.75000               root default"))
        #expect(lines.contains(" 0    hdd  1.23456   1.50000                 osd.0"))
        #expect(!answer.output.contains("~"))
        #expect(try await run(["tree", "small-18.bin", "--show-shadow"]).output.contains("root default~ssd"))
    }

    @Test func treeAsJSONHasEveryNode() async throws {
        struct Answer: Decodable {
            struct Node: Decodable {
                var id: Int
                var name: String
                var children: [Int]
            }
            var kind: String
            var nodes: [Node]
        }
        let answer = try await run(["tree", "small-18.bin", "-o", "json"])
        let tree = try JSONDecoder().decode(Answer.self, from: Data(answer.output.utf8))
        #expect(tree.kind == "CrushTree")
        #expect(tree.nodes.first { $0.name == "default" }?.children == [-4, -5])
    }

    @Test func diffTellsWhatDiffersAndExitsWith1() async throws {
        let changed = try text("small.txt").replacing("item osd.4 weight 2.5", with: "item osd.4 weight 3.5")
        let answer = try await run(["diff", "small-18.bin", "-"], input: changed)
        #expect(answer.status == .failure)
        #expect(answer.output.contains("~ bucket three (-5): item osd.4: weight 2.50000 -> weight 3.50000\n"))
        #expect(try await run(["diff", "small-16.bin", "small-20.bin"]).output.isEmpty)
    }

    @Test func whatJSONDoesNotSayIsWarnedOf() async throws {
        let answer = try await run(["diff", "small-16.json", "small-16.bin"])
        #expect(answer.status == .success)
        #expect(answer.story.contains("not exact: bucket -4: its straws are computed"))
    }

    @Test func anErrorNamesFileLineAndColumn() async throws {
        let answer = try await run(["compile", "-", "-o", "/nowhere/map"], input: "type 1 host\nhost a { alg best }")
        #expect(answer.status == .failure)
        #expect(answer.story.contains("standard input:2:1: there is no algorithm 'best'"))
    }

    @Test func aMissingFileIsNotFound() async throws {
        let answer = try await run(["tree", "/nowhere/map"])
        #expect(answer.status == .notFound)
        #expect(answer.story.contains("/nowhere/map: there is no such file"))
    }
}
