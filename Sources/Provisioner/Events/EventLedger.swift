/// Which event each object got last, so that a retry that ends as the one before tells nobody again.
///
/// An event is told when its reason or cause differs from the last one of the same object. A pure value.
struct EventLedger: Sendable {
    private struct Told: Hashable {
        var reason: String
        var cause: String
    }

    private var last: [String: Told] = [:]

    /// Whether an event is news about the object `uid`; if so it is remembered as told.
    mutating func isNews(uid: String, reason: String, cause: String) -> Bool {
        let told = Told(reason: reason, cause: cause)
        return last.updateValue(told, forKey: uid) != told
    }

    /// Whether an object has been told anything.
    func knows(uid: String) -> Bool { last[uid] != nil }

    /// Forgets an object that is gone or whose troubles are over.
    mutating func forget(uid: String) {
        last[uid] = nil
    }
}
