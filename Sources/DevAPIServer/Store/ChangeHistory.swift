import KubernetesModel

/// One write that took effect.
struct Change: Equatable, Sendable {
    /// What a watch calls it; the raw values are the types of watch events.
    enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    /// The resourceVersion that the write made.
    var version: Int64
    var type: Kind
    var kind: ResourceKind
    var key: ObjectKey
    /// The object after the write; for a deletion its last state, with the version of the deletion.
    var object: JSONObject
    /// The object before the write; nil when it was created.
    var previous: JSONObject?
}

/// The newest changes of a store, in a window of bounded length.
struct ChangeHistory: Sendable {
    private var changes: [Change] = []
    private let limit: Int
    /// Watches can start at this version and later.
    private(set) var oldestVersion: Int64 = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Appends a change; the oldest ones go, many at once, when twice the limit is reached.
    mutating func append(_ change: Change) {
        changes.append(change)
        if changes.count >= 2 * limit {
            oldestVersion = changes[limit - 1].version
            changes.removeFirst(limit)
        }
    }

    /// Forgets everything up to `version`.
    mutating func expire(at version: Int64) {
        changes.removeAll { $0.version <= version }
        oldestVersion = version
    }

    /// The changes after `version`.
    /// - Throws: 410 `Expired` when some of them are forgotten.
    func since(_ version: Int64) throws(APIFailure) -> ArraySlice<Change> {
        guard version >= oldestVersion else { throw APIFailure.expired(version, oldest: oldestVersion) }
        var low = changes.startIndex
        var high = changes.endIndex
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return changes[low...]
    }
}

extension ResourceStore {
    /// The objects of a kind as they were at a version: today's, with the newer changes taken back.
    /// - Throws: 410 `Expired` when the history does not reach back so far.
    func objects(_ kind: ResourceKind, at version: Int64) throws(APIFailure) -> Objects {
        var past = all(kind)
        for change in try history.since(version).reversed() where change.kind == kind {
            past[change.key] = change.previous
        }
        return past
    }
}
