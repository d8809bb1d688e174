import Foundation
import KubernetesModel
import LabSupport
import Logging
import Testing
import Vocabulary

@testable import DevAPIServer

/// A server on a port of its own, for the time of a test; and `curl`, as a client that knows nothing of this code.
struct LiveServer: Sendable {
    let cluster: DevCluster
    let port: Int

    /// Runs `body` with a fresh server, and ends the server whatever comes of it.
    static func run(
        _ cluster: DevCluster = DevCluster(seed: 1), token: String? = nil, bookmarkInterval: Duration = .seconds(30),
        _ body: @escaping @Sendable (LiveServer) async throws -> Void
    ) async throws {
        var configuration = DevAPIServer.Configuration()
        configuration.token = token.map { Redacted($0) }
        configuration.bookmarkInterval = bookmarkInterval
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = DevAPIServer(
            cluster, configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { found.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                try await body(LiveServer(cluster: cluster, port: port))
            }
            defer { group.cancelAll() }
            // The server runs until it is cancelled, so the first to end is the body, or a server that failed.
            try await group.next()
        }
    }

    /// An answer as curl reports it.
    struct Answer: Sendable {
        /// curl's own exit status; 0 unless the connection failed.
        var exit: Int32
        var code: Int
        var contentType: String
        var retryAfter: String
        var body: String

        /// The body as an object; empty when it is none.
        var json: JSONObject {
            do { return try JSONObject(json: body) } catch { return [:] }
        }

        /// The lines of a watch.
        var events: [JSONObject] {
            get throws { try body.split(separator: "\n").map { try JSONObject(json: String($0)) } }
        }
    }

    /// One request.
    func curl(
        _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
        accept: String = "application/json", extra: [String] = []
    ) async throws -> Answer {
        try await Self.curl(
            "http://127.0.0.1:\(port)", method, path, body.map(\.description), type: type, accept: accept, extra: extra)
    }

    /// One request to any server.
    static func curl(
        _ server: String, _ method: String, _ path: String, _ body: String?, type: String, accept: String,
        extra: [String]
    ) async throws -> Answer {
        let separator = "\u{1}"
        let format = "%{http_code}\(separator)%{content_type}\(separator)%header{retry-after}"
        var words = [
            "curl", "--silent", "--show-error", "--max-time", "30", "--request", method, "--header",
            "Accept: \(accept)", "--write-out", separator + format,
        ]
        if body != nil { words += ["--header", "Content-Type: \(type)", "--data-binary", "@-"] }
        let result = try await Command(words + extra + [server + path], input: body ?? "").result()
        let parts = result.output.components(separatedBy: separator)
        return Answer(
            exit: result.status, code: parts.dropFirst().first.flatMap { Int($0) } ?? 0,
            contentType: parts.dropFirst(2).first ?? "", retryAfter: parts.dropFirst(3).first ?? "",
            body: parts.first ?? "")
    }
}
