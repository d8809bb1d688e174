import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Vocabulary

/// A Kubernetes API in this process, for demonstrations and for tests that want faults: generic resources, watches,
/// `kubectl`'s tables, and the controllers that dynamic provisioning needs. It is no Kubernetes: no TLS, no RBAC, no
/// persistence, and the checks of a few kinds only.
public struct DevAPIServer: Service {
    /// How the server is set up.
    public struct Configuration: Sendable {
        /// The address to listen on. There is no TLS: keep it on loopback.
        public var host = "127.0.0.1"
        /// The port; 0 lets the kernel choose.
        public var port = 0
        /// The bearer token that every request must carry; nil lets everybody in.
        public var token: Redacted<String>?
        /// How often a quiet watch gets a bookmark, if it asked for them.
        public var bookmarkInterval = Duration.seconds(30)

        /// Loopback, any port, no token.
        public init() {}
    }

    /// The cluster that is served.
    public let cluster: DevCluster
    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// A server for `cluster`; `onListening` is told the port once connections are accepted.
    public init(
        _ cluster: DevCluster, configuration: Configuration = Configuration(), logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.cluster = cluster
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the service group shuts down (watches end, other requests are finished) or the task is cancelled.
    /// - Throws: the system's error when the port cannot be bound.
    public func run() async throws {
        try await application().run()
    }

    /// Serves until the process gets SIGTERM or SIGINT, then as ``run()``: what an executable's main wants.
    /// - Throws: as ``run()``.
    public func runUntilSignalled() async throws {
        try await application().runService()
    }

    func application() -> some ApplicationProtocol {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let onListening = onListening
        let port = configuration.port
        return Application(
            responder: APIResponder(
                cluster: cluster, token: configuration.token, bookmarkInterval: configuration.bookmarkInterval),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: quiet)
    }
}
