import Testing

@testable import ClusterState

/// Bits and words are Ceph's own: `PG_STATE_*` in `osd_types.h`, `pg_state_string` in `osd_types.cc`.
@Suite struct PGStateTests {
    /// Each bit with its word, in the order in which Ceph writes the words.
    static let all: [(bit: UInt64, word: String)] = [
        (17, "stale"), (0, "creating"), (1, "active"), (24, "activating"), (2, "clean"), (22, "recovery_wait"),
        (28, "recovery_toofull"), (14, "recovering"), (30, "forced_recovery"), (4, "down"), (5, "recovery_unfound"),
        (6, "backfill_unfound"), (23, "undersized"), (10, "degraded"), (18, "remapped"), (7, "premerge"),
        (8, "scrubbing"), (19, "deep"), (11, "inconsistent"), (12, "peering"), (13, "repair"), (15, "backfill_wait"),
        (20, "backfilling"), (31, "forced_backfill"), (21, "backfill_toofull"), (16, "incomplete"), (25, "peered"),
        (26, "snaptrim"), (27, "snaptrim_wait"), (29, "snaptrim_error"), (32, "failed_repair"), (33, "laggy"),
        (34, "wait"),
    ]

    @Test func everyBitHasItsWord() {
        #expect(Set(Self.all.map(\.bit)) == Set(UInt64(0)...34).subtracting([3, 9]), "Ceph uses neither 3 nor 9")
        for (bit, word) in Self.all {
            let state = PGState(rawValue: 1 << bit)
            #expect(state.description == word)
            #expect(PGState(word) == state)
        }
        #expect(PGState.words.map(\.word) == Self.all.map(\.word))
    }

    @Test(arguments: [
        "active+clean", "unknown", "stale+active+undersized+degraded+remapped+backfill_wait",
        "active+clean+scrubbing+deep+repair", "active+clean+laggy", "down+peering",
        "active+recovery_wait+degraded+wait",
    ])
    func textsComeBackAsTheyWere(_ text: String) throws {
        #expect(try #require(PGState(text)).description == text)
    }

    @Test(arguments: ["", "active+", "active+dancing", "Active", "active clean"])
    func otherWordsAreRefused(_ text: String) {
        #expect(PGState(text) == nil)
    }
}
