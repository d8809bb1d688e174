import AsyncHTTPClient
import Foundation
public import LabSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A proxy in front of a real API server that does to requests and answers what a script says. What it does not touch
/// passes unchanged, watches included.
///
/// A client reaches it over plain HTTP with ``kubeconfig``, and has the administrator's rights behind it. All methods may
/// be called from any task.
public final class APIProxy: Sendable {
    /// Decides what happens to a request; nil lets it pass.
    public typealias Script = @Sendable (APIRequest) -> APIFault?

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    private typealias Writer = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    /// A request with what it carries.
    private struct Exchange {
        var head: HTTPRequestHead
        var body: [UInt8] = []
    }

    /// A connection that the script closes.
    private struct Dropped: Error {}

    private let access: APIServerAccess
    private let client: HTTPClient
    private let listener: NIOAsyncChannel<any Channel, Never>
    private let script = Mutex<Script?>(nil)
    private let seen = Mutex<[APIRequest]>([])
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])
    /// Where clients find the proxy.
    public let address: String

    /// The requests so far, in the order in which they arrived.
    public var requests: [APIRequest] { seen.withLock { $0 } }

    /// The text of a kubeconfig that leads here.
    public var kubeconfig: String {
        """
        apiVersion: v1
        kind: Config
        current-context: proxy
        clusters: [{name: proxy, cluster: {server: "\(address)"}}]
        users: [{name: proxy, user: {}}]
        contexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]
        """
    }

    /// Runs `body` with a proxy in front of a lab's API server, and ends it afterwards with all its connections.
    public static func with<Value: Sendable>(
        _ kube: KubeLab, _ script: Script? = nil, body: @Sendable (APIProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = try await APIProxy(kube)
        proxy.follow(script)
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await proxy.run() }
                    defer { group.cancelAll() }
                    return try await body(proxy)
                })
        } catch {
            result = .failure(error)
        }
        try await proxy.client.shutdown()
        return try result.get()
    }

    /// Replaces the script; nil lets everything pass. Requests under way go on by the old one.
    public func follow(_ script: Script?) {
        self.script.withLock { $0 = script }
    }

    /// Closes all connections of clients, watches included.
    public func dropConnections() {
        // A client that closes its side at this moment has the same.
        for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }

    private init(_ kube: KubeLab) async throws {
        access = try await APIServerAccess(kube)
        var settings = HTTPClient.Configuration(tlsConfiguration: access.tls, redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return channel
                }
            }
        address = "http://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)"
    }

    private func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    open.withLock { $0[ObjectIdentifier(connection)] = connection }
                    group.addTask {
                        // A connection that breaks is the script's doing, or the killed client's.
                        do { try await self.serve(connection) } catch {}
                        self.open.withLock { $0[ObjectIdentifier(connection)] = nil }
                    }
                }
            }
        }
    }

    private func serve(_ channel: any Channel) async throws {
        let connection = try await channel.eventLoop.submit {
            try Connection(wrappingChannelSynchronously: channel)
        }.get()
        try await connection.executeThenClose { inbound, outbound in
            try await channel.setOption(.autoRead, value: true).get()
            var exchange: Exchange?
            for try await part in inbound {
                switch part {
                case .head(let head): exchange = Exchange(head: head)
                case .body(let buffer): exchange?.body += Array(buffer.readableBytesView)
                case .end:
                    guard let exchange else { return }
                    try await pass(exchange, outbound)
                }
            }
        }
    }

    private func pass(_ exchange: Exchange, _ outbound: Writer) async throws {
        let parts = exchange.head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        let request = seen.withLock { seen in
            let request = APIRequest(
                method: exchange.head.method.rawValue, path: parts.first ?? "",
                query: parts.count > 1 ? parts[1] : "", number: seen.count + 1)
            seen.append(request)
            return request
        }
        let fault = script.withLock { $0 }?(request)
        switch fault {
        case .answer(let status, let reason, let retryAfter):
            return try await refuse(status, reason, retryAfter, outbound)
        case .dropRequest: throw Dropped()
        case .before(let act):
            try await act()
            throw Dropped()
        case .delayRequest(let time): try await Task.sleep(for: time)
        default: break
        }
        let answer = try await forward(exchange)
        switch fault {
        case .dropAnswer:
            _ = try await answer.body.collect(upTo: 64 << 20)
            throw Dropped()
        case .after(let act):
            // A watch has no end: what counts is that the server has begun to answer.
            if !request.isWatch { _ = try await answer.body.collect(upTo: 64 << 20) }
            try await act()
            throw Dropped()
        case .delayAnswer(let time): try await Task.sleep(for: time)
        default: break
        }
        try await copy(answer, fault, outbound)
    }

    private func forward(_ exchange: Exchange) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: access.server + exchange.head.uri)
        request.method = exchange.head.method
        request.headers = exchange.head.headers
        for name in ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Authorization"] {
            request.headers.remove(name: name)
        }
        if !exchange.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: exchange.body)) }
        return try await client.execute(request, deadline: .distantFuture)
    }

    private func copy(_ answer: HTTPClientResponse, _ fault: APIFault?, _ outbound: Writer) async throws {
        var headers = answer.headers
        if headers["Content-Length"].isEmpty, headers["Transfer-Encoding"].isEmpty {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)))
        var left = Int.max
        if case .cut(let parts) = fault { left = parts }
        for try await part in answer.body {
            if left == 0 { throw Dropped() }
            left -= 1
            if case .slow(let time) = fault { try await Task.sleep(for: time) }
            try await outbound.write(.body(.byteBuffer(part)))
        }
        try await outbound.write(.end(nil))
    }

    private func refuse(_ status: Int, _ reason: String, _ retryAfter: Int?, _ outbound: Writer) async throws {
        let body = ByteBuffer(
            string: """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"\(reason)",\
                "message":"\(reason), says the proxy","code":\(status)}
                """)
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)",
        ]
        if let retryAfter { headers.add(name: "Retry-After", value: "\(retryAfter)") }
        try await outbound.write(
            .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)))
        try await outbound.write(.body(.byteBuffer(body)))
        try await outbound.write(.end(nil))
    }
}
