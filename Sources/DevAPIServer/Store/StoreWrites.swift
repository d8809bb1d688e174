import KubernetesModel

/// How a write is to be done.
struct WriteOptions: Equatable, Sendable {
    /// Check everything, change nothing (`dryRun=All`).
    var dryRun = false
    /// The write concerns `/status` alone.
    var isStatus = false
}

/// What must be true of an object for its deletion (`DeleteOptions.preconditions`).
struct DeletePreconditions: Equatable, Sendable {
    var uid: String?
    var resourceVersion: String?
}

extension ResourceStore {
    /// Creates an object.
    /// - Throws: 404 without its namespace, 409 `AlreadyExists`, 422 when it is invalid, 400 and 500 as the real server.
    mutating func create(
        _ served: ServedKind, namespace: String?, _ given: JSONObject, now: Timestamp,
        options: WriteOptions = WriteOptions()
    ) throws(APIFailure) -> JSONObject {
        var object = try Identity.checked(given, served, namespace: namespace, name: nil)
        if let version = object["metadata", "resourceVersion"]?.stringValue, !version.isEmpty, version != "0" {
            throw APIFailure(500, "", "resourceVersion should not be set on objects to be created")
        }
        if object["metadata", "name"]?.stringValue ?? "" == "",
            let prefix = object["metadata", "generateName"]?.stringValue, !prefix.isEmpty
        {
            object["metadata", "name"] = .string(generatedName(prefix))
        }
        for field in ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
            object.set(nil, at: ["metadata", field])
        }
        object = Defaults.applied(object, served.kind, creating: true)
        if served.kind == PersistentVolumeClaim.kind { Defaults.applyDefaultClass(&object, all(StorageClass.kind)) }
        let name = object["metadata", "name"]?.stringValue ?? ""
        let errors = Validation.errors(creating: object, served.kind)
        if !errors.isEmpty { throw .invalid(served, name, errors) }
        try checkNamespace(namespace, served, name)
        let key = ObjectKey(namespace: namespace, name: name)
        guard self[served.kind, key] == nil else { throw .alreadyExists(served, name) }
        stamp(&object, now: now)
        return options.dryRun ? object : commit(.added, served, key, object, previous: nil)
    }

    private func checkNamespace(_ namespace: String?, _ served: ServedKind, _ name: String) throws(APIFailure) {
        guard let namespace else { return }
        guard let found = self[Namespace.kind, ObjectKey(name: namespace)] else {
            throw .notFound(ServedKind.of(Namespace.kind), namespace)
        }
        guard found["metadata", "deletionTimestamp"] == nil else {
            throw APIFailure(
                403, "Forbidden",
                "\(served.qualifiedPlural) \"\(name)\" is forbidden: unable to create new content in namespace "
                    + "\(namespace) because it is being terminated",
                details: [
                    "name": .string(name), "kind": .string(served.kind.plural),
                    "causes": [
                        [
                            "reason": "NamespaceTerminating", "field": "metadata.namespace",
                            "message": .string("namespace \(namespace) is being terminated"),
                        ]
                    ],
                ])
        }
    }

    /// Replaces an object, or its status. An object that is being deleted goes once its last finalizer does.
    /// - Returns: the object, and whether it was created.
    /// - Throws: 404, 409 `Conflict` when `metadata.resourceVersion` is another, 422 when it is invalid.
    mutating func update(
        _ served: ServedKind, _ key: ObjectKey, _ given: JSONObject, now: Timestamp,
        options: WriteOptions = WriteOptions()
    ) throws(APIFailure) -> (object: JSONObject, isNew: Bool) {
        let object = try Identity.checked(given, served, namespace: key.namespace, name: key.name)
        guard let old = self[served.kind, key] else {
            guard served.createsOnUpdate, !options.isStatus else { throw .notFound(served, key.name) }
            return (try create(served, namespace: key.namespace, object, now: now, options: options), true)
        }
        let expected = object["metadata", "resourceVersion"]?.stringValue ?? ""
        if expected.isEmpty, !served.updatesUnconditionally {
            let error = FieldError(
                field: "metadata.resourceVersion", reason: .invalid,
                text: "Invalid value: 0x0: must be specified for an update")
            throw .invalid(served, key.name, [error], byResource: true)
        }
        return (try replace(served, key, old, with: object, options: options), false)
    }

    /// Changes an object by what `change` makes of it.
    /// - Throws: 404, what `change` throws, and as ``update(_:_:_:now:options:)``.
    mutating func modify(
        _ served: ServedKind, _ key: ObjectKey, options: WriteOptions = WriteOptions(),
        _ change: (JSONObject) throws(APIFailure) -> JSONObject
    ) throws(APIFailure) -> JSONObject {
        let old = try get(served, key)
        let changed = try Identity.checked(try change(old), served, namespace: key.namespace, name: key.name)
        return try replace(served, key, old, with: changed, options: options)
    }

    private mutating func replace(
        _ served: ServedKind, _ key: ObjectKey, _ old: JSONObject, with given: JSONObject, options: WriteOptions
    ) throws(APIFailure) -> JSONObject {
        if let expected = given["metadata", "resourceVersion"]?.stringValue, !expected.isEmpty,
            expected != old["metadata", "resourceVersion"]?.stringValue
        {
            throw .conflict(served, key.name)
        }
        if let uid = given["metadata", "uid"]?.stringValue, !uid.isEmpty, uid != old["metadata", "uid"]?.stringValue {
            throw .invalid(
                served, key.name, [.invalid("metadata.uid", .string(uid), "field is immutable")])
        }
        let new = Identity.merged(given, over: old, served, isStatus: options.isStatus)
        let errors = Validation.errors(updating: old, to: new, served.kind)
        if !errors.isEmpty { throw .invalid(served, key.name, errors) }
        if new == old || options.dryRun { return new }
        let isGone =
            new["metadata", "deletionTimestamp"] != nil
            && (new["metadata", "finalizers"]?.arrayValue ?? []).isEmpty
        return commit(isGone ? .deleted : .modified, served, key, new, previous: old)
    }

    /// Deletes an object: at once, or, while it has finalizers, by marking it.
    /// - Returns: the object as it is afterwards, and whether it is gone.
    /// - Throws: 404, 409 when a precondition does not hold.
    mutating func delete(
        _ served: ServedKind, _ key: ObjectKey, _ preconditions: DeletePreconditions = DeletePreconditions(),
        now: Timestamp, options: WriteOptions = WriteOptions()
    ) throws(APIFailure) -> (object: JSONObject, isGone: Bool) {
        let old = try get(served, key)
        for (field, given, found) in [
            ("UID", preconditions.uid, old["metadata", "uid"]),
            ("ResourceVersion", preconditions.resourceVersion, old["metadata", "resourceVersion"]),
        ] {
            let found = found?.stringValue ?? ""
            if let given, given != found {
                throw .precondition(served, key.name, field, given: given, found: found)
            }
        }
        let isHeld =
            served.kind == Namespace.kind || !(old["metadata", "finalizers"]?.arrayValue ?? []).isEmpty
        guard isHeld else {
            if !options.dryRun { commit(.deleted, served, key, old, previous: old) }
            return (old, true)
        }
        if old["metadata", "deletionTimestamp"] != nil { return (old, false) }
        var marked = old
        marked["metadata", "deletionTimestamp"] = .string(now.rfc3339)
        marked["metadata", "deletionGracePeriodSeconds"] = 0
        if served.kind == Namespace.kind { marked["status", "phase"] = "Terminating" }
        return (options.dryRun ? marked : commit(.modified, served, key, marked, previous: old), false)
    }

    /// Ends a namespace that is being deleted and holds nothing any more (what `/finalize` does in the real server).
    mutating func finalizeNamespace(_ name: String) throws(APIFailure) {
        let served = ServedKind.of(Namespace.kind)
        let key = ObjectKey(name: name)
        let old = try get(served, key)
        commit(.deleted, served, key, old, previous: old)
    }
}
