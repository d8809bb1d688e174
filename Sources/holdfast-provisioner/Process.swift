import Foundation
import Logging
import Observability
import Provisioner
import ServiceLifecycle
import UnixSignals
import Vocabulary

/// The services of the process, put together from its configuration.
struct Process {
    private let configuration: ServiceConfiguration
    private let address: ListenAddress?
    private let registry: PrometheusRegistry
    private let logger: Logger

    init(
        _ configuration: ServiceConfiguration, address: ListenAddress?, registry: PrometheusRegistry, logger: Logger
    ) {
        self.configuration = configuration
        self.address = address
        self.registry = registry
        self.logger = logger
    }

    /// Runs until the process is told to end.
    func run() async throws {
        let status = ProvisionerStatus()
        let provisioner = try ProvisionerService(
            configuration, identity: identity, userAgent: "holdfast-provisioner/\(HoldfastVersion.current)",
            status: status, logger: logger)
        let health = HealthServer(
            address: address, checks: checks(status), registry: registry, logger: logger,
            onListening: { [address, logger] port in
                let place = ListenAddress(host: address?.host ?? "", port: port)
                logger.info("serving health and metrics", metadata: ["address": "\(place)"])
            })
        // Below this the group prints each service with all it holds.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .info)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: health),
                .init(
                    service: provisioner, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = configuration.gracePeriod
        // Cancelled work ends at once, but for the release of the lease.
        group.maximumCancellationDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
        // The group tells nobody that it has cancelled a service whose time was up.
        if status.wasCutOff { throw CancellationError() }
    }

    private func checks(_ status: ProvisionerStatus) -> HealthServer.Checks {
        func check(_ name: String, _ problem: @escaping @Sendable () -> String?) -> HealthCheck {
            HealthCheck(name) { problem().map { .unhealthy($0) } ?? .healthy }
        }
        let leadership = check("leader-election") { status.leadershipProblem }
        return HealthServer.Checks(
            liveness: [leadership], leaderElection: [leadership],
            readiness: [check("provisioner") { status.readinessProblem }])
    }

    /// What tells this process from all others, in the Lease and as the source of events.
    private var identity: String {
        let host = ProcessInfo.processInfo.hostName
        return "\(host)_\(UUID().uuidString.lowercased())"
    }
}

/// The process's environment.
enum ProcessEnvironment {
    /// The variables. `POD_NAMESPACE`, as deployments set it, stands in for the namespace of the Lease.
    static var variables: [String: String] {
        var variables = ProcessInfo.processInfo.environment
        let key = SettingKey.leaseNamespace.environmentVariable
        if variables[key] == nil { variables[key] = variables["POD_NAMESPACE"] }
        return variables
    }
}
