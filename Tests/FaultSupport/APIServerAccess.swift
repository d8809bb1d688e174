import Foundation
import LabSupport
import NIOSSL

/// How the proxy reaches the real API server: with the rights of the kubeconfig.
struct APIServerAccess: Sendable {
    let server: String
    let tls: TLSConfiguration

    /// What the kubeconfig cannot tell.
    struct Incomplete: Error, CustomStringConvertible {
        var description: String
    }

    private struct Kubeconfig: Decodable {
        struct Cluster: Decodable {
            struct Body: Decodable {
                var server: String
                var authority: Data
                enum CodingKeys: String, CodingKey {
                    case server
                    case authority = "certificate-authority-data"
                }
            }
            var cluster: Body
        }
        struct User: Decodable {
            struct Body: Decodable {
                var certificate: Data
                var key: Data
                enum CodingKeys: String, CodingKey {
                    case certificate = "client-certificate-data"
                    case key = "client-key-data"
                }
            }
            var user: Body
        }
        var clusters: [Cluster]
        var users: [User]
    }

    /// The access that a lab's administrator has.
    init(_ kube: KubeLab) async throws {
        let text = try await kube.kubectl(["config", "view", "--flatten", "--minify", "-o", "json"])
        let config = try JSONDecoder().decode(Kubeconfig.self, from: Data(text.utf8))
        guard let cluster = config.clusters.first?.cluster, let user = config.users.first?.user else {
            throw Incomplete(description: "the kubeconfig of \(kube.directory) has no cluster or no user")
        }
        server = cluster.server
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(cluster.authority)))
        tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(user.certificate)).map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(user.key), format: .pem))
        self.tls = tls
    }
}
