import Ceph

// The notes of work under way.
extension PoolStore {
    /// Writes changes of intents in one operation.
    static func write(
        _ changes: GroupCommit.Changes, to object: String, in context: IOContext, at location: PoolLocation
    ) async throws(VolumeError) {
        let set = changes.compactMapValues { $0 }
        let removed = changes.filter { $0.value == nil }.map(\.key)
        // A removal alone must not make the object: on a full pool there is no room for it.
        var operation = set.isEmpty ? WriteOperation().assertExists() : WriteOperation().create(exclusive: false)
        if !set.isEmpty { operation = operation.setOmap(set) }
        if !removed.isEmpty { operation = operation.removeOmapKeys(removed) }
        do throws(CephError) {
            try await context.perform(operation, on: object)
        } catch {
            if set.isEmpty, error.code == .notFound { return }
            throw VolumeError(error, "cannot note the work under way in \(location)/\(object)")
        }
    }

    func record(_ intent: Intent) async throws(VolumeError) {
        try hook?(.before)
        try await intents.commit(intent.uuid.text, intent.encoded())
        try hook?(.after)
    }

    func dropIntent(_ uuid: VolumeUUID) async throws(VolumeError) {
        try hook?(.before)
        try await intents.commit(uuid.text, nil)
        try hook?(.after)
    }

    /// All intents of this Kubernetes cluster in this place.
    func pendingIntents() async throws(VolumeError) -> PendingIntents {
        var pending = PendingIntents(location: location, intents: [], unreadable: [])
        var last = ""
        while true {
            let after = last
            let page = try await find("cannot read the work under way in \(location)/\(intentObject)") {
                () async throws(CephError) in
                try await context.omapEntries(of: intentObject, after: after, limit: 1_000)
            }
            guard let page else { return pending }
            for (key, value) in page.entries {
                do throws(VolumeError) {
                    pending.intents.append(try Intent(key: key, decoding: value))
                } catch {
                    pending.unreadable.append(error)
                }
            }
            guard page.more, let key = page.entries.last?.key else { return pending }
            last = key
        }
    }
}
