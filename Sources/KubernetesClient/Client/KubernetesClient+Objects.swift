public import KubernetesModel
import NIOHTTP1
public import Vocabulary

extension KubernetesClient {
    /// Reads an object.
    ///
    /// - Throws: ``KubernetesError``; ``KubernetesError/isNotFound`` when there is none.
    public func get<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ key: ObjectKey, deadline: Deadline, urgency: Urgency = .normal
    ) async throws(KubernetesError) -> Object {
        let request = HTTPRequest(
            verb: "get", resource: describe(type, key), method: .GET, path: Object.kind.path(key))
        return Object(json: try await object(request, deadline: deadline, urgency: urgency))
    }

    /// Lists objects: all pages of one version of the collection.
    ///
    /// - Throws: ``KubernetesError``; ``KubernetesError/isGone`` when that version went away between two pages.
    public func list<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ selection: Selection = .all, deadline: Deadline
    ) async throws(KubernetesError) -> [Object] {
        var items: [Object] = []
        var token: String?
        repeat {
            let page = try await page(type, selection, continueToken: token, deadline: deadline)
            items += page.items
            token = page.continueToken
        } while token != nil
        return items
    }

    /// Lists one page; nil asks for the first one.
    ///
    /// - Throws: ``KubernetesError``; ``KubernetesError/isGone`` when the token is too old.
    public func page<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ selection: Selection = .all, continueToken: String?,
        deadline: Deadline
    ) async throws(KubernetesError) -> ObjectList<Object> {
        var request = HTTPRequest(
            verb: "list", resource: Object.kind.description, method: .GET,
            path: Object.kind.collectionPath(namespace: selection.namespace))
        request.query = selection.query + [("limit", String(options.pageSize))]
        if let continueToken { request.query.append(("continue", continueToken)) }
        let json = try await object(request, deadline: deadline)
        do {
            return try ObjectList(json: json)
        } catch {
            throw request.error(.invalidResponse(error.description))
        }
    }

    /// Creates an object. Its namespace, where the kind has one and it names none, is ``namespace``.
    ///
    /// - Returns: the object as the server has stored it.
    /// - Throws: ``KubernetesError``; ``KubernetesError/isAlreadyExists`` when there is one of that name.
    public func create<Object: KubernetesObject>(
        _ object: Object, deadline: Deadline, urgency: Urgency = .normal
    ) async throws(KubernetesError) -> Object {
        let key = placed(object.key, Object.kind)
        let request = HTTPRequest(
            verb: "create", resource: describe(Object.self, key), method: .POST,
            path: Object.kind.collectionPath(namespace: key.namespace), body: object.json.encoded())
        return Object(json: try await self.object(request, deadline: deadline, urgency: urgency))
    }

    /// Replaces an object. If it carries a `resourceVersion`, that is a precondition. Never do this with an object
    /// that was ``KubernetesObject/trimmed()``.
    ///
    /// - Returns: the object as the server has stored it.
    /// - Throws: ``KubernetesError``; ``KubernetesError/isConflict`` when the object has changed since it was read.
    public func update<Object: KubernetesObject>(
        _ object: Object, deadline: Deadline, urgency: Urgency = .normal
    ) async throws(KubernetesError) -> Object {
        try await update(object, subresource: nil, deadline: deadline, urgency: urgency)
    }

    /// Replaces the status of an object, and nothing else of it.
    ///
    /// - Returns: the object as the server has stored it.
    /// - Throws: ``KubernetesError``; ``KubernetesError/isConflict`` when the object has changed since it was read.
    public func updateStatus<Object: KubernetesObject>(
        _ object: Object, deadline: Deadline
    ) async throws(KubernetesError) -> Object {
        try await update(object, subresource: "status", deadline: deadline, urgency: .normal)
    }

    /// Changes an object, or one of its subresources such as `status`.
    ///
    /// - Parameter resourceVersion: the version that the object must have; nil for any.
    /// - Returns: the object as the server has stored it.
    /// - Throws: ``KubernetesError``; ``KubernetesError/isConflict`` when the object has another version (a JSON
    ///   patch fails with 422 then).
    public func patch<Object: KubernetesObject>(
        _ type: Object.Type = Object.self, _ key: ObjectKey, _ patch: Patch, subresource: String? = nil,
        resourceVersion: String? = nil, deadline: Deadline
    ) async throws(KubernetesError) -> Object {
        let request = HTTPRequest(
            verb: "patch", resource: describe(type, key), method: .PATCH,
            path: Object.kind.path(key, subresource: subresource), contentType: patch.contentType,
            body: patch.body(resourceVersion: resourceVersion))
        return Object(json: try await object(request, deadline: deadline))
    }

    /// Deletes an object. It stays, with a deletion timestamp, while it has finalizers.
    ///
    /// - Throws: ``KubernetesError``; ``KubernetesError/isNotFound`` when there is none,
    ///   ``KubernetesError/isConflict`` when a precondition fails.
    public func delete<Object: KubernetesObject>(
        _ type: Object.Type, _ key: ObjectKey, _ deletion: Deletion = Deletion(), deadline: Deadline
    ) async throws(KubernetesError) {
        let request = HTTPRequest(
            verb: "delete", resource: describe(type, key), method: .DELETE, path: Object.kind.path(key),
            body: deletion.json.encoded())
        _ = try await send(request, deadline: deadline)
    }

    private func update<Object: KubernetesObject>(
        _ object: Object, subresource: String?, deadline: Deadline, urgency: Urgency
    ) async throws(KubernetesError) -> Object {
        let key = placed(object.key, Object.kind)
        let request = HTTPRequest(
            verb: "update", resource: describe(Object.self, key), method: .PUT,
            path: Object.kind.path(key, subresource: subresource), body: object.json.encoded())
        return Object(json: try await self.object(request, deadline: deadline, urgency: urgency))
    }

    private func describe<Object: KubernetesObject>(_ type: Object.Type, _ key: ObjectKey) -> String {
        "\(Object.kind) \(key)"
    }

    private func placed(_ key: ObjectKey, _ kind: ResourceKind) -> ObjectKey {
        ObjectKey(namespace: kind.isNamespaced ? key.namespace ?? namespace : nil, name: key.name)
    }

    func object(
        _ request: HTTPRequest, deadline: Deadline, urgency: Urgency = .normal
    ) async throws(KubernetesError) -> JSONObject {
        let answer = try await send(request, deadline: deadline, urgency: urgency)
        do {
            return try JSONObject(json: answer.body)
        } catch {
            throw request.error(.invalidResponse(error.description), outcome: .unknown)
        }
    }
}
