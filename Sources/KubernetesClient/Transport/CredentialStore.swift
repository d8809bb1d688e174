import KubernetesModel
import NIOSSL
import Vocabulary

/// The credentials of the next request: reads a rotating token again, runs an exec plugin when its credential is
/// about to expire. One plugin runs at a time, whoever asks; it is killed when nobody waits for it any more.
actor CredentialStore {
    /// What a request needs to show who asks.
    struct Credentials: Sendable {
        var token: Redacted<String>?
        /// The TLS configuration of this request, where a plugin gave a client certificate.
        var tls: TLSConfiguration?
    }

    /// How long a token file's content is used; the API server accepts a rotated token for much longer.
    private static let tokenFileLifetime: Duration = .seconds(60)
    /// A plugin's credential is replaced this long before it expires.
    private static let expiryMargin: Duration = .seconds(30)

    private let bearer: KubernetesConfiguration.Bearer
    private let baseTLS: TLSConfiguration?
    private var cached: (credentials: Credentials, isFresh: @Sendable () -> Bool)?
    private var run: Run?
    private var lastNumber = 0

    /// A plugin at work, and those who wait for it.
    private struct Run {
        var number: Int
        var task: Task<Void, Never>
        var waiting: [Int: CheckedContinuation<ExecPlugin.Credential, any Error>] = [:]
    }

    init(bearer: KubernetesConfiguration.Bearer, baseTLS: TLSConfiguration?) {
        self.bearer = bearer
        self.baseTLS = baseTLS
    }

    /// The credentials for a request now. `deadline` is the request's: a plugin may take no longer.
    ///
    /// - Throws: ``ConfigurationError``; `CancellationError` when the caller is cancelled while a plugin runs.
    func credentials(deadline: Deadline) async throws -> Credentials {
        if let cached, cached.isFresh() { return cached.credentials }
        switch bearer {
        case .none:
            return Credentials()
        case .token(let token):
            return Credentials(token: token)
        case .file(let path):
            let credentials = Credentials(token: try ConfigurationFile.readToken(path))
            let until = Deadline.in(Self.tokenFileLifetime)
            cached = (credentials, { !until.hasPassed })
            return credentials
        case .plugin(let plugin):
            return try await ask(plugin, deadline: deadline)
        }
    }

    /// Forgets what is cached: the server refused it.
    func invalidate() {
        cached = nil
    }

    /// Whether asking again may give other credentials.
    nonisolated var canRefresh: Bool {
        switch bearer {
        case .none, .token: false
        case .file, .plugin: true
        }
    }

    private func ask(_ plugin: ExecPlugin, deadline: Deadline) async throws -> Credentials {
        let answer: ExecPlugin.Credential
        do {
            answer = try await withDeadline(deadline) { try await self.answer(of: plugin) }
        } catch is DeadlinePassed {
            throw ConfigurationError(
                file: plugin.command, field: "exec", problem: "did not end before the request's deadline")
        }
        var credentials = Credentials(token: answer.token)
        if let certificate = answer.clientCertificate {
            var tls = baseTLS ?? .makeClientConfiguration()
            try tls.use(certificate, from: plugin.command)
            credentials.tls = tls
        }
        let expiry = answer.expiry?.advanced(by: .zero - Self.expiryMargin)
        cached = (credentials, { expiry.map { Timestamp.now() < $0 } ?? true })
        return credentials
    }
}

// MARK: One plugin at a time

extension CredentialStore {
    /// Waits for the plugin that is at work, or for a new one. Cancelling leaves it to the others.
    private func answer(of plugin: ExecPlugin) async throws -> ExecPlugin.Credential {
        let waiter = nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                if run == nil { start(plugin) }
                run?.waiting[waiter] = continuation
            }
        } onCancel: {
            Task { await self.leave(waiter) }
        }
    }

    private func start(_ plugin: ExecPlugin) {
        let number = nextNumber()
        let task = Task {
            do {
                ended(number, .success(try await plugin.run()))
            } catch {
                ended(number, .failure(error))
            }
        }
        run = Run(number: number, task: task)
    }

    private func ended(_ number: Int, _ result: Result<ExecPlugin.Credential, any Error>) {
        guard let run, run.number == number else { return }
        self.run = nil
        for continuation in run.waiting.values { continuation.resume(with: result) }
    }

    private func leave(_ waiter: Int) {
        run?.waiting.removeValue(forKey: waiter)?.resume(throwing: CancellationError())
        guard let run, run.waiting.isEmpty else { return }
        run.task.cancel()
        self.run = nil
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }
}

extension TLSConfiguration {
    /// The configuration for a server; nil when the connection is not encrypted.
    static func forServer(of configuration: KubernetesConfiguration) throws(ConfigurationError) -> TLSConfiguration? {
        guard configuration.server.isEncrypted else { return nil }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority = configuration.certificateAuthority {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
            } catch {
                throw ConfigurationError(
                    file: configuration.origin, field: "certificate-authority", problem: "is no PEM certificate")
            }
        }
        if configuration.skipsTLSVerification { tls.certificateVerification = .none }
        if let certificate = configuration.authentication.clientCertificate {
            try tls.use(certificate, from: configuration.origin)
        }
        return tls
    }

    mutating func use(
        _ certificate: KubernetesConfiguration.ClientCertificate, from origin: String
    ) throws(ConfigurationError) {
        do {
            certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate.chain).map { .certificate($0) }
        } catch {
            throw ConfigurationError(file: origin, field: "client-certificate", problem: "is no PEM certificate")
        }
        do {
            privateKey = .privateKey(try NIOSSLPrivateKey(bytes: certificate.key.reveal(), format: .pem))
        } catch {
            throw ConfigurationError(file: origin, field: "client-key", problem: "is no PEM private key")
        }
    }
}
