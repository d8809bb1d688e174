import Foundation
import NIOSSL
import Vocabulary

@testable import KubernetesClient

/// A certificate authority of the test's own, made by openssl: a server certificate for 127.0.0.1 and the name
/// `api.test`, a client certificate for `CN=tester`.
struct TestAuthority {
    private let folder: TestFolder

    struct OpenSSLFailed: Error {
        var arguments: [String]
    }

    /// - Parameter names: what the server's certificate is for.
    init(names: String = "IP:127.0.0.1,DNS:api.test") throws {
        folder = try TestFolder()
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        try openssl(
            "req -x509 \(newKey) -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.crt"
        )
        for (name, subject, extensions) in [
            ("server", "/CN=server", "subjectAltName=\(names)"), ("client", "/CN=tester", "basicConstraints=CA:FALSE"),
        ] {
            let files = "-in \(name).csr -extfile \(name).ext -out \(name).crt"
            try folder.write("\(name).ext", extensions + "\n")
            try openssl(
                "req -new \(newKey) -nodes -subj \(subject) -keyout \(name).key -out \(name).csr"
            )
            try openssl("x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \(files)")
        }
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw OpenSSLFailed(arguments: process.arguments ?? []) }
    }

    func pem(_ name: String) throws -> [UInt8] { try folder.read(name) }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// A server that accepts only clients with a certificate of this authority.
    func server(requiresClient: Bool = true) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(try pem("server.crt")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: try pem("server.key"), format: .pem)))
        if requiresClient {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(try pem("ca.crt")))
            tls.certificateVerification = .noHostnameVerification
        }
        return tls
    }

    var clientCertificate: KubernetesConfiguration.ClientCertificate {
        get throws { .init(chain: try pem("client.crt"), key: Redacted(try pem("client.key"))) }
    }
}
