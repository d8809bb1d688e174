import CRUSH
import Foundation
import KubernetesModel
import StateFixtures
import TestSupport
import Testing
import Vocabulary

@testable import ClusterState

@Suite struct StateFileTests {
    @Test func whatIsWrittenIsRead() throws {
        let capture = Samples.full
        let read = try StateFile.decode(StateFile.encode(capture))
        #expect(Self.difference(read, capture) == nil)
    }

    /// The first part that differs; captures are too long to be printed.
    private static func difference(_ left: ClusterCapture, _ right: ClusterCapture) -> String? {
        if left.missing != right.missing { return "missing" }
        if left.kubernetes != right.kubernetes { return "kubernetes" }
        if left.ceph?.osdMap.crush != right.ceph?.osdMap.crush { return "crush" }
        if left.ceph?.osdMap.pools != right.ceph?.osdMap.pools { return "pools" }
        if left.ceph?.osdMap.osds != right.ceph?.osdMap.osds { return "osds" }
        if left.ceph?.osdMap.flags != right.ceph?.osdMap.flags { return "flags" }
        if left.ceph?.osdMap != right.ceph?.osdMap { return "osdMap" }
        if left.ceph?.osdMapBytes != right.ceph?.osdMapBytes { return "osdMapBytes" }
        if left.ceph?.pgs != right.ceph?.pgs { return "pgs" }
        return left == right ? nil : "another part"
    }

    @Test(arguments: [UInt64(1), 2, 3]) func whatIsWrittenIsReadForAnyCapture(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<40 {
            let capture = Samples.random(&random)
            let read = try StateFile.decode(StateFile.encode(capture))
            #expect(Self.difference(read, capture) == nil, "seed \(seed), round \(round)")
        }
    }

    @Test func anEmptyCaptureIsAFile() throws {
        let capture = ClusterCapture(takenAt: Timestamp(microseconds: 1), holdfastVersion: "1")
        #expect(try StateFile.decode(StateFile.encode(capture)) == capture)
    }

    @Test func theSameCaptureGivesTheSameBytes() throws {
        #expect(try StateFile.encode(Samples.full) == StateFile.encode(Samples.full))
    }

    @Test func tarReadsItAndTheMapIsTheClustersOwn() throws {
        var capture = Samples.full
        let map = capture.ceph?.osdMap.encoded()
        capture.ceph?.osdMapBytes = map
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "s.tar.gz")
        try Data(StateFile.encode(capture)).write(to: file)
        try run("/usr/bin/env", ["tar", "-xzf", file.path, "-C", folder.path])
        let unpacked = try Data(contentsOf: folder.appending(path: "ceph/osdmap.bin"))
        #expect(Array(unpacked) == map)
        let manifest = try JSONObject(json: Array(Data(contentsOf: folder.appending(path: "manifest.json"))))
        #expect(manifest["format"] == "holdfast-state")
        #expect(manifest["missing"]?[0]?["part"] == "ceph/health")
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "kubernetes/pods.json").path))
    }

    @Test func whatAnOperatorPackedAgainIsRead() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "s.tar.gz")
        try Data(StateFile.encode(Samples.full)).write(to: file)
        try run("/usr/bin/env", ["tar", "-xzf", file.path, "-C", folder.path])
        let again = folder.appending(path: "again.tar.gz")
        try run(
            "/usr/bin/env",
            [
                "tar", "-czf", again.path, "-C", folder.path, "--format=ustar", "./manifest.json", "./ceph",
                "./kubernetes",
            ])
        #expect(try Self.difference(StateFile.decode(Array(Data(contentsOf: again))), Samples.full) == nil)
    }

    private func run(_ tool: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(tool) \(arguments)")
    }
}

@Suite struct StateFileDamageTests {
    @Test func anyCutOfTheFileIsRefused() throws {
        let bytes = try StateFile.encode(Samples.full)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: StateFileError.self) { try StateFile.decode(Array(bytes[..<length])) }
        }
    }

    @Test func somethingBehindTheEndIsRefused() throws {
        let bytes = try StateFile.encode(Samples.full)
        #expect(throws: StateFileError(.trailingBytes, at: bytes.count)) { try StateFile.decode(bytes + [0]) }
    }

    /// 20,000 archives with bytes changed, taken out or put in: each is read or refused with a reason, none crashes.
    @Test(arguments: [UInt64(20_260_101)]) func changedArchivesAreReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let archive = try Gzip.inflated(StateFile.encode(Samples.full), limit: 1 << 30)
        var refusals: [String: Int] = [:]
        for round in 0..<20_000 {
            let changed = mutated(archive, &random)
            do throws(StateFileError) {
                _ = try StateFile.decode(archive: changed)
                refusals["read", default: 0] += 1
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed), round \(round)")
                refusals[String(describing: error.reason).prefix(12).description, default: 0] += 1
            }
        }
        #expect(refusals.count > 4, "\(refusals)")
        #expect((refusals["read"] ?? 0) < 10_000, "the checksums must see most of it: \(refusals)")
    }

    /// The same below the checksums: members that are changed, under a manifest that says so.
    @Test(arguments: [UInt64(77)]) func changedMembersAreReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let members = try Tar.members(of: Gzip.inflated(StateFile.encode(Samples.full), limit: 1 << 30))
        let manifest = try JSONMember.decode(Manifest.self, members[0].bytes, members[0].name)
        var refused = 0
        for round in 0..<4_000 {
            var changed = members
            let victim = Int.random(in: 1..<members.count, using: &random)
            changed[victim].bytes = mutated(changed[victim].bytes, &random)
            var said = manifest
            said.members = changed.dropFirst().map(Manifest.Entry.init(of:))
            changed[0] = try JSONMember.encode(said, Manifest.path)
            do throws(StateFileError) {
                _ = try StateFile.decode(archive: Tar.archive(changed, time: 0))
            } catch {
                refused += 1
                #expect(error.member == members[victim].name, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(refused > 1_000)
    }

    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...600, using: &random)))
            case 3: bytes.insert(contentsOf: Array(repeating: UInt8(ascii: "9"), count: 12), at: place)
            default:
                bytes.replaceSubrange(
                    place..<min(bytes.count, place + 8),
                    with: Array("99999999".utf8.prefix(min(8, bytes.count - place))))
            }
        }
        return bytes
    }

    @Test func aBombEndsAtTheLimit() throws {
        let bomb = try Gzip.compressed(Array(repeating: 0, count: 64 << 20))
        #expect(bomb.count < 1 << 20)
        #expect {
            try StateFile.decode(bomb, limit: .mib(8))
        } throws: { error in
            (error as? StateFileError)?.reason == .tooLarge(limit: 8 << 20)
        }
    }

    @Test(arguments: [
        ("../../etc/passwd", "the name is not"), ("/etc/passwd", "the name is not"), ("ceph//x", "the name is not"),
        ("ceph/ x", "the name is not"), ("", "the name is not"),
    ])
    func hostileNamesAreRefused(name: String, words: String) throws {
        let archive = Tar.archive([Tar.Member(name: name, bytes: [])], time: 0)
        #expect {
            try Tar.members(of: archive)
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test func namesThatComeTwiceLinksAndSizesBeyondTheEndAreRefused() throws {
        let member = Tar.Member(name: "a", bytes: [1])
        #expect(throws: StateFileError(.badHeader("this name comes twice"), in: "a")) {
            try Tar.members(of: Tar.archive([member, member], time: 0))
        }
        #expect(throws: StateFileError.self) { try Tar.members(of: altered { $0[156] = UInt8(ascii: "2") }) }
        #expect(throws: StateFileError.self) {
            try Tar.members(of: altered { $0.replaceSubrange(124..<135, with: Array("77777777777".utf8)) })
        }
        #expect(throws: StateFileError.self) { try Tar.members(of: altered { $0[124] = UInt8(ascii: "-") }) }
    }

    /// An archive of one member whose header was changed and given a new checksum.
    private func altered(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var archive = Tar.archive([Tar.Member(name: "a", bytes: [1])], time: 0)
        change(&archive)
        let sum = Tar.Header.checksum(of: Array(archive[..<512]))
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.count) + digits
        archive.replaceSubrange(148..<154, with: Array(text.utf8))
        return archive
    }

    @Test func aNewerFileAndAnotherFormatAreNamed() throws {
        func file(_ manifest: String) throws -> [UInt8] {
            try Gzip.compressed(
                Tar.archive([Tar.Member(name: "manifest.json", bytes: Array(manifest.utf8))], time: 0))
        }
        #expect(throws: StateFileError(.tooNew(version: 2, known: 1), in: "manifest.json")) {
            try StateFile.decode(file(#"{"format":"holdfast-state","version":2}"#))
        }
        #expect(throws: StateFileError(.notState("its format is not holdfast-state"), in: "manifest.json")) {
            try StateFile.decode(file(#"{"format":"other","version":1}"#))
        }
        #expect(throws: StateFileError(.notGzip, at: 0)) { try StateFile.decode(Array("hello".utf8)) }
    }
}

@Suite struct StateFileSizeTests {
    /// 10,000 OSDs and 160,000 PGs: what a state file of such a cluster costs.
    @Test func aLargeClusterFits() throws {
        let capture = SyntheticCluster.large.capture()
        #expect(capture.ceph?.pgs?.count == 160_000)
        #expect(capture.ceph?.osdUsage?.count == 10_000)
        let clock = ContinuousClock()
        var bytes: [UInt8] = []
        let writing = try clock.measure { bytes = try StateFile.encode(capture) }
        var read: ClusterCapture?
        let reading = try clock.measure { read = try StateFile.decode(bytes) }
        let table = capture.ceph?.pgs?.json.encoded().count ?? 0
        print("large: \(bytes.count) bytes, PG table \(table), written in \(writing), read in \(reading)")
        let isEqual = read == capture
        #expect(isEqual)
        #expect(table < 25 << 20)
        #expect(bytes.count < 16 << 20)
    }
}
