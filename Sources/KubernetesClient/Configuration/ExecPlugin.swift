import FoundationEssentials
import KubernetesModel
import Subprocess
public import Vocabulary

/// A program that prints credentials (`client.authentication.k8s.io`, KEP-541), as cloud providers ship them.
public struct ExecPlugin: Sendable {
    /// The versions of the protocol that are spoken.
    public static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// The version of the protocol.
    public var apiVersion: String
    /// The program: an absolute path, or a name to be found in `PATH`.
    public var command: String
    /// Its arguments.
    public var arguments: [String]
    /// Variables to add to its environment.
    public var environment: Redacted<[String: String]>
    /// What to tell people who do not have the program.
    public var installHint: String?

    /// A program that prints credentials.
    public init(
        apiVersion: String, command: String, arguments: [String] = [], environment: Redacted<[String: String]>,
        installHint: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
    }

    /// What the program printed.
    struct Credential: Sendable {
        var token: Redacted<String>?
        var clientCertificate: KubernetesConfiguration.ClientCertificate?
        /// When it has to be asked for again; nil for "until the server refuses it".
        var expiry: Timestamp?
    }

    /// Runs the program and waits for it, at most `limit`. Cancelling kills it and what it has started.
    func run(limit: Duration = .seconds(30)) async throws(ConfigurationError) -> Credential {
        let output: [UInt8]
        do {
            output = try await withDeadline(.in(limit)) { try await self.output() }
        } catch let error as ConfigurationError {
            throw error
        } catch is DeadlinePassed {
            throw error("did not end within \(limit)")
        } catch is CancellationError {
            throw error("was cancelled")
        } catch {
            throw self.error("cannot be run: \(error)")
        }
        return try Self.credential(output, apiVersion: apiVersion, command: command)
    }

    private func error(_ problem: String) -> ConfigurationError {
        ConfigurationError(file: command, field: "exec", problem: problem)
    }

    /// Plugins are scripts often: what they have started must not outlive them.
    private static var killedAsAGroup: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        return options
    }

    private func output() async throws -> [UInt8] {
        let request: JSONObject = [
            "apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": ["interactive": false],
        ]
        var variables: [Environment.Key: String?] = ["KUBERNETES_EXEC_INFO": request.description]
        for (name, value) in environment.reveal() { variables[Environment.Key(stringLiteral: name)] = value }
        // env runs names and paths alike.
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments([command] + arguments),
            environment: .inherit.updating(variables), platformOptions: Self.killedAsAGroup,
            output: .bytes(limit: 1 << 20), error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            // What a plugin prints on stderr is meant for people; its stdout holds the secrets.
            let said = result.standardError.trimmingWhitespace()
            let isMissing = result.terminationStatus == .exited(127)
            let hint = installHint.flatMap { isMissing ? " (\($0))" : nil } ?? ""
            throw error("\(result.terminationStatus)" + (said.isEmpty ? "" : ": \(said)") + hint)
        }
        return result.standardOutput
    }

    /// Reads what a program printed.
    static func credential(
        _ output: [UInt8], apiVersion: String, command: String
    ) throws(ConfigurationError) -> Credential {
        func fail(_ problem: String) -> ConfigurationError {
            ConfigurationError(file: command, field: "exec", problem: problem)
        }
        let object: JSONObject
        do {
            object = try JSONObject(json: output)
        } catch {
            throw fail("printed \(error)")
        }
        guard object["kind"]?.stringValue == "ExecCredential", object["apiVersion"]?.stringValue == apiVersion else {
            throw fail("did not print an ExecCredential of \(apiVersion)")
        }
        var credential = Credential()
        credential.token = object["status", "token"]?.stringValue.map(Redacted.init)
        credential.expiry = object["status", "expirationTimestamp"]?.stringValue.flatMap(Timestamp.init)
        if let chain = object["status", "clientCertificateData"]?.stringValue,
            let key = object["status", "clientKeyData"]?.stringValue
        {
            credential.clientCertificate = .init(chain: Array(chain.utf8), key: Redacted(Array(key.utf8)))
        }
        guard credential.token != nil || credential.clientCertificate != nil else {
            throw fail("printed neither a token nor a client certificate with its key")
        }
        return credential
    }
}
