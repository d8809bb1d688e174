import ArgumentParser
import DevAPIServer
import FoundationEssentials
import Glibc
import Logging
import Vocabulary

/// `holdfast-dev-api`: the embedded Kubernetes API as a process.
@main
struct DevAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-dev-api",
        abstract: "A Kubernetes API on loopback for demonstrations and fault injection; nothing is stored.",
        version: HoldfastVersion.current)

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "Write a kubeconfig for this server to FILE (mode 0600).")
    var kubeconfigOut: String?

    @Option(help: "The bearer token that every request must carry. kubectl sends none over plain HTTP.")
    var token: String?

    @Option(help: "UIDs and generated names follow from this number; without it they are random.")
    var seed: UInt64?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
        if token?.isEmpty == true { throw ValidationError("--token must not be empty") }
    }

    func run() async throws {
        let logger = Logger(label: "holdfast-dev-api") { StreamLogHandler.standardError(label: $0) }
        var configuration = DevAPIServer.Configuration()
        configuration.port = port
        configuration.token = token.map { Redacted($0) }
        let server = DevAPIServer(
            DevCluster(seed: seed ?? .random(in: .min ... .max)), configuration: configuration, logger: logger,
            onListening: { [kubeconfigOut, token = configuration.token] port in
                do {
                    if let kubeconfigOut {
                        try save(Kubeconfig.text(host: "127.0.0.1", port: port, token: token), to: kubeconfigOut)
                    }
                    try say("ready: http://127.0.0.1:\(port)\n")
                } catch {
                    Self.exit(withError: error)
                }
            })
        try await server.runUntilSignalled()
    }
}

/// Writes a file that only its owner may read, in one step: a reader sees all of it or none.
private func save(_ bytes: [UInt8], to file: String) throws {
    let url = URL(filePath: file)
    try Data(bytes).write(to: url, options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
}

/// Writes to standard output at once: whoever started this process waits for the line.
private func say(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else {
        throw CocoaError(.fileWriteUnknown)
    }
}
