public import Logging
import NIOHTTP1
import Synchronization
import Vocabulary

/// A client of the Kubernetes API.
///
/// Every method has a deadline, after which it throws ``KubernetesError/Cause/timedOut``, or
/// ``KubernetesError/Cause/credentials(_:)`` when an exec plugin took that long; a mutation that timed out, was
/// cancelled or lost its connection on the way is of unknown outcome. Cancelling a task ends its request at once
/// with ``KubernetesError/Cause/cancelled``. Safe to use from any number of tasks.
///
/// What the server throttles (429) is tried again until the deadline; nothing else is tried again on its own, but
/// for reads that lost their connection, once.
public final class KubernetesClient: Sendable {
    /// How a client behaves.
    public struct Options: Sendable {
        /// The bounds of the request rate.
        public var budget = RequestBudget.Limits()
        /// The most connections to hold open, watches included.
        public var maximumConnections = 64
        /// The largest answer to accept, in bytes.
        public var maximumResponseSize = 64 << 20
        /// The largest line of a watch to accept, in bytes: the API server's objects stay below 3 MiB.
        public var maximumWatchLine = 8 << 20
        /// How many objects a page of a list has.
        public var pageSize = 500
        /// Who this is, in the server's logs.
        public var userAgent = "holdfast"

        /// The defaults.
        public init() {}
    }

    /// How urgent a request is.
    public enum Urgency: Hashable, Sendable {
        /// It waits for its turn in the budget.
        case normal
        /// It goes at once: leases must be renewed however much else there is to do.
        case immediate
    }

    /// The namespace for objects that name none.
    public let namespace: String
    /// Where the configuration came from, for messages.
    public let origin: String
    let transport: HTTPTransport
    let options: Options
    let logger: Logger
    private let budget: Mutex<RequestBudget>

    /// A client. It connects with its first request; call ``shutDown()`` when done.
    ///
    /// - Throws: ``ConfigurationError`` when certificates or keys cannot be read.
    public init(
        _ configuration: KubernetesConfiguration, options: Options = Options(), logger: Logger
    ) throws(ConfigurationError) {
        transport = try HTTPTransport(configuration, options: options, logger: logger)
        namespace = configuration.namespace
        origin = configuration.origin
        self.options = options
        self.logger = logger
        budget = Mutex(RequestBudget(limits: options.budget, now: .now))
    }

    /// Closes all connections. Requests under way fail. Not cancellable; calling it again does nothing.
    public func shutDown() async {
        do {
            try await transport.shutDown()
        } catch {
            logger.debug("closing the connections to the API server failed", metadata: ["error": "\(error)"])
        }
    }

    /// The current request rate in requests per second, as the server's answers have shaped it.
    public var requestRate: Double { budget.withLock { $0.rate } }
}

// MARK: Sending

extension KubernetesClient {
    /// Sends a request in its turn; waits and tries again while the server throttles.
    func send(
        _ request: HTTPRequest, deadline: Deadline, urgency: Urgency = .normal
    ) async throws(KubernetesError) -> HTTPTransport.Answer {
        var mayReconnect = !request.isMutation
        while true {
            if urgency == .normal { try await waitForTurn(request, deadline: deadline) }
            let start = ContinuousClock.now
            do {
                let answer = try await transport.send(request, deadline: deadline)
                budget.withLock { $0.answered(after: ContinuousClock.now - start, now: .now) }
                return answer
            } catch let error where error.isThrottled {
                budget.withLock { $0.throttled(retryAfter: error.retryAfter, now: .now) }
                try await pause(for: error.retryAfter ?? .seconds(1), unless: deadline, error)
            } catch let error where mayReconnect && error.isDisconnected {
                mayReconnect = false
            }
        }
    }

    private func waitForTurn(_ request: HTTPRequest, deadline: Deadline) async throws(KubernetesError) {
        let wait = budget.withLock { $0.reserve(now: .now) }
        guard wait > .zero else { return }
        do {
            try await pause(for: wait, unless: deadline, request.error(.timedOut))
        } catch {
            budget.withLock { $0.giveBack() }
            throw error
        }
    }

    /// Sleeps, or throws `error` at once if the deadline does not leave the time for it.
    private func pause(
        for duration: Duration, unless deadline: Deadline, _ error: KubernetesError
    ) async throws(KubernetesError) {
        guard duration < deadline.remaining else { throw error }
        do {
            try await Task.sleep(for: duration)
        } catch _ {  // sleep throws on cancellation alone
            throw KubernetesError(.cancelled, operation: error.operation, resource: error.resource)
        }
    }
}
