import Foundation
import KubernetesModel
import NIOHTTP1
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    private static let protocolVersion = "client.authentication.k8s.io/v1"

    private func plugin(_ command: String) -> ExecPlugin {
        ExecPlugin(
            apiVersion: Self.protocolVersion, command: command, environment: Redacted(["SECRET": "hunter2"]),
            installHint: "install it")
    }

    private func output(_ status: String) -> String {
        #"{"apiVersion":"\#(Self.protocolVersion)","kind":"ExecCredential","status":\#(status)}"#
    }

    private func token(_ store: CredentialStore) async throws -> String? {
        try await store.credentials(deadline: .soon).token?.reveal()
    }

    @Test func aPluginIsAskedOncePerLifetime() async throws {
        let folder = try TestFolder()
        let script = try folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> \(folder.path)/calls
            case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ;; *) exit 3;; esac
            echo '\(output(#"{"token":"'$SECRET'","expirationTimestamp":"2999-01-01T00:00:00Z"}"#))'
            """, executable: true)
        let store = CredentialStore(bearer: .plugin(plugin(script)), baseTLS: nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let answer = try await token(store)
                    #expect(answer == "hunter2")
                }
            }
            try await group.waitForAll()
        }
        #expect(try folder.read("calls").count == 2, "one line")
        await store.invalidate()
        _ = try await token(store)
        #expect(try folder.read("calls").count == 4)
    }

    @Test func anExpiredCredentialIsAskedForAgain() async throws {
        let folder = try TestFolder()
        let script = try folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> \(folder.path)/calls
            echo '\(output(#"{"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"}"#))'
            """, executable: true)
        let store = CredentialStore(bearer: .plugin(plugin(script)), baseTLS: nil)
        for _ in 0..<3 { #expect(try await token(store) == "t") }
        #expect(try folder.read("calls").count == 6)
    }

    @Test func aPluginThatHangsIsEnded() async throws {
        let folder = try TestFolder()
        let script = try folder.write("plugin", "#!/bin/sh\nexec sleep 600\n", executable: true)
        let start = ContinuousClock.now
        let error = await #expect(throws: ConfigurationError.self) {
            try await plugin(script).run(limit: .milliseconds(500))
        }
        #expect(error?.description.contains("did not end within") == true)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    /// A script that writes its own and its child's process id, then waits for the child.
    private func sleeper(in folder: TestFolder) throws -> ExecPlugin {
        plugin(
            try folder.write(
                "plugin",
                """
                #!/bin/sh
                sleep 600 &
                echo "$$ $!" > \(folder.path)/pids.new && mv \(folder.path)/pids.new \(folder.path)/pids
                wait
                """, executable: true))
    }

    /// Waits until neither the script nor its child is there any more.
    private func expectGone(_ folder: TestFolder) async throws {
        let pids = String(decoding: try folder.read("pids"), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        #expect(pids.count == 2)
        let end = Deadline.soon
        while pids.contains(where: { Self.isAlive(String($0)) }) {
            guard !end.hasPassed else {
                Issue.record("a process of the plugin lives on: \(pids)")
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whether a process runs; one that has ended and was not waited for yet does not.
    private static func isAlive(_ pid: String) -> Bool {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
        return !String(decoding: stat, as: UTF8.self).contains(") Z ")
    }

    /// Runs `body` with a client that has to ask a plugin, and expects that no request gets through.
    private func withClient(
        of plugin: ExecPlugin, _ body: @Sendable (KubernetesClient) async throws -> Void
    ) async throws {
        try await ScriptedServer.serve { _ in
            .json([:])
        } while: { server in
            try await server.withClient(authentication: .init(bearer: .plugin(plugin)), body)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aPluginMayTakeNoLongerThanTheRequest() async throws {
        let folder = try TestFolder()
        try await withClient(of: try sleeper(in: folder)) { client in
            let start = ContinuousClock.now
            let error = await #expect(throws: KubernetesError.self) {
                try await client.create(claim("x"), deadline: .in(.seconds(1)))
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(error?.outcome == .notApplied && error?.isRetriable == true)
            #expect(error?.description.contains("did not end before the request's deadline") == true)
        }
        try await expectGone(folder)
    }

    @Test func cancellingTheRequestEndsThePlugin() async throws {
        let folder = try TestFolder()
        try await withClient(of: try sleeper(in: folder)) { client in
            let request = Task { try await client.create(claim("x"), deadline: .in(.seconds(60))) }
            let end = Deadline.soon
            while !FileManager.default.fileExists(atPath: "\(folder.path)/pids"), !end.hasPassed {
                try await Task.sleep(for: .milliseconds(10))
            }
            request.cancel()
            let error = await #expect(throws: KubernetesError.self) { try await request.value }
            #expect(error?.isCancelled == true && error?.outcome == .notApplied)
        }
        try await expectGone(folder)
    }

    /// Whoever has no time left goes; the others get what the plugin prints, and it ran once.
    @Test func anImpatientRequestLeavesThePluginToTheOthers() async throws {
        let folder = try TestFolder()
        let script = try folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> \(folder.path)/calls
            while [ ! -e \(folder.path)/go ]; do sleep 0.02; done
            echo '\(output(#"{"token":"t"}"#))'
            """, executable: true)
        let store = CredentialStore(bearer: .plugin(plugin(script)), baseTLS: nil)
        async let patient = token(store)
        await #expect(throws: ConfigurationError.self) {
            try await store.credentials(deadline: .in(.milliseconds(300)))
        }
        try folder.write("go", "")
        #expect(try await patient == "t")
        #expect(try folder.read("calls").count == 2, "one line")
    }

    @Test func pluginsThatFailSayWhy() async throws {
        let folder = try TestFolder()
        let failing = try folder.write("failing", "#!/bin/sh\necho 'log in first' >&2\nexit 7\n", executable: true)
        let error = await #expect(throws: ConfigurationError.self) { try await plugin(failing).run() }
        #expect(error?.description.contains("log in first") == true)
        let missing = await #expect(throws: ConfigurationError.self) {
            try await plugin("\(folder.path)/missing").run()
        }
        #expect(missing?.description.contains("install it") == true)
        for output in ["", "[]", "{}", output("{}"), output(#"{"clientCertificateData":"x"}"#)] {
            #expect(throws: ConfigurationError.self) {
                try ExecPlugin.credential(Array(output.utf8), apiVersion: Self.protocolVersion, command: "c")
            }
        }
    }

    @Test func aRefusedTokenIsReadAgain() async throws {
        let folder = try TestFolder()
        let file = try folder.write("token", "old")
        try await ScriptedServer.serve { request in
            request.headers.first(name: "Authorization") == "Bearer new"
                ? .json(claim("x").json) : .failure(401, "Unauthorized")
        } while: { server in
            try await server.withClient(authentication: .init(bearer: .file(file))) { client in
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.get(Node.self, ObjectKey(name: "n"), deadline: .soon)
                }
                #expect(error?.isUnauthorized == true)
                #expect(server.requests.count == 2, "once more with what the file says now")
                try folder.write("token", "new")
                _ = try await client.get(Node.self, ObjectKey(name: "n"), deadline: .soon)
            }
        }
    }

    @Test func credentialsThatCannotBeHadAreAnError() async throws {
        try await ScriptedServer.serve { _ in
            .json([:])
        } while: { server in
            try await server.withClient(authentication: .init(bearer: .file("/nowhere/token"))) { client in
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("x"), deadline: .soon)
                }
                #expect(error?.description.contains("/nowhere/token: does not exist") == true)
                #expect(error?.outcome == .notApplied && server.requests.isEmpty)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private func ask(
        _ server: ScriptedServer, _ change: (inout KubernetesConfiguration) throws -> Void
    ) async throws -> Result<Node, KubernetesError> {
        var configuration = KubernetesConfiguration(
            server: .init(isEncrypted: true, host: "127.0.0.1", port: server.port))
        try change(&configuration)
        let client = try KubernetesClient(configuration, logger: .silent)
        let result: Result<Node, KubernetesError>
        do {
            result = .success(try await client.get(Node.self, ObjectKey(name: "n"), deadline: .soon))
        } catch {
            result = .failure(error)
        }
        await client.shutDown()
        return result
    }

    private func succeeds(_ result: Result<Node, KubernetesError>) -> Bool {
        if case .success = result { return true }
        return false
    }

    @Test func aClientCertificateIsShown() async throws {
        let authority = try TestAuthority()
        try await ScriptedServer.serve(tls: try authority.server()) { _ in
            .json(["metadata": [:]])
        } while: { server in
            let known = try await ask(server) {
                $0.certificateAuthority = try authority.pem("ca.crt")
                $0.authentication.clientCertificate = try authority.clientCertificate
            }
            #expect(succeeds(known), "\(known)")
            let unknown = try await ask(server) { $0.certificateAuthority = try authority.pem("ca.crt") }
            #expect(!succeeds(unknown))
        }
    }

    @Test func theServersCertificateIsChecked() async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority()
        let tls = try authority.server(requiresClient: false)
        try await ScriptedServer.serve(tls: tls) { _ in
            .json(["metadata": [:]])
        } while: { server in
            let trusted = try await ask(server) { $0.certificateAuthority = try authority.pem("ca.crt") }
            #expect(succeeds(trusted), "\(trusted)")
            let distrusted = try await ask(server) { $0.certificateAuthority = try stranger.pem("ca.crt") }
            guard case .failure(let error) = distrusted, case .unreachable = error.cause else {
                Issue.record("\(distrusted)")
                return
            }
            #expect(error.outcome == .notApplied)
            let unchecked = try await ask(server) { $0.skipsTLSVerification = true }
            #expect(succeeds(unchecked), "\(unchecked)")
        }
    }

    @Test func theNameToCheckMayDifferFromTheHost() async throws {
        let authority = try TestAuthority(names: "DNS:api.test")
        let tls = try authority.server(requiresClient: false)
        try await ScriptedServer.serve(tls: tls) { _ in
            .json(["metadata": [:]])
        } while: { server in
            for (name, isRight) in [("api.test", true), ("other.test", false), (nil, false)] {
                let result = try await ask(server) {
                    $0.certificateAuthority = try authority.pem("ca.crt")
                    $0.tlsServerName = name
                }
                #expect(succeeds(result) == isRight, "\(name ?? "no name"): \(result)")
            }
        }
    }

    @Test func aPluginMayGiveACertificate() async throws {
        let authority = try TestAuthority()
        let folder = try TestFolder()
        let credential: JSONObject = [
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": [
                "clientCertificateData": .string(String(decoding: try authority.pem("client.crt"), as: UTF8.self)),
                "clientKeyData": .string(String(decoding: try authority.pem("client.key"), as: UTF8.self)),
            ],
        ]
        try folder.write("credential.json", credential.description)
        let script = try folder.write("plugin", "#!/bin/sh\ncat \(folder.path)/credential.json\n", executable: true)
        try await ScriptedServer.serve(tls: try authority.server()) { _ in
            .json(["metadata": [:]])
        } while: { server in
            let result = try await ask(server) {
                $0.certificateAuthority = try authority.pem("ca.crt")
                $0.authentication.bearer = .plugin(
                    ExecPlugin(
                        apiVersion: "client.authentication.k8s.io/v1", command: script, environment: Redacted([:])))
            }
            #expect(succeeds(result), "\(result)")
        }
    }
}
