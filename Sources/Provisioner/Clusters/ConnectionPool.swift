/// Connections that are costly to open, one for each key, shared by everybody who needs it.
///
/// - An open connection is given to all users at once. It is never closed while somebody uses it.
/// - Opening is single-flight: who asks for a key that is being opened waits for that one attempt and shares its
///   outcome. At most ``limit`` keys are being opened at a time; one more is refused at once.
/// - A retired connection is given to nobody any more and closed when its last user is done.
///
/// Safe to use from any task.
actor ConnectionPool<Key: Hashable & Sendable, Connection: Sendable> {
    private struct Entry {
        var connection: Connection
        var users = 0
        var lastUsed: ContinuousClock.Instant
    }

    private let limit: Int
    private let open: @Sendable (Key) async throws(ProvisionFailure) -> Connection
    private let close: @Sendable (Connection) async -> Void
    private let isSuperseded: @Sendable (_ old: Key, _ new: Key) -> Bool
    private var entries: [Key: Entry] = [:]
    /// Retired connections with users left, by a number of their own.
    private var retired: [Int: Entry] = [:]
    private var nextTicket = 0
    private var tickets: [Key: Int] = [:]
    private var opening: [Key: Task<Result<Connection, ProvisionFailure>, Never>] = [:]
    /// Connections that are being closed while nobody waits for that.
    private var retiring: [Int: Task<Void, Never>] = [:]
    private var nextRetirement = 0
    private var isClosed = false

    /// A pool that opens and closes connections by these functions. `open` has to keep a deadline of its own. When a
    /// key has been opened, those that it supersedes are retired.
    init(
        limit: Int, open: @escaping @Sendable (Key) async throws(ProvisionFailure) -> Connection,
        close: @escaping @Sendable (Connection) async -> Void,
        isSuperseded: @escaping @Sendable (_ old: Key, _ new: Key) -> Bool = { _, _ in false }
    ) {
        self.limit = max(limit, 1)
        self.open = open
        self.close = close
        self.isSuperseded = isSuperseded
    }

    /// Runs `body` with the connection of `key`, opening it first if need be. A use that is not `kept` does not count
    /// for ``closeIdle(since:)``.
    ///
    /// - Throws: what opening or `body` throws.
    func with<Value: Sendable>(
        _ key: Key, kept: Bool = true, _ body: @Sendable (Connection) async throws(ProvisionFailure) -> Value
    ) async throws(ProvisionFailure) -> Value {
        let (connection, ticket) = try await acquire(key)
        let outcome: Result<Value, ProvisionFailure>
        do {
            outcome = .success(try await body(connection))
        } catch {
            outcome = .failure(error)
        }
        await release(key, ticket, kept: kept)
        return try outcome.get()
    }

    /// How many keys are being connected to at this moment.
    var openingCount: Int { opening.count }

    /// The keys with an open connection.
    var openKeys: [Key] { Array(entries.keys) }

    /// Gives the connections of these keys to nobody any more, and closes each when its last user is done.
    func retire(where isObsolete: (Key) -> Bool) async {
        for key in entries.keys where isObsolete(key) { await retire(key) }
    }

    /// Closes the connections that nobody has used since `moment`, behind the scenes: that may take long.
    func closeIdle(since moment: ContinuousClock.Instant) {
        for (key, entry) in entries where entry.users == 0 && entry.lastUsed < moment { retireBehindTheScenes(key) }
    }

    /// Refuses new users and closes every connection that has none; those with users are closed by the last of them.
    func closeAll() async {
        isClosed = true
        for key in entries.keys { await retire(key) }
        for task in retiring.values { await task.value }
    }

    private func retireBehindTheScenes(_ key: Key) {
        nextRetirement += 1
        let number = nextRetirement
        retiring[number] = Task {
            await self.retire(key)
            self.retiring[number] = nil
        }
    }

    private func retire(_ key: Key) async {
        guard let entry = entries.removeValue(forKey: key), let ticket = tickets.removeValue(forKey: key) else {
            return
        }
        if entry.users > 0 {
            retired[ticket] = entry
        } else {
            await close(entry.connection)
        }
    }

    private func acquire(_ key: Key) async throws(ProvisionFailure) -> (Connection, ticket: Int) {
        while !isClosed {
            if let connection = entries[key]?.connection, let ticket = tickets[key] {
                entries[key]?.users += 1
                return (connection, ticket)
            }
            if let attempt = opening[key] {
                _ = try await attempt.value.get()
            } else {
                try await startOpening(key)
            }
        }
        throw .notReady("the provisioner is stopping", cause: "stopping")
    }

    /// Opens the connection of `key` in a task of its own: it serves whoever waits, so the cancellation of one must
    /// not end it. `open` keeps its own deadline.
    private func startOpening(_ key: Key) async throws(ProvisionFailure) {
        guard opening.count < limit else {
            throw ProvisionFailure(
                .noChange, .lessLoad, "\(limit) Ceph clusters are being connected to already: this one has to wait",
                cause: "connecting")
        }
        let attempt = Task {
            let outcome: Result<Connection, ProvisionFailure>
            do throws(ProvisionFailure) {
                outcome = .success(try await self.open(key))
            } catch {
                outcome = .failure(error)
            }
            await self.opened(key, outcome)
            return outcome
        }
        opening[key] = attempt
        _ = try await attempt.value.get()
    }

    /// Takes in the outcome of an attempt, before anybody who waits for it goes on.
    private func opened(_ key: Key, _ outcome: Result<Connection, ProvisionFailure>) async {
        opening[key] = nil
        guard case .success(let connection) = outcome else { return }
        nextTicket += 1
        tickets[key] = nextTicket
        entries[key] = Entry(connection: connection, lastUsed: .now)
        // Nobody who waits for this one waits for the end of that one.
        for other in entries.keys where other != key && isSuperseded(other, key) { retireBehindTheScenes(other) }
        if isClosed { await retire(key) }
    }

    private func release(_ key: Key, _ ticket: Int, kept: Bool) async {
        if tickets[key] == ticket {
            entries[key]?.users -= 1
            if kept { entries[key]?.lastUsed = .now }
        } else if var entry = retired[ticket] {
            entry.users -= 1
            retired[ticket] = entry.users > 0 ? entry : nil
            if entry.users == 0 { await close(entry.connection) }
        }
    }
}
