import KubernetesModel

/// Carries the controllers along the store's history: every change once, in order, their own changes included.
struct ControllerLoop: Sendable {
    /// The last change that has been seen.
    private var seen: Int64 = 0

    /// Runs the controllers until nothing is left to do, and returns the refusals that they met.
    mutating func settle(_ store: inout ResourceStore, now: Timestamp) -> [APIFailure] {
        var refusals: [APIFailure] = []
        while seen < store.version {
            let changes = pending(in: store)
            seen = max(seen, changes.last?.version ?? store.version)
            for change in changes {
                let actions =
                    BinderPart.actions(after: change, in: store) + NamespacePart.actions(after: change, in: store)
                for action in actions {
                    do { try store.perform(action, now: now) } catch { refusals.append(error) }
                }
            }
        }
        return refusals
    }

    /// The changes not yet seen; when the history no longer reaches back to them, everything counts as new.
    private func pending(in store: ResourceStore) -> [Change] {
        do { return Array(try store.history.since(seen)) } catch {
            return ServedKind.all.flatMap { served in
                store.all(served.kind).map { key, object in
                    Change(
                        version: store.version, type: .added, kind: served.kind, key: key, object: object,
                        previous: nil)
                }
            }
        }
    }
}
