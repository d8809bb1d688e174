import KubernetesModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server inside the test that answers as the test says, faults included.
final class ScriptedServer: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        var method: String
        var path: String
        var query: [String: String]
        var headers: HTTPHeaders
        var body: [UInt8]

        var json: JSONObject? {
            do { return try JSONObject(json: body) } catch { return nil }
        }

        var isWatch: Bool { query["watch"] == "true" }
    }

    /// An answer: a code, headers, and what happens to its body.
    struct Reply: Sendable {
        enum Step: Sendable {
            case text(String)
            case pause(Duration)
            /// The connection is closed in the middle.
            case drop
            /// Nothing more comes.
            case hang
        }

        var code = 200
        var headers: [(String, String)] = []
        var steps: [Step]

        static func json(_ object: JSONObject, code: Int = 200, headers: [(String, String)] = []) -> Reply {
            Reply(code: code, headers: headers, steps: [.text(object.description)])
        }

        static func failure(_ code: Int, _ reason: String, headers: [(String, String)] = []) -> Reply {
            let status = Status(code: code, reason: reason, message: "the server said \(reason)")
            return json(status.json, code: code, headers: headers)
        }

        static let hang = Reply(steps: [.hang])
        static let drop = Reply(steps: [.text("{\"ki"), .pause(.milliseconds(20)), .drop])
        /// Closes the connection before the head of an answer.
        static let dropAtOnce = Reply(code: 0, steps: [.drop])
    }

    typealias Handler = @Sendable (Request) async -> Reply
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let port: Int
    private let isEncrypted: Bool
    private let handler: Handler
    private let log = Mutex<[Request]>([])
    private let listener: NIOAsyncChannel<any Channel, Never>

    /// What has arrived so far.
    var requests: [Request] { log.withLock { $0 } }

    var address: String { "\(isEncrypted ? "https" : "http")://127.0.0.1:\(port)" }

    /// Runs `body` with a server that answers with `handler`, and stops it afterwards.
    static func serve<Value: Sendable>(
        tls: TLSConfiguration? = nil, _ handler: @escaping Handler,
        while body: @Sendable (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = try await ScriptedServer(tls: tls, handler)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }

    private init(tls: TLSConfiguration?, _ handler: @escaping Handler) async throws {
        self.handler = handler
        isEncrypted = tls != nil
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A connection is read when it is served: one that is accepted while the server stops just goes.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return channel
                }
            }
        port = listener.channel.localAddress?.port ?? 0
    }

    private func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask {
                        // A connection that breaks is the test's doing.
                        do { try await self.serve(connection) } catch {}
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
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let received): head = received
                case .body(let buffer): body += Array(buffer.readableBytesView)
                case .end:
                    guard let head else { return }
                    let request = Self.request(head, body)
                    body = []
                    log.withLock { $0.append(request) }
                    try await answer(await handler(request), outbound, connection.channel)
                }
            }
        }
    }

    private func answer(
        _ reply: Reply, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>,
        _ channel: any Channel
    ) async throws {
        if reply.code > 0 {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.code))
            for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
            try await outbound.write(.head(head))
        }
        for step in reply.steps {
            switch step {
            case .text(let text): try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
            case .pause(let duration): try await Task.sleep(for: duration)
            case .drop:
                try await channel.close()
                return
            case .hang: try await Task.sleep(for: .seconds(3600))
            }
        }
        try await outbound.write(.end(nil))
    }

    private static func request(_ head: HTTPRequestHead, _ body: [UInt8]) -> Request {
        let parts = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(sides[0])] = sides.count > 1 ? sides[1].removingPercentEncoding : ""
        }
        return Request(
            method: head.method.rawValue, path: parts.first ?? "", query: query, headers: head.headers, body: body)
    }
}

extension Substring {
    fileprivate var removingPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
