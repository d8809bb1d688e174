/// Claims that cannot be satisfied until somebody changes something, so that each is tried again slowly.
///
/// Remembered by the claim's UID together with its class's UID: a class that was made anew is tried at once. A pure
/// value.
struct InfeasibleClaims: Sendable {
    private struct Entry {
        var classUID: String
        var until: ContinuousClock.Instant
    }

    private let interval: Duration
    private var entries: [String: Entry] = [:]

    /// Claims are tried again after `interval`.
    init(interval: Duration) {
        self.interval = interval
    }

    /// Remembers that `claim` cannot be satisfied with `storageClass`; gives the wait until the next attempt.
    mutating func remember(claim: String, storageClass: String, now: ContinuousClock.Instant) -> Duration {
        entries[claim] = Entry(classUID: storageClass, until: now.advanced(by: interval))
        return interval
    }

    /// How long `claim` has to wait still; nil when it may be tried now.
    mutating func wait(claim: String, storageClass: String, now: ContinuousClock.Instant) -> Duration? {
        guard let entry = entries[claim] else { return nil }
        guard entry.classUID == storageClass, entry.until > now else {
            entries[claim] = nil
            return nil
        }
        return now.duration(to: entry.until)
    }

    /// Whether a claim is remembered.
    func knows(claim: String) -> Bool { entries[claim] != nil }

    /// Forgets a claim that is bound or gone.
    mutating func forget(claim: String) {
        entries[claim] = nil
    }
}
