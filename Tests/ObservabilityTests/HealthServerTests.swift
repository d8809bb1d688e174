import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Metrics
import ServiceLifecycle
import Synchronization
import Testing
import Vocabulary

@testable import Observability

@Suite struct HealthServerTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func server(_ checks: HealthServer.Checks, registry: PrometheusRegistry = PrometheusRegistry())
        -> HealthServer
    {
        HealthServer(address: nil, checks: checks, registry: registry, logger: logger)
    }

    private func answer(_ path: String, _ checks: HealthServer.Checks) async throws -> (Int, String) {
        try await Application(router: server(checks).router(), logger: logger).test(.router) { client in
            try await client.execute(uri: path, method: .get) { ($0.status.code, String(buffer: $0.body)) }
        }
    }

    private static let good = HealthCheck("ping") { .healthy }
    private static let bad = HealthCheck("ceph") { .unhealthy("mon.a has not answered for 12 s") }

    @Test(arguments: [
        ("/healthz", 200, "ok"),
        ("/healthz?verbose", 200, "[+]ping ok\nhealthz check passed\n"),
        ("/healthz/leader-election", 200, "ok"),
        ("/readyz", 500, "[+]ping ok\n[-]ceph failed: mon.a has not answered for 12 s\nreadyz check failed\n"),
        ("/readyz?verbose", 500, "[+]ping ok\n[-]ceph failed: mon.a has not answered for 12 s\nreadyz check failed\n"),
    ])
    func probesAnswerAsKubernetesDoes(path: String, status: Int, body: String) async throws {
        let checks = HealthServer.Checks(
            liveness: [Self.good], leaderElection: [Self.good], readiness: [Self.good, Self.bad])
        let answer = try await answer(path, checks)
        #expect(answer == (status, body))
    }

    @Test func metricsAreServedAsText() async throws {
        let registry = PrometheusRegistry()
        Counter(label: "seen_total", factory: registry).increment()
        let server = server(.init(), registry: registry)
        try await Application(router: server.router(), logger: logger).test(.router) { client in
            try await client.execute(uri: "/metrics", method: .get) { response in
                #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
                #expect(String(buffer: response.body).contains("\nseen_total 1\n"))
            }
        }
    }

    @Test func aHangingCheckIsUnhealthyInTimeAndRunsOnce() async {
        let runs = Mutex(0)
        let (released, release) = AsyncStream<Void>.makeStream()
        let runner = CheckRunner(
            HealthCheck("stuck", within: .milliseconds(50)) {
                runs.withLock { $0 += 1 }
                for await _ in released {}
                return .healthy
            })
        for _ in 0..<3 { #expect(await runner.verdict() == .unhealthy("no answer within 0.05 seconds")) }
        #expect(runs.withLock { $0 } == 1)
        release.finish()
        // The first run ends in its own time; from then on checks run again.
        let deadline = Deadline.in(.seconds(10))
        while await runner.verdict() != .healthy, !deadline.hasPassed {}
        #expect(!deadline.hasPassed)
    }

    @Test func servesOnAPortUntilShutDown() async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: 0), checks: .init(readiness: [Self.bad]),
            registry: PrometheusRegistry(), logger: logger, onListening: { found.yield($0) })
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
            let response = try await client.execute(.init("/readyz", method: .get))
            #expect(response.status == .internalServerError)
        }
        running.cancel()
        _ = await running.result
        await #expect(throws: (any Error).self) {
            try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(2))) {
                _ = try await $0.execute(.init("/readyz", method: .get))
            }
        }
    }

    @Test(arguments: [nil, ListenAddress(host: "127.0.0.1", port: 0)])
    func aGracefulShutdownEndsIt(address: ListenAddress?) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = HealthServer(
            address: address, checks: .init(), registry: PrometheusRegistry(), logger: logger,
            onListening: { found.yield($0) })
        let group = ServiceGroup(services: [server], logger: logger)
        async let serving: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        if address != nil { _ = await iterator.next() }
        await group.triggerGracefulShutdown()
        try await serving
    }

    @Test func anAddressInUseIsNamed() async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let first = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: 0), checks: .init(), registry: PrometheusRegistry(),
            logger: logger, onListening: { found.yield($0) })
        let running = Task { try await first.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let second = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: port), checks: .init(), registry: PrometheusRegistry(),
            logger: logger)
        let error = await #expect(throws: HealthServer.ListenError.self) { try await second.run() }
        #expect(error?.description.contains("127.0.0.1:\(port)") == true)
    }

    @Test(arguments: [
        ("", nil), (":8080", "0.0.0.0:8080"), ("127.0.0.1:0", "127.0.0.1:0"), ("[::1]:9", "[::1]:9"),
        ("localhost:65535", "localhost:65535"),
    ])
    func addresses(text: String, expected: String?) throws {
        #expect(try ListenAddress.parse(text)?.description == expected)
    }

    @Test(arguments: ["8080", "host:", "host:-1", "host:65536", "::1:80", "host:80x"])
    func badAddressesAreRefused(text: String) {
        let error = #expect(throws: ListenAddress.Invalid.self) { try ListenAddress.parse(text) }
        #expect(error?.description.contains(text) == true)
    }
}
