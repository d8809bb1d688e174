import KubernetesModel

/// What a watch asks for.
struct WatchPlan: Equatable, Sendable {
    var served: ServedKind
    var selector: Selector
    /// Changes after this version; nil starts with the objects that exist.
    var from: Int64?
    var wantsBookmarks: Bool
    /// Whether a bookmark must tell where the existing objects end (`sendInitialEvents`).
    var marksInitialEnd: Bool
    /// After this the watch ends by itself.
    var timeout: Duration

    /// Reads a watch's query.
    /// - Throws: 400 and 422 for what cannot be read.
    init(_ request: ResourceRequest) throws(APIFailure) {
        served = request.served
        selector = try request.selector()
        let sendsInitial = ResourceRequest.flag(request.query["sendInitialEvents"])
        let version = try request.number("resourceVersion") ?? 0
        from = version == 0 || sendsInitial ? nil : version
        wantsBookmarks = ResourceRequest.flag(request.query["allowWatchBookmarks"])
        marksInitialEnd = sendsInitial && wantsBookmarks
        timeout = .seconds(try request.number("timeoutSeconds") ?? 3_600)
    }
}

/// One event of a watch.
struct WatchEvent: Equatable, Sendable {
    /// `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`.
    var type: String
    var object: JSONObject
}

/// How far a watch has come: a value that turns a store's history into events.
struct WatchCursor: Sendable {
    private let plan: WatchPlan
    /// Everything up to this version has been told; nil before the first look.
    private(set) var position: Int64?

    init(_ plan: WatchPlan) {
        self.plan = plan
        position = plan.from
    }

    /// The events since the last look.
    /// - Throws: 410 when the store has forgotten some of them. The cursor is of no more use then.
    mutating func events(in store: ResourceStore) throws(APIFailure) -> [WatchEvent] {
        guard let position else {
            self.position = store.version
            return initialEvents(in: store)
        }
        let changes = try store.history.since(position)
        self.position = max(position, store.version)
        return changes.compactMap(event)
    }

    /// Tells a client that it is up to date. Nil before the first look.
    func bookmark(initialEnd: Bool = false) -> WatchEvent? {
        guard let position else { return nil }
        var object: JSONObject = [
            "kind": .string(plan.served.kind.kind), "apiVersion": .string(plan.served.kind.apiVersion),
            "metadata": ["resourceVersion": .string(String(position)), "creationTimestamp": .null],
        ]
        if initialEnd { object["metadata", "annotations"] = ["k8s.io/initial-events-end": "true"] }
        return WatchEvent(type: "BOOKMARK", object: object)
    }

    private func initialEvents(in store: ResourceStore) -> [WatchEvent] {
        let existing = store.all(plan.served.kind).filter { plan.selector.matches($0.value) }
            .sorted { $0.key < $1.key }
            .map { WatchEvent(type: Change.Kind.added.rawValue, object: $0.value) }
        return plan.marksInitialEnd ? existing + [bookmark(initialEnd: true)].compactMap(\.self) : existing
    }

    /// The event that a change is to this watch: an object that comes to match is added, one that stops is deleted.
    private func event(_ change: Change) -> WatchEvent? {
        guard change.kind == plan.served.kind else { return nil }
        let matched = change.previous.map(plan.selector.matches) ?? false
        let matches = change.type != .deleted && plan.selector.matches(change.object)
        switch (matched, matches) {
        case (false, true): return WatchEvent(type: Change.Kind.added.rawValue, object: change.object)
        case (true, true): return WatchEvent(type: Change.Kind.modified.rawValue, object: change.object)
        case (true, false):
            var last = change.type == .deleted ? change.object : change.previous ?? change.object
            last["metadata", "resourceVersion"] = change.object["metadata", "resourceVersion"]
            return WatchEvent(type: Change.Kind.deleted.rawValue, object: last)
        case (false, false): return nil
        }
    }
}
