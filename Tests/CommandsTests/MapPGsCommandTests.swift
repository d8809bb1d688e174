import ArgumentParser
import Console
import Foundation
import Testing

@testable import Commands

/// `holdfast crush map-pgs`, on the maps of real clusters in `Tests/Fixtures/osdmap`.
@Suite struct MapPGsCommandTests {
    private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/osdmap")

    /// Runs the command on the map of a release.
    private func run(
        _ release: Int = 18, _ words: String...
    ) async throws -> (status: CommandStatus, output: String, story: String) {
        try await run(file: fixtures.appending(path: "ceph-\(release).osdmap").path, words)
    }

    private func run(
        file: String, _ words: [String]
    ) async throws -> (status: CommandStatus, output: String, story: String) {
        let session = Samples.session()
        let arguments = ["crush", "map-pgs", "--osdmap", file] + words
        let command = try #require(try HoldfastCommand.parseAsRoot(arguments) as? any SessionCommand)
        let status = await command.run(in: session)
        return (status, session.streams.output.contents, session.streams.story.contents)
    }

    /// What osdmaptool of the same release printed.
    private func printed(by release: Int) throws -> String {
        try String(contentsOf: fixtures.appending(path: "ceph-\(release).pgs"), encoding: .utf8)
    }

    @Test(arguments: [16, 18, 20]) func printsWhatOSDMaptoolPrints(release: Int) async throws {
        let answer = try await run(release)
        #expect(answer.status == .success && answer.story.isEmpty, "\(answer.story)")
        #expect(try answer.output == printed(by: release))
    }

    @Test func summaryLeavesThePGsOut() async throws {
        let expected = try printed(by: 18).split(separator: "\n").filter { !$0.contains(" raw (") }
        #expect(try await run(18, "--summary").output == expected.map { "\($0)\n" }.joined())
    }

    @Test(arguments: ["3", "pair"]) func onePool(name: String) async throws {
        let lines = try await run(18, "--pool", name).output.split(separator: "\n")
        #expect(lines.first == "pool 3 pg_num 12")
        #expect(lines.filter { $0.contains(" raw (") }.count == 12)
        #expect(lines.filter { $0.hasPrefix("pool") }.count == 1)
    }

    @Test func markingOutAndUpIn() async throws {
        let one = try await run(18, "--summary", "--mark-out", "0", "--mark-out", "1").output
        #expect(!one.contains("osd.0\t") && !one.contains("osd.1\t") && one.contains("osd.2\t"))
        #expect(try await run(18, "--summary", "--mark-up-in").output.contains(" in 8\n"))
    }

    @Test func jsonHasEveryPG() async throws {
        struct Answer: Decodable {
            struct PG: Decodable {
                var pgid: String
                var up: [Int32?]
                var actingPrimary: Int32?
            }
            var kind: String
            var epoch: Int
            var pgs: [PG]?
        }
        let all = try JSONDecoder().decode(Answer.self, from: Data(try await run(16, "-o", "json").output.utf8))
        #expect(all.kind == "PGMappings" && all.epoch == 139)
        #expect(all.pgs?.count == 61)
        // A shard that is on no OSD.
        let shards = try #require(all.pgs?.first { $0.pgid == "4.4" })
        #expect(shards.up == [nil, 0, 4] && shards.actingPrimary == 4)
        let few = try await run(16, "-o", "json", "--summary").output
        #expect(try JSONDecoder().decode(Answer.self, from: Data(few.utf8)).pgs == nil)
    }

    @Test(arguments: [
        (["--pool", "77"], "there is no pool 77"), (["--pool", "rdb"], "there is no pool rdb"),
        (["--mark-out", "9"], "--mark-out 9: there is no such OSD"),
    ])
    func whatIsNotThere(words: [String], message: String) async throws {
        let answer = try await run(file: fixtures.appending(path: "ceph-16.osdmap").path, words)
        #expect(answer.status == .notFound)
        #expect(answer.story.contains(message) && answer.output.isEmpty, "\(answer.story)")
    }

    @Test func otherFilesAreRefused() async throws {
        let json = try await run(file: fixtures.appending(path: "ceph-16.json").path, [])
        #expect(json.status == .failure)
        #expect(json.story.contains("ceph osd getmap -o FILE"), "\(json.story)")
        #expect(try await run(file: "/does/not/exist", []).status == .notFound)
    }
}
