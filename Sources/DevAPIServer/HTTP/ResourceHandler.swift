import KubernetesModel

/// What a request gets.
enum Answer: Sendable {
    /// A JSON object with its HTTP code.
    case object(Int, JSONObject)
    /// A stream of watch events.
    case watch(WatchPlan)
}

/// The body of a request.
struct RequestBody: Sendable {
    var bytes: [UInt8]
    /// `Content-Type` without parameters, in lower case.
    var mediaType: String

    /// The body as a JSON object.
    /// - Throws: 415 for a format other than JSON and what ``ProtobufBody`` reads, 400 when it is none.
    func object(for served: ServedKind) throws(APIFailure) -> JSONObject {
        if mediaType == ProtobufBody.mediaType { return try ProtobufBody.object(bytes) }
        guard ["", "application/json", "*/*"].contains(mediaType) else {
            throw .unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json")
        }
        do {
            let object = try JSONObject(json: bytes)
            if let bad = Validation.unreadableQuantity(in: object, served.kind) {
                throw APIFailure.badRequest(
                    "\(served.kind.kind) in version \"\(served.kind.version)\" cannot be handled as a "
                        + "\(served.kind.kind): quantities must match the regular expression "
                        + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', found \(bad)")
            }
            return object
        } catch let failure as APIFailure {
            throw failure
        } catch {
            throw .badRequest("the object provided is unrecognized (must be of type \(served.kind.kind)): \(error)")
        }
    }

    /// The body of a DELETE: nothing, or `DeleteOptions`.
    func deleteOptions() throws(APIFailure) -> (preconditions: DeletePreconditions, dryRun: Bool) {
        guard !bytes.isEmpty else { return (DeletePreconditions(), false) }
        do {
            let options = try JSONObject(json: bytes)
            let preconditions = DeletePreconditions(
                uid: options["preconditions", "uid"]?.stringValue,
                resourceVersion: options["preconditions", "resourceVersion"]?.stringValue)
            return (preconditions, options["dryRun"]?.stringsValue == ["All"])
        } catch {
            throw .badRequest("the DeleteOptions provided are unrecognized: \(error)")
        }
    }

    /// What the patch makes of an object.
    /// - Throws: 415 for a kind of patch that is not served (server-side apply is not), 400 and 422 for a bad one.
    func patched(_ object: JSONObject) throws(APIFailure) -> JSONObject {
        let patch: JSONValue
        do { patch = try JSONValue(json: bytes) } catch { throw .badRequest("the patch is \(error)") }
        switch mediaType {
        case "application/merge-patch+json":
            guard let changes = patch.objectValue else { throw .badRequest("a merge patch must be an object") }
            return object.merging(patch: changes)
        case "application/json-patch+json": return try JSONPatch.apply(patch, to: object)
        case "application/strategic-merge-patch+json": return try StrategicMergePatch.apply(patch, to: object)
        default: throw RequestBody.unservedPatch
        }
    }

    private static let unservedPatch = APIFailure(
        415, "UnsupportedMediaType",
        "415: Unsupported Media Type; served are application/json-patch+json, application/merge-patch+json and "
            + "application/strategic-merge-patch+json", details: [:])
}

/// Carries out requests on a store: what the HTTP layer does between decoding and encoding. No I/O.
enum ResourceHandler {
    /// Serves a request.
    static func answer(
        _ request: ResourceRequest, _ body: RequestBody, _ store: inout ResourceStore, now: Timestamp
    ) throws(APIFailure) -> Answer {
        switch request.verb {
        case .watch: return .watch(try WatchPlan(request))
        case .list: return .object(200, try list(request, store))
        case .get: return .object(200, try store.get(request.served, try key(request)))
        case .create:
            let object = try store.create(
                request.served, namespace: request.namespace, try body.object(for: request.served), now: now,
                options: options(request))
            return .object(201, object)
        case .update: return try update(request, body, &store, now)
        case .patch:
            let object = try store.modify(
                request.served, try key(request), options: options(request)
            ) { (old) throws(APIFailure) in
                let patched = try body.patched(old)
                return Validation.unreadableQuantity(in: patched, request.served.kind) == nil
                    ? patched : try RequestBody(bytes: patched.encoded(), mediaType: "").object(for: request.served)
            }
            return .object(200, object)
        case .delete: return try delete(request, body, &store, now)
        case .deletecollection: return try deleteCollection(request, body, &store, now)
        }
    }

    private static func key(_ request: ResourceRequest) throws(APIFailure) -> ObjectKey {
        guard let key = request.key else { throw .methodNotAllowed() }
        return key
    }

    private static func options(_ request: ResourceRequest) -> WriteOptions {
        WriteOptions(dryRun: request.isDryRun, isStatus: request.subresource == "status")
    }

    private static func list(_ request: ResourceRequest, _ store: ResourceStore) throws(APIFailure) -> JSONObject {
        let limit = Int(clamping: try request.number("limit") ?? 0)
        let wanted: ListVersion
        switch (try request.number("resourceVersion") ?? 0, request.query["resourceVersionMatch"]) {
        case (0, _): wanted = .newest
        case (let version, "Exact"): wanted = .exactly(version)
        case (let version, nil) where limit > 0: wanted = .exactly(version)
        case (let version, _): wanted = .notOlderThan(version)
        }
        let token = request.query["continue"].flatMap { $0.isEmpty ? nil : $0 }
        let page = try store.list(
            request.served, try request.selector(), at: wanted, limit: limit, continuing: token)
        var metadata: JSONObject = ["resourceVersion": .string(String(page.version))]
        metadata["continue"] = page.continueToken.map(JSONValue.string)
        metadata["remainingItemCount"] = page.remaining.map { .integer(Int64($0)) }
        // The items of a list carry neither kind nor apiVersion: the list says both.
        let items = page.items.map { item in
            var item = item
            item["kind"] = nil
            item["apiVersion"] = nil
            return JSONValue.object(item)
        }
        return [
            "kind": .string("\(request.served.kind.kind)List"),
            "apiVersion": .string(request.served.kind.apiVersion), "metadata": .object(metadata),
            "items": .array(items),
        ]
    }

    private static func update(
        _ request: ResourceRequest, _ body: RequestBody, _ store: inout ResourceStore, _ now: Timestamp
    ) throws(APIFailure) -> Answer {
        let given = try body.object(for: request.served)
        let key = try key(request)
        if request.subresource == "finalize" {
            guard (given["spec", "finalizers"]?.arrayValue ?? []).isEmpty else { return .object(200, given) }
            let old = try store.get(request.served, key)
            try store.finalizeNamespace(key.name)
            return .object(200, old)
        }
        let (object, isNew) = try store.update(request.served, key, given, now: now, options: options(request))
        return .object(isNew ? 201 : 200, object)
    }

    private static func delete(
        _ request: ResourceRequest, _ body: RequestBody, _ store: inout ResourceStore, _ now: Timestamp
    ) throws(APIFailure) -> Answer {
        let (preconditions, dryRun) = try body.deleteOptions()
        var options = options(request)
        options.dryRun = options.dryRun || dryRun
        let key = try key(request)
        let (object, isGone) = try store.delete(request.served, key, preconditions, now: now, options: options)
        guard isGone, request.served.deleteAnswer == .status else { return .object(200, object) }
        var details: JSONObject = [
            "name": .string(key.name), "kind": .string(request.served.kind.plural),
            "uid": object["metadata", "uid"] ?? .null,
        ]
        if !request.served.kind.group.isEmpty { details["group"] = .string(request.served.kind.group) }
        return .object(
            200,
            [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                "details": .object(details),
            ])
    }

    private static func deleteCollection(
        _ request: ResourceRequest, _ body: RequestBody, _ store: inout ResourceStore, _ now: Timestamp
    ) throws(APIFailure) -> Answer {
        let (preconditions, dryRun) = try body.deleteOptions()
        var options = options(request)
        options.dryRun = options.dryRun || dryRun
        let page = try list(request, store)
        for item in page["items"]?.arrayValue ?? [] {
            guard let metadata = item["metadata"]?.objectValue.map(ObjectMeta.init(json:)) else { continue }
            _ = try store.delete(request.served, metadata.key, preconditions, now: now, options: options)
        }
        return .object(200, page)
    }
}
