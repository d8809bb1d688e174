import CRUSH
import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite("OSDMap: reading")
struct OSDMapDecodingTests {
    @Test("Each field of the binary map is that of Ceph's own JSON", arguments: OSDMapFixture.all)
    func fieldsMatchDump(_ fixture: OSDMapFixture) throws {
        let map = try OSDMap(decoding: fixture.bytes)
        let ours = try #require(try JSONSerialization.jsonObject(with: Data(map.dump())) as? NSDictionary)
        let theirs = try #require(try JSONSerialization.jsonObject(with: Data(fixture.dump)) as? NSDictionary)
        var comparison = JSONComparison()
        // What Ceph computes from other fields, or has had no content in since octopus.
        comparison.ignored = [
            "flags", "flags_set", "min_compat_client", "flags_names", "snap_mode", "grade_table", "read_balance",
            "is_stretch_pool", "removed_snaps", "up", "in", "public_addr", "cluster_addr", "heartbeat_back_addr",
            "heartbeat_front_addr",
        ]
        // What older releases do not print, because they do not have it.
        comparison.optional = ["pg_upmap_primaries", "allow_crimson", "nonprimary_shards"]
        comparison.compare(ours, theirs)
        #expect(comparison.differences.isEmpty, "\(comparison.differences.prefix(20).joined(separator: "\n"))")
        #expect(comparison.count > 500, "only \(comparison.count) fields were compared")
    }

    @Test("JSON and binary form give the same map", arguments: OSDMapFixture.all)
    func dumpEqualsBinary(_ fixture: OSDMapFixture) throws {
        var binary = try OSDMap(decoding: fixture.bytes)
        let dump = try OSDMap(dump: fixture.dump, crush: binary.crush)
        // JSON has microseconds.
        binary.cutToMicroseconds()
        #expect(dump.states == binary.states)
        #expect(dump.osds == binary.osds)
        #expect(dump.pools == binary.pools)
        #expect(dump == binary)
        #expect(try OSDMap(dump: dump.dump(), crush: dump.crush) == dump)
    }

    @Test("What is encoded decodes to the same map", arguments: OSDMapFixture.all)
    func encodes(_ fixture: OSDMapFixture) throws {
        let map = try OSDMap(decoding: fixture.bytes)
        #expect(try OSDMap(decoding: map.encoded()) == map)
        #expect(try OSDMap(decoding: map.encoded()).encoded() == map.encoded())
    }

    @Test("An option of a pool that a later release has survives")
    func laterOptions() throws {
        var map = try OSDMap(decoding: OSDMapFixture(release: 20).bytes)
        map.cutToMicroseconds()
        let id = try #require(map.sortedPools.first?.id)
        map.pools[id]?.options.values = [
            "option-91": .integer(7), "option-92": .text("seven"), "option-93": .number(0.5),
            "target_size_bytes": .integer((1 << 60) + 1), "target_size_ratio": .number(2),
        ]
        #expect(try OSDMap(dump: map.dump(), crush: map.crush) == map)
        #expect(try OSDMap(decoding: map.encoded()) == map)
    }

    @Test("Temporary primaries, which alternate with their PGs in JSON, survive")
    func temporaryPrimaries() throws {
        var map = try OSDMap(decoding: OSDMapFixture(release: 18).bytes)
        map.cutToMicroseconds()
        map.primaryTemp = [PGID(pool: PoolID(1), seed: 0x1f): ItemID(3), PGID(pool: PoolID(2), seed: 0): ItemID(0)]
        map.stretchMode.isEnabled = true
        map.stretchMode.bucketType = 8
        #expect(try OSDMap(dump: map.dump(), crush: map.crush) == map)
    }

    @Test("Each truncation is refused", arguments: OSDMapFixture.all)
    func truncation(_ fixture: OSDMapFixture) throws {
        let bytes = try fixture.bytes
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: DecodingFailure.self, "\(length) bytes") {
                try OSDMap(decoding: Array(bytes[..<length]))
            }
        }
        #expect(throws: DecodingFailure.self) { try OSDMap(decoding: bytes + [0]) }
    }

    @Test("A changed byte is told by the checksum")
    func checksum() throws {
        var bytes = try OSDMapFixture(release: 16).bytes
        bytes[300] ^= 1
        let failure = #expect(throws: DecodingFailure.self) { try OSDMap(decoding: bytes) }
        guard case .checksum = failure?.reason else {
            Issue.record("told as \(String(describing: failure))")
            return
        }
        #expect(failure?.offset == bytes.count - 4)
    }

    @Test("What a fault is said to be")
    func failures() throws {
        let bytes = try OSDMapFixture(release: 16).bytes
        func failure(at offset: Int, _ byte: UInt8) -> String {
            var bytes = bytes
            bytes[offset] = byte
            do {
                _ = try OSDMap(decoding: OSDMapFixture.mended(bytes))
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(failure(at: 0, 6).contains("osdmap.version: 6 is no OSDMap of Ceph 14 or later"))
        #expect(failure(at: 1, 9).contains("needs a reader of version 9"))
        #expect(failure(at: 6, 8) == "byte 12: client.version: version 8 is of a release before Ceph 14")
        // The number of pools, then the type of the first.
        #expect(failure(at: 51, 0xff).contains("client.pools"))
        #expect(failure(at: 66, 2).contains("client.pools[0].pool.type: 2 is no type of pool"))
    }

    @Test("Altered maps end in a map or a typed failure", .timeLimit(.minutes(2)))
    func mutations() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let originals = try OSDMapFixture.all.map { try $0.bytes }
        let rounds = _isDebugAssertConfiguration() ? 4_000 : 100_000
        var accepted = 0
        for round in 0..<rounds {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, using: &generator) }
            if round % 8 != 0 { bytes = OSDMapFixture.mended(bytes) }
            do throws(DecodingFailure) {
                let map = try OSDMap(decoding: bytes)
                #expect(map.states.count <= bytes.count, "seed \(seed), round \(round)")
                accepted += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(seed), round \(round): \(error)")
            }
        }
        // With the checksum repaired, many changes hit a value and not the form.
        #expect(accepted > rounds / 20, "seed \(seed): \(accepted) of \(rounds)")
    }

    @Test("Altered dumps end in a map or a typed failure")
    func dumpMutations() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let fixture = OSDMapFixture(release: 18)
        let crush = try OSDMap(decoding: fixture.bytes).crush
        let original = try fixture.dump
        for round in 0..<(_isDebugAssertConfiguration() ? 20 : 300) {
            var text = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = Int.random(in: text.indices, using: &generator)
                text[position] = UInt8.random(in: 0x20...0x7e, using: &generator)
            }
            do throws(DumpFailure) {
                let map = try OSDMap(dump: text, crush: crush)
                #expect(map.states.count < 70_000, "seed \(seed), round \(round)")
            } catch {
                #expect(!error.reason.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }

    /// Changes a byte, a 32-bit number, or the length.
    private static func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let position = Int.random(in: 0..<max(1, bytes.count), using: &generator)
        guard position < bytes.count else { return }
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: bytes.removeSubrange(position...)
        case 1: bytes.remove(at: position)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
        case 3, 4:
            let values: [UInt32] = [.max, 0x7fff_ffff, 0x8000_0000, 1 << 24, 0]
            let value = values[Int.random(in: values.indices, using: &generator)]
            for place in 0..<4 where position + place < bytes.count {
                bytes[position + place] = UInt8(truncatingIfNeeded: value >> UInt32(place * 8))
            }
        case 5, 6: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        default: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        }
    }
}

extension OSDMap {
    /// Cuts all times as JSON does.
    fileprivate mutating func cutToMicroseconds() {
        func cut(_ time: inout CephTime) { time.nanoseconds -= time.nanoseconds % 1000 }
        cut(&created)
        cut(&modified)
        cut(&lastUpChange)
        cut(&lastInChange)
        pools = pools.mapValues { pool in
            var pool = pool
            cut(&pool.created)
            for index in pool.snapshots.indices { cut(&pool.snapshots[index].stamp) }
            return pool
        }
        for index in osds.indices {
            cut(&osds[index].downStamp)
            cut(&osds[index].lastPurgedSnapsScrub)
        }
        for key in blocklist.keys { cut(&blocklist[key, default: .zero]) }
        for key in rangeBlocklist.keys { cut(&rangeBlocklist[key, default: .zero]) }
    }
}
