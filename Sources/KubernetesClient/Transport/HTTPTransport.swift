import AsyncHTTPClient
import Glibc
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Vocabulary

/// Sends requests over HTTP/1.1: connections, TLS, credentials, deadlines, size caps, and the translation of what goes
/// wrong into ``KubernetesError``.
///
/// HTTP/1.1 throughout: a watch keeps a connection of its own, and a connection that dies harms one request.
struct HTTPTransport: Sendable {
    /// An answer with its whole body.
    struct Answer: Sendable {
        var code: Int
        var body: [UInt8]
    }

    private let client: HTTPClient
    private let credentials: CredentialStore
    private let baseURL: String
    private let userAgent: String
    private let maximumResponseSize: Int
    private let warnings: ServerWarnings

    init(
        _ configuration: KubernetesConfiguration, options: KubernetesClient.Options, logger: Logger
    ) throws(ConfigurationError) {
        let tls = try TLSConfiguration.forServer(of: configuration)
        var settings = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        settings.timeout.connect = .seconds(10)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.maximumConnections
        // An unreachable server is an answer too: whoever asks decides when to ask again.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.http1_1ConnectionDebugInitializer = { channel in Self.keepAlive(channel) }
        if let proxy = configuration.proxy { settings.proxy = .server(host: proxy.host, port: proxy.port) }
        if let name = configuration.tlsServerName {
            settings.dnsOverride = [name: configuration.server.host]
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        credentials = CredentialStore(bearer: configuration.authentication.bearer, baseTLS: tls)
        baseURL = configuration.server.url(host: configuration.tlsServerName ?? configuration.server.host)
        userAgent = options.userAgent
        maximumResponseSize = options.maximumResponseSize
        warnings = ServerWarnings(logger: logger)
    }

    /// The kernel probes idle connections, so that a watch on a vanished server ends within a minute.
    private static func keepAlive(_ channel: any Channel) -> EventLoopFuture<Void> {
        let settings: [(option: CInt, value: Int)] = [(TCP_KEEPIDLE, 30), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3)]
        let options = settings.map { option, value in
            channel.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: option)), value: value)
        }
        return channel.setOption(.socketOption(.so_keepalive), value: 1).flatMap {
            EventLoopFuture.andAllSucceed(options, on: channel.eventLoop)
        }
    }

    func shutDown() async throws {
        try await client.shutdown()
    }

    /// Sends a request and reads the whole answer. Once, unless the server refuses credentials that can be had anew.
    func send(_ request: HTTPRequest, deadline: Deadline) async throws(KubernetesError) -> Answer {
        let start = ContinuousClock.now
        var result = await result(of: request, deadline: deadline)
        if case .failure(let error) = result, error.isUnauthorized, credentials.canRefresh {
            await credentials.invalidate()
            result = await self.result(of: request, deadline: deadline)
        }
        Timer(
            label: "kubernetes_client_request_duration_seconds",
            dimensions: [("verb", request.verb), ("code", Self.code(of: result))]
        ).record(duration: ContinuousClock.now - start)
        return try result.get()
    }

    /// The metrics' label for an outcome: the HTTP code, or `error` where there was none.
    private static func code(of result: Result<Answer, KubernetesError>) -> String {
        switch result {
        case .success(let answer): String(answer.code)
        case .failure(let error): error.httpCode.map(String.init) ?? "error"
        }
    }

    private func result(of request: HTTPRequest, deadline: Deadline) async -> Result<Answer, KubernetesError> {
        do {
            return .success(try await attempt(request, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func attempt(_ request: HTTPRequest, deadline: Deadline) async throws(KubernetesError) -> Answer {
        let prepared = try await prepare(request, deadline: deadline)
        do {
            return try await withDeadline(deadline) {
                let response = try await client.execute(prepared, deadline: .distantFuture)
                warnings.note(response.headers["Warning"])
                let body = try await response.body.collect(upTo: maximumResponseSize)
                let code = Int(response.status.code)
                let bytes = Array(body.readableBytesView)
                guard code >= 400 else { return Answer(code: code, body: bytes) }
                let retryAfter = response.headers.first(name: "Retry-After")
                throw request.error(code: code, body: bytes, retryAfterHeader: retryAfter)
            }
        } catch {
            throw translate(error, of: request)
        }
    }

    /// Opens a watch and gives its bytes to `consume` as they come, until the server ends it or the deadline passes.
    func stream(
        _ request: HTTPRequest, deadline: Deadline,
        consume: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws(KubernetesError) {
        let prepared = try await prepare(request, deadline: deadline)
        do {
            try await withDeadline(deadline) {
                let response = try await client.execute(prepared, deadline: .distantFuture)
                warnings.note(response.headers["Warning"])
                let code = Int(response.status.code)
                guard code < 400 else {
                    let body = try await response.body.collect(upTo: 1 << 20)
                    throw request.error(
                        code: code, body: Array(body.readableBytesView),
                        retryAfterHeader: response.headers.first(name: "Retry-After"))
                }
                for try await buffer in response.body { try await consume(buffer) }
            }
        } catch {
            let failure = translate(error, of: request)
            if failure.isUnauthorized { await credentials.invalidate() }
            throw failure
        }
    }

    private func prepare(
        _ request: HTTPRequest, deadline: Deadline
    ) async throws(KubernetesError) -> HTTPClientRequest {
        let query = request.queryString
        var prepared = HTTPClientRequest(url: baseURL + request.path + (query.isEmpty ? "" : "?\(query)"))
        prepared.method = request.method
        prepared.headers.add(name: "Accept", value: "application/json")
        prepared.headers.add(name: "User-Agent", value: userAgent)
        if let body = request.body {
            prepared.headers.add(name: "Content-Type", value: request.contentType)
            prepared.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let credentials = try await credentials.credentials(deadline: deadline)
            if let token = credentials.token {
                prepared.headers.add(name: "Authorization", value: "Bearer \(token.reveal())")
            }
            prepared.tlsConfiguration = credentials.tls
        } catch is CancellationError {
            throw request.error(.cancelled)
        } catch {
            throw request.error(.credentials("\(error)"))
        }
        return prepared
    }
}

// MARK: What goes wrong

extension HTTPTransport {
    private func translate(_ error: any Error, of request: HTTPRequest) -> KubernetesError {
        switch error {
        case let error as KubernetesError: error
        case is DeadlinePassed: request.error(.timedOut, outcome: .unknown)
        case is CancellationError: request.error(.cancelled, outcome: .unknown)
        case let error as HTTPClientError: translate(error, of: request)
        case is NIOTooManyBytesError:
            request.error(.invalidResponse("it is larger than \(maximumResponseSize) bytes"), outcome: .unknown)
        case let error as LineTooLong:
            request.error(.invalidResponse("a line of it is longer than \(error.maximum) bytes"))
        case let error as InvalidWatchEvent: request.error(.invalidResponse(error.description))
        case let error as NIOConnectionError: request.error(.unreachable("\(error.host):\(error.port): \(error)"))
        case let error as IOError where [ECONNREFUSED, ENETUNREACH].contains(error.errnoCode):
            request.error(.unreachable("\(baseURL): \(error)"))
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError: request.error(.unreachable("TLS: \(error)"))
        default: request.error(.disconnected("\(error)"), outcome: .unknown)
        }
    }

    private func translate(_ error: HTTPClientError, of request: HTTPRequest) -> KubernetesError {
        switch error {
        case .cancelled:
            request.error(Task.isCancelled ? .cancelled : .timedOut, outcome: .unknown)
        case .deadlineExceeded, .readTimeout:
            request.error(.timedOut, outcome: .unknown)
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout,
            .invalidProxyResponse, .proxyAuthenticationRequired, .invalidURL, .emptyHost:
            request.error(.unreachable(error.shortDescription))
        case .alreadyShutdown:
            request.error(.shutDown)
        default:
            request.error(.disconnected(error.shortDescription), outcome: .unknown)
        }
    }
}
