import KubernetesModel

/// The part of the namespace controller that empties a namespace which is being deleted, and then ends it.
enum NamespacePart {
    /// What is to be done after a change.
    static func actions(after change: Change, in store: ResourceStore) -> [ControllerAction] {
        let name = change.kind == Namespace.kind ? change.key.name : change.key.namespace
        guard let name, change.kind == Namespace.kind || change.type == .deleted,
            let namespace = store[Namespace.kind, ObjectKey(name: name)],
            namespace["metadata", "deletionTimestamp"] != nil
        else { return [] }
        let content = ServedKind.all.map(\.kind).filter(\.isNamespaced).flatMap { kind in
            store.all(kind).filter { $0.key.namespace == name }.map { (kind, $0.key, $0.value) }
        }
        if content.isEmpty { return [.finalizeNamespace(name)] }
        return content.filter { $0.2["metadata", "deletionTimestamp"] == nil }
            .sorted { ($0.0.plural, $0.1) < ($1.0.plural, $1.1) }
            .map { .delete($0.0, $0.1) }
    }
}
