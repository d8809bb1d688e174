import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves `/healthz` (liveness), `/healthz/leader-election`, `/readyz` and `/metrics` over plain HTTP.
///
/// A probe answers 200 `ok`, or 500 with a line a check; `?verbose` gives the lines in both cases, as kube-apiserver
/// does. Each check has its own time limit, so an answer never takes longer than the longest of them.
public struct HealthServer: Service {
    /// What each probe asks.
    public struct Checks: Sendable {
        /// Asked by `/healthz`: only what a restart would cure.
        public var liveness: [HealthCheck]
        /// Asked by `/healthz/leader-election`.
        public var leaderElection: [HealthCheck]
        /// Asked by `/readyz`: whether work can be done now.
        public var readiness: [HealthCheck]

        /// The checks of each probe; none means always well.
        public init(
            liveness: [HealthCheck] = [], leaderElection: [HealthCheck] = [], readiness: [HealthCheck] = []
        ) {
            self.liveness = liveness
            self.leaderElection = leaderElection
            self.readiness = readiness
        }
    }

    /// The server could not listen.
    public struct ListenError: Error, CustomStringConvertible {
        /// Where it should have listened.
        public var address: ListenAddress
        /// What the system said.
        public var reason: String

        /// What failed, where, why, and what to do.
        public var description: String {
            "cannot serve health and metrics on \(address): \(reason). Choose another address, or an empty one to turn them off"
        }
    }

    private let address: ListenAddress?
    private let checks: Checks
    private let registry: PrometheusRegistry
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// A server for `address`; nil serves nothing, and ``run()`` then only waits for the shutdown.
    /// `onListening` is told the port once connections are accepted.
    public init(
        address: ListenAddress?, checks: Checks, registry: PrometheusRegistry, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.address = address
        self.checks = checks
        self.registry = registry
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the service group shuts down (requests under way are finished) or the task is cancelled.
    /// - Throws: ``ListenError`` when the address cannot be bound; `CancellationError` on cancellation.
    public func run() async throws {
        guard let address else { return try await gracefulShutdown() }
        var quiet = logger
        // Hummingbird tells of every request id; that is for its own debugging.
        quiet.logLevel = max(logger.logLevel, .warning)
        let onListening = onListening
        let application = Application(
            router: router(),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? address.port) },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenError(address: address, reason: "\(error)")
        }
    }

    /// The routes.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        probe("healthz", "/healthz", checks.liveness, on: router)
        probe("leader-election", "/healthz/leader-election", checks.leaderElection, on: router)
        probe("readyz", "/readyz", checks.readiness, on: router)
        router.get("/metrics") { [registry] _, _ in
            Self.text(.ok, registry.exposition(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return router
    }

    private func probe(
        _ name: String, _ path: RouterPath, _ checks: [HealthCheck], on router: Router<BasicRequestContext>
    ) {
        let runners = checks.map(CheckRunner.init)
        router.get(path) { request, _ in
            let report = await HealthReport.ask(name, runners)
            let verbose = request.uri.queryParameters.has("verbose")
            return Self.text(report.isHealthy ? .ok : .internalServerError, report.text(verbose: verbose))
        }
    }

    private static func text(
        _ status: HTTPResponse.Status, _ body: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
