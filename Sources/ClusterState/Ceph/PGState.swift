/// What a PG is and does, as its primary reported it: a set of Ceph's own flags.
///
/// The empty set is "unknown": the manager has heard nothing of the PG. Source: `PG_STATE_*` in `osd_types.h`.
public struct PGState: OptionSet, Hashable, Sendable {
    /// Ceph's own bits.
    public let rawValue: UInt64

    /// A set of Ceph's own bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    private init(bit: UInt64) {
        self.init(rawValue: 1 << bit)
    }

    /// It is being made.
    public static let creating = PGState(bit: 0)
    /// It serves reads and writes.
    public static let active = PGState(bit: 1)
    /// All copies or shards are where they belong and whole.
    public static let clean = PGState(bit: 2)
    /// An OSD that must be asked is gone: no reads, no writes.
    public static let down = PGState(bit: 4)
    /// Recovery stopped: of some objects no copy can be found.
    public static let recoveryUnfound = PGState(bit: 5)
    /// Backfill stopped: of some objects no copy can be found.
    public static let backfillUnfound = PGState(bit: 6)
    /// It waits to be merged with another.
    public static let premerge = PGState(bit: 7)
    /// Its copies are being compared.
    public static let scrubbing = PGState(bit: 8)
    /// Some objects have fewer copies than they should.
    public static let degraded = PGState(bit: 10)
    /// Copies differ.
    public static let inconsistent = PGState(bit: 11)
    /// Its OSDs are agreeing on what it holds: no reads, no writes.
    public static let peering = PGState(bit: 12)
    /// Differences between its copies are being mended.
    public static let repair = PGState(bit: 13)
    /// Objects are being copied to where they belong.
    public static let recovering = PGState(bit: 14)
    /// It waits for its turn to be backfilled.
    public static let backfillWait = PGState(bit: 15)
    /// No whole history can be put together from the OSDs that are left: no reads, no writes.
    public static let incomplete = PGState(bit: 16)
    /// Its primary has not reported for a while, or is down.
    public static let stale = PGState(bit: 17)
    /// Acting is not up.
    public static let remapped = PGState(bit: 18)
    /// Its copies are being compared byte by byte.
    public static let deepScrub = PGState(bit: 19)
    /// It is being copied as a whole to an OSD.
    public static let backfilling = PGState(bit: 20)
    /// It cannot be backfilled: the OSD is too full.
    public static let backfillTooFull = PGState(bit: 21)
    /// It waits for its turn to recover.
    public static let recoveryWait = PGState(bit: 22)
    /// Acting has fewer members than the pool's size.
    public static let undersized = PGState(bit: 23)
    /// Agreed upon, but not yet active: no reads, no writes.
    public static let activating = PGState(bit: 24)
    /// Agreed upon, but below `min_size`: no reads, no writes.
    public static let peered = PGState(bit: 25)
    /// Objects of deleted snapshots are being removed.
    public static let snapTrim = PGState(bit: 26)
    /// It waits to remove objects of deleted snapshots.
    public static let snapTrimWait = PGState(bit: 27)
    /// It cannot recover: the OSD is too full.
    public static let recoveryTooFull = PGState(bit: 28)
    /// Removing objects of deleted snapshots failed.
    public static let snapTrimError = PGState(bit: 29)
    /// An operator put its recovery first.
    public static let forcedRecovery = PGState(bit: 30)
    /// An operator put its backfill first.
    public static let forcedBackfill = PGState(bit: 31)
    /// Differences between its copies could not be mended.
    public static let failedRepair = PGState(bit: 32)
    /// Its primary has not heard from the others in time: no reads.
    public static let laggy = PGState(bit: 33)
    /// It waits until an earlier primary may no longer serve reads.
    public static let wait = PGState(bit: 34)

    /// Each flag with Ceph's word for it, in the order in which Ceph prints them.
    static let words: [(state: PGState, word: String)] = [
        (.stale, "stale"), (.creating, "creating"), (.active, "active"), (.activating, "activating"),
        (.clean, "clean"), (.recoveryWait, "recovery_wait"), (.recoveryTooFull, "recovery_toofull"),
        (.recovering, "recovering"),
        (.forcedRecovery, "forced_recovery"), (.down, "down"), (.recoveryUnfound, "recovery_unfound"),
        (.backfillUnfound, "backfill_unfound"), (.undersized, "undersized"), (.degraded, "degraded"),
        (.remapped, "remapped"), (.premerge, "premerge"), (.scrubbing, "scrubbing"), (.deepScrub, "deep"),
        (.inconsistent, "inconsistent"), (.peering, "peering"), (.repair, "repair"),
        (.backfillWait, "backfill_wait"), (.backfilling, "backfilling"), (.forcedBackfill, "forced_backfill"),
        (.backfillTooFull, "backfill_toofull"), (.incomplete, "incomplete"), (.peered, "peered"),
        (.snapTrim, "snaptrim"), (.snapTrimWait, "snaptrim_wait"), (.snapTrimError, "snaptrim_error"),
        (.failedRepair, "failed_repair"), (.laggy, "laggy"), (.wait, "wait"),
    ]

    /// Whether the manager has heard nothing of the PG.
    public var isUnknown: Bool { isEmpty }

    /// The state that Ceph writes as `active+clean`, or as `unknown`; nil when a word is none of Ceph's.
    public init?(_ text: String) {
        self = []
        if text == "unknown" { return }
        for word in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard let flag = Self.words.first(where: { $0.word == word }) else { return nil }
            insert(flag.state)
        }
    }
}

extension PGState: CustomStringConvertible {
    /// The state as Ceph writes it: `active+clean`, `unknown`.
    public var description: String {
        if isUnknown { return "unknown" }
        return Self.words.filter { contains($0.state) }.map(\.word).joined(separator: "+")
    }
}
