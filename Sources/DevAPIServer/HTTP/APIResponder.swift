import HTTPTypes
import Hummingbird
import KubernetesModel
import Logging
import NIOCore
import Vocabulary

/// A request's context: it keeps the connection, since faults may close it.
struct APIContext: InitializableFromSource, RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Answers HTTP requests with the embedded cluster.
struct APIResponder: HTTPResponder {
    let cluster: DevCluster
    let token: Redacted<String>?
    let bookmarkInterval: Duration

    /// The largest body, in bytes: 3 MiB, as in kube-apiserver.
    private static let bodyLimit = 3 << 20

    func respond(to request: Request, context: APIContext) async throws -> Response {
        do {
            return try await answer(request, context)
        } catch let failure as APIFailure {
            return Self.response(failure)
        } catch is NIOTooManyBytesError {
            return Self.response(
                APIFailure(
                    413, "RequestEntityTooLarge", "Request entity too large: limit is \(Self.bodyLimit)", details: [:]))
        }
    }

    private func answer(_ request: Request, _ context: APIContext) async throws -> Response {
        if let token, request.headers[.authorization] != "Bearer \(token.reveal())" {
            throw APIFailure(401, "Unauthorized", "Unauthorized")
        }
        guard let target = RequestTarget(request.uri.string) else {
            throw APIFailure.badRequest("the request's path or query has a broken escape")
        }
        if let document = Self.document(target, request) { return document }
        var request = request
        if target.segments.first == "dev" { return try await AdminHandler(cluster: cluster).answer(target, &request) }
        guard let resource = try ResourceRequest(target, method: request.method.rawValue) else {
            throw APIFailure.noSuchResource()
        }
        let accept = request.headers[.accept] ?? ""
        return try await serve(resource, &request, context, wantsTable: accept.contains("as=Table"))
    }

    // MARK: Resources

    private func serve(
        _ resource: ResourceRequest, _ request: inout Request, _ context: APIContext, wantsTable: Bool
    ) async throws -> Response {
        var faults = RequestFaults()
        for effect in cluster.admit(resource) {
            switch effect {
            case .delay(let duration): try await Task.sleep(for: duration)
            case .expireHistory: cluster.expireHistory()
            case .answer(let code, let retryAfter, false): return Self.response(.injected(code, retryAfter))
            case .dropConnection(applied: false): return try await Self.drop(context)
            case .answer, .dropConnection: faults.afterwards = effect
            case .cutWatch(let count): faults.cutWatchAfter = count
            }
        }
        let body = RequestBody(
            bytes: resource.verb == .watch
                ? [] : Array(buffer: try await request.collectBody(upTo: Self.bodyLimit)),
            mediaType: Self.mediaType(request))
        let answer = try cluster.answer(resource, body)
        switch faults.afterwards {
        case .answer(let code, let retryAfter, _): return Self.response(.injected(code, retryAfter))
        case .dropConnection: return try await Self.drop(context)
        default: break
        }
        switch answer {
        case .object(let code, let object):
            return Self.response(code, wantsTable ? Self.table(resource, object) : object)
        case .watch(let plan):
            return watch(plan, resource, request, wantsTable: wantsTable, cutAfter: faults.cutWatchAfter)
        }
    }

    private func watch(
        _ plan: WatchPlan, _ resource: ResourceRequest, _ request: Request, wantsTable: Bool, cutAfter: Int?
    ) -> Response {
        let stream = WatchStream(
            plan: plan, cluster: cluster, bookmarkInterval: bookmarkInterval, cutAfter: cutAfter,
            encode: { event in Self.line(event, resource, wantsTable: wantsTable) })
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await stream.write(to: &writer)
                }
            })
    }

    private static func line(_ event: WatchEvent, _ resource: ResourceRequest, wantsTable: Bool) -> [UInt8] {
        var object = event.object
        if wantsTable, event.type != "ERROR" {
            // A table has no columns to say of an object that is a bookmark's, nor rows.
            let isBookmark = event.type == "BOOKMARK"
            object = TableView.table(
                resource.served, isBookmark ? [] : [object],
                metadata: ["resourceVersion": object["metadata", "resourceVersion"] ?? ""],
                include: resource.query["includeObject"], now: .now())
        }
        return JSONObject([("type", .string(event.type)), ("object", .object(object))]).encoded()
            + [UInt8(ascii: "\n")]
    }

    /// Objects and lists become tables; a `Status` stays one.
    private static func table(_ resource: ResourceRequest, _ object: JSONObject) -> JSONObject {
        guard resource.verb == .get || resource.verb == .list else { return object }
        let isList = resource.verb == .list
        let metadata =
            isList
            ? object["metadata"] ?? [:] : ["resourceVersion": object["metadata", "resourceVersion"] ?? ""]
        let items = isList ? (object["items"]?.arrayValue ?? []).compactMap(\.objectValue) : [object]
        return TableView.table(
            resource.served, items, metadata: metadata, include: resource.query["includeObject"], now: .now())
    }

    private static func drop(_ context: APIContext) async throws -> Response {
        try await context.channel.close().get()
        return Response(status: .internalServerError)
    }

    private static func mediaType(_ request: Request) -> String {
        let type = request.headers[.contentType] ?? ""
        return type.prefix { $0 != ";" }.lowercased()
    }
}

/// What a rule has in store for a request after it has been carried out.
private struct RequestFaults {
    var afterwards: FaultRule.Effect?
    var cutWatchAfter: Int?
}

// MARK: Answers

extension APIResponder {
    static func response(_ code: Int, _ object: JSONObject) -> Response {
        Response(
            status: .init(code: code), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: object.encoded())))
    }

    static func response(_ failure: APIFailure) -> Response {
        var response = response(failure.code, failure.status.json)
        if let seconds = failure.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// The answer of the paths that name no resource; nil for all others.
    private static func document(_ target: RequestTarget, _ request: Request) -> Response? {
        switch target.segments.first {
        case "healthz", "livez", "readyz":
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "ok")))
        case "openapi": return openAPI(Array(target.segments.dropFirst()), accept: request.headers[.accept] ?? "")
        default: return Discovery.document(target.segments).map { response(200, $0) }
        }
    }

    private static func openAPI(_ segments: [String], accept: String) -> Response? {
        switch segments.first {
        case "v2" where accept.contains("protobuf"):
            return Response(
                status: .ok,
                headers: [.contentType: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: OpenAPIDocument.version2Message)))
        case "v2": return response(200, OpenAPIDocument.version2)
        case "v3" where segments.count == 1: return response(200, OpenAPIDocument.index)
        case "v3": return OpenAPIDocument.version3(Array(segments.dropFirst())).map { response(200, $0) }
        default: return nil
        }
    }
}

extension APIFailure {
    /// The refusal that a fault rule wants.
    static func injected(_ code: Int, _ retryAfter: Int?) -> APIFailure {
        let reasons = [
            400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict",
            410: "Expired", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError",
            503: "ServiceUnavailable", 504: "Timeout",
        ]
        let details: JSONObject? = retryAfter.map { ["retryAfterSeconds": .integer(Int64($0))] }
        return APIFailure(
            code, reasons[code] ?? "", "fault injected by a rule of this development server", details: details,
            retryAfter: retryAfter)
    }
}
